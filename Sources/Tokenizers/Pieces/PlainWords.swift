/// The way from a word of visible ASCII characters to what the model gets, for pipelines that treat each word by itself.
///
/// In such a word normalizers change characters one by one, if at all, so a table holds what they do. Other words go
/// through all steps of the reference code.
struct PlainWords: Sendable {
  /// A cut and the characters without which it leaves a word whole.
  private struct Step: Sendable {
    let cut: PatternCut
    let markers: ByteSet?
  }

  /// What each byte becomes; 0 for a byte that needs the reference code.
  private let table: [UInt8]
  private let steps: [Step]
  /// What goes before each pre-token.
  private let prefix: [UInt8]
  private let model: PieceModel

  /// Memory that is used again and again.
  struct Room: ~Copyable {
    fileprivate var word: [UInt8] = []
    fileprivate var piece: [UInt8] = []
    fileprivate var parts: [Range<Int>] = []
    fileprivate var nextParts: [Range<Int>] = []
    fileprivate var matches: [Range<Int>] = []

    init() {}
  }

  private static let visible = UInt8(0x21)...0x7E

  /// Recognizes what can be done to words; nil where only the reference code does it.
  ///
  /// - Parameter definition: A definition for which there are `WordBorders`.
  init?(_ definition: TokenizerDefinition, _ reference: ReferenceTokenizer) throws(TokenizerError) {
    guard let table = Self.table(definition.normalizer?.steps ?? []),
      let model = PieceModel(definition.model, reference.model, writesBytes: false)
    else { return nil }
    var steps: [Step] = []
    var prefix: [UInt8] = []
    let preTokenizers = definition.preTokenizer?.steps ?? []
    for (number, step) in preTokenizers.enumerated() {
      switch step {
      case .whitespaceSplit: break
      case .bert: if let step = try Self.step(.punctuation(.isolated), number) { steps.append(step) }
      case .metaspace(let options):
        guard number == preTokenizers.count - 1, !options.replacement.isASCII else { return nil }
        // Words at the start of a text, where `first` differs, are not counted here.
        if options.prependScheme == .always { UTF8Scalar.append(options.replacement.value, to: &prefix) }
      default:
        guard let step = try Self.step(step, number) else { return nil }
        steps.append(step)
      }
    }
    self.table = table
    self.steps = steps
    self.prefix = prefix
    self.model = model
  }

  private static func step(_ definition: PreTokenizerDefinition, _ number: Int) throws(TokenizerError) -> Step? {
    guard let cut = try PatternCut(definition, path: "pre_tokenizer[\(number)]") else { return nil }
    let marks: ((UInt32) -> Bool)? =
      switch definition {
      case .punctuation: { PropertyTables.punctuation.contains($0) }
      case .digits: { PropertyTables.numeric.contains($0) }
      case .whitespace: { !PropertyTables.word.contains($0) }
      default: nil
      }
    return Step(cut: cut, markers: marks.map { marks in ByteSet(visible.filter { marks(UInt32($0)) }) })
  }

  /// What the steps of a normalizer make of each visible byte; nil where one of them is not known here.
  private static func table(_ steps: [NormalizerDefinition]) -> [UInt8]? {
    var table = (UInt8.min...UInt8.max).map { visible.contains($0) ? $0 : 0 }
    func change(_ change: (UInt8) -> UInt8) {
      for place in table.indices where table[place] != 0 { table[place] = change(table[place]) }
    }
    for step in steps {
      switch step {
      case .bert(let options): if options.lowercase { change(lowercase) }
      case .lowercase: change(lowercase)
      case .nfc, .nfd, .nfkc, .nfkd, .nmt, .strip, .stripAccents: break
      case .precompiled(let map):
        guard let map = PrecompiledCharacterMap(map) else { return nil }
        change { byte in
          guard let replacement = map.replacement(of: [byte]) else { return byte }
          guard replacement.count == 1, let new = replacement.first, visible.contains(new) else { return 0 }
          return new
        }
      case .replace(.string(let text), _):
        // What is looked for may be there only where all of its bytes can be.
        if text.allSatisfy(visible.contains) { change { text.contains($0) ? 0 : $0 } }
      case .replace(.regex(let pattern), _):
        guard pattern.elementsEqual(WordBorders.runsOfSpaces) else { return nil }
      case .byteLevel, .prepend, .sentencePiece, .sequence: return nil
      }
    }
    return table
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  // MARK: Counting

  /// The number of tokens of a word that is not at the start of a text where that matters; nil where only the reference
  /// code knows.
  ///
  /// - Parameter normalizedSplitter: Finds the added tokens that are looked for in normalized text.
  func count(
    _ word: UnsafeBufferPointer<UInt8>, _ normalizedSplitter: AddedTokenSplitter, _ room: inout Room,
    _ modelRoom: inout PieceModel.Room
  ) throws(TokenizerError) -> Int? {
    room.word.removeAll(keepingCapacity: true)
    for byte in word {
      let new = table[Int(byte)]
      guard new != 0 else { return nil }
      room.word.append(new)
    }
    guard try findParts(normalizedSplitter, &room) else { return nil }
    var total = 0
    for part in room.parts {
      let count: Int?
      if prefix.isEmpty {
        count = try room.word.withUnsafeBufferPointer { bytes throws(TokenizerError) in
          try model.count(UnsafeBufferPointer(rebasing: bytes[part]), &modelRoom)
        }
      } else {
        room.piece.removeAll(keepingCapacity: true)
        room.piece += prefix
        room.piece += room.word[part]
        count = try room.piece.withUnsafeBufferPointer { bytes throws(TokenizerError) in
          try model.count(bytes, &modelRoom)
        }
      }
      guard let count else { return nil }
      total += count
    }
    return total
  }

  /// Leaves the pre-tokens of a normalized word in its room; false where an added token may be in it.
  private func findParts(
    _ normalizedSplitter: AddedTokenSplitter, _ room: inout Room
  ) throws(TokenizerError) -> Bool {
    // Taken out and put back, because cutting needs all of the room.
    var word: [UInt8] = []
    swap(&word, &room.word)
    defer { swap(&word, &room.word) }
    return try word.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      if normalizedSplitter.mayMatch(in: bytes) { return false }
      room.parts.removeAll(keepingCapacity: true)
      room.parts.append(0..<bytes.count)
      for step in steps {
        if let markers = step.markers, !bytes.contains(where: markers.contains) { continue }
        room.nextParts.removeAll(keepingCapacity: true)
        for part in room.parts { try step.cut.cut(part, of: bytes, into: &room.nextParts, matches: &room.matches) }
        swap(&room.parts, &room.nextParts)
      }
      return true
    }
  }
}
