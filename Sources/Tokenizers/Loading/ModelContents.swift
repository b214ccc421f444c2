import JSON
import Support

/// The `model` of a tokenizer.json file as it is written, its vocabulary and merges without a tree of values.
struct ModelContents {
  /// Tokens with their numbers, or in the order of their numbers with their scores.
  private enum Entries {
    case numbered(Vocabulary, ByteStringIndex)
    case scored(Vocabulary, [Double])
  }

  private var entries: Entries?
  /// Left and right side of each merge, one after the other; nil where the file has none.
  private var merges: ByteStrings?
  private var options = JSONObject()

  /// Takes the model from a file.
  init(_ scanner: inout JSONScanner) throws(FileError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if scanner.matches(key, "vocab"), let first = scanner.peek(), first == UInt8(ascii: "{") {
        let (vocabulary, index) = try Self.numbered(&scanner).withoutRepetitions()
        entries = .numbered(vocabulary, index)
      } else if scanner.matches(key, "vocab"), scanner.peek() == UInt8(ascii: "[") {
        entries = try Self.scored(&scanner)
      } else if scanner.matches(key, "merges") {
        merges = try Self.merges(&scanner)
      } else {
        options[scanner.text(of: key)] = try scanner.value()
      }
    }
  }

  private static func numbered(_ scanner: inout JSONScanner) throws(FileError) -> Vocabulary {
    var vocabulary = Vocabulary()
    var text: [UInt8] = []
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      text.removeAll(keepingCapacity: true)
      scanner.append(key, to: &text)
      let first = scanner.peek() ?? 0
      let offset = scanner.offset
      let isNumber = first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
      guard isNumber, let id = TokenID(exactly: try scanner.integer()), id >= 0 else {
        throw FileError(model: "a token's number from 0 to \(TokenID.max) was expected", offset: offset)
      }
      vocabulary.append(text, id: id)
    }
    return vocabulary
  }

  private static func scored(_ scanner: inout JSONScanner) throws(FileError) -> Entries {
    var vocabulary = Vocabulary()
    var scores: [Double] = []
    var text: [UInt8] = []
    try scanner.beginArray()
    while try scanner.nextElement() {
      try scanner.beginArray("a token and its score")
      guard try scanner.nextElement() else {
        throw FileError(model: "a token was expected", offset: scanner.offset)
      }
      text.removeAll(keepingCapacity: true)
      scanner.append(try scanner.string(), to: &text)
      guard try scanner.nextElement() else {
        throw FileError(model: "a score was expected", offset: scanner.offset)
      }
      let number = try scanner.number("a score")
      guard let score = ReferenceNumber.value(of: scanner.text(of: number)) else {
        throw FileError(model: "a score is out of range", offset: number.range.lowerBound)
      }
      guard try !scanner.nextElement() else {
        throw FileError(model: "a token has more than a score", offset: scanner.offset)
      }
      vocabulary.append(text, id: TokenID(truncatingIfNeeded: scores.count))
      scores.append(score)
    }
    return .scored(vocabulary, scores)
  }

  /// Merges are pairs, or texts of two parts with a space between them; not both in one file.
  private static func merges(_ scanner: inout JSONScanner) throws(FileError) -> ByteStrings? {
    if try scanner.takeNull() { return nil }
    var sides = ByteStrings()
    var line: [UInt8] = []
    var arePairs: Bool?
    try scanner.beginArray("an array of merges")
    while try scanner.nextElement() {
      let isPair = scanner.peek() == UInt8(ascii: "[")
      guard arePairs == nil || arePairs == isPair else {
        throw FileError(model: "merges are pairs or texts, not both", offset: scanner.offset)
      }
      arePairs = isPair
      if isPair {
        try appendPair(&scanner, &line, to: &sides)
        continue
      }
      let offset = scanner.offset
      line.removeAll(keepingCapacity: true)
      scanner.append(try scanner.string("a merge"), to: &line)
      if line.starts(with: "#version".utf8) { continue }
      guard let space = line.firstIndex(of: 0x20), !line[(space + 1)...].contains(0x20) else {
        throw FileError(model: "a merge needs two parts with one space between them", offset: offset)
      }
      sides.append(line[..<space])
      sides.append(line[(space + 1)...])
    }
    return sides
  }

  private static func appendPair(
    _ scanner: inout JSONScanner, _ text: inout [UInt8], to sides: inout ByteStrings
  ) throws(FileError) {
    var count = 0
    try scanner.beginArray()
    while try scanner.nextElement() {
      text.removeAll(keepingCapacity: true)
      scanner.append(try scanner.string("a side of a merge"), to: &text)
      sides.append(text)
      count += 1
    }
    guard count == 2 else { throw FileError(model: "a merge needs two sides", offset: scanner.offset) }
  }

  // MARK: Interpretation

  private enum Kind: String {
    case bpe = "BPE"
    case wordPiece = "WordPiece"
    case wordLevel = "WordLevel"
    case unigram = "Unigram"
  }

  /// The model that the contents describe.
  func definition() throws(TokenizerError) -> ModelDefinition {
    var reader = try FieldReader(.object(options), path: "model")
    let definition: ModelDefinition
    switch try kind(&reader) {
    case .bpe: definition = .bpe(try bpe(&reader))
    case .wordPiece:
      definition = .wordPiece(
        WordPieceDefinition(
          vocabulary: try numbered().vocabulary, unknownToken: try reader.text("unk_token"),
          continuingSubwordPrefix: try reader.text("continuing_subword_prefix"),
          maximumCharacters: try reader.count("max_input_chars_per_word")))
    case .wordLevel:
      definition = .wordLevel(
        WordLevelDefinition(vocabulary: try numbered().vocabulary, unknownToken: try reader.text("unk_token")))
    case .unigram: definition = .unigram(try unigram(&reader))
    }
    try reader.finish()
    return definition
  }

  /// The kind, which the reference guesses from the fields where a file does not say it.
  private func kind(_ reader: inout FieldReader) throws(TokenizerError) -> Kind {
    if reader.has("type") { return try reader.choice("type") }
    switch entries {
    case .scored: return .unigram
    case .numbered where merges != nil: return .bpe
    case .numbered where reader.holds("continuing_subword_prefix") && reader.holds("max_input_chars_per_word"):
      return .wordPiece
    case .numbered where reader.holds("unk_token"): return .wordLevel
    default: throw TokenizerError("model.type", "this field is missing, and no kind of model has these fields")
    }
  }

  private func numbered() throws(TokenizerError) -> (vocabulary: Vocabulary, index: ByteStringIndex) {
    guard case .numbered(let vocabulary, let index) = entries else {
      throw TokenizerError("model.vocab", "tokens with their numbers were expected")
    }
    return (vocabulary, index)
  }

  /// Finds the tokens of the vocabulary by text.
  ///
  /// - Complexity: O(1) for tokens with numbers, O(bytes of the vocabulary) for those with scores.
  var index: ByteStringIndex {
    switch entries {
    case .numbered(_, let index): index
    case .scored(let vocabulary, _): ByteStringIndex(vocabulary.texts)
    case nil: ByteStringIndex(ByteStrings())
    }
  }

  private func unigram(_ reader: inout FieldReader) throws(TokenizerError) -> UnigramDefinition {
    guard case .scored(let vocabulary, let scores) = entries else {
      throw TokenizerError("model.vocab", "tokens with their scores were expected")
    }
    var unknownToken: TokenID?
    if let value = reader.optional("unk_id") {
      let id = try FieldReader.tokenID(value, path: "model.unk_id")
      guard Int(id) < vocabulary.count else {
        throw TokenizerError("model.unk_id", "\(id) is not in the vocabulary of \(vocabulary.count) tokens")
      }
      unknownToken = id
    }
    return UnigramDefinition(
      vocabulary: vocabulary, scores: scores, unknownToken: unknownToken,
      byteFallback: reader.has("byte_fallback") ? try reader.bool("byte_fallback") : false)
  }

  private func bpe(_ reader: inout FieldReader) throws(TokenizerError) -> BPEDefinition {
    let (vocabulary, index) = try numbered()
    guard let merges else { throw TokenizerError("model.merges", "this field is missing") }
    if let dropout = reader.optional("dropout"), dropout.doubleValue != 0 {
      throw TokenizerError("model.dropout", "tokens that depend on chance are not supported")
    }
    let prefix = try reader.optionalText("continuing_subword_prefix") ?? []
    var model = BPEDefinition(vocabulary: vocabulary, merges: [])
    model.continuingSubwordPrefix = prefix
    model.endOfWordSuffix = try reader.optionalText("end_of_word_suffix") ?? []
    model.fuseUnknown = try reader.optionalBool("fuse_unk") ?? false
    model.byteFallback = try reader.optionalBool("byte_fallback") ?? false
    model.ignoreMerges = try reader.optionalBool("ignore_merges") ?? false
    if let unknown = try reader.optionalText("unk_token") {
      model.unknownToken = index.position(of: unknown).map { vocabulary.ids[$0] }
      model.lacksUnknownToken = model.unknownToken == nil
    }
    model.merges = try Self.resolved(merges, vocabulary, index, prefixLength: prefix.count)
    return model
  }

  /// The numbers of the sides and results of merges; of a pair that occurs twice the later merge counts.
  private static func resolved(
    _ sides: ByteStrings, _ vocabulary: Vocabulary, _ index: ByteStringIndex, prefixLength: Int
  ) throws(TokenizerError) -> [BPEDefinition.Merge] {
    func id(_ range: Range<Int>, _ bytes: [UInt8], _ rank: Int) throws(TokenizerError) -> TokenID {
      guard let position = index.position(of: range, in: bytes) else {
        throw TokenizerError(
          "model.merges[\(rank)]", "the token \"\(Excerpt.of(bytes[range]))\" is not in the vocabulary")
      }
      return vocabulary.ids[position]
    }
    var merges: [BPEDefinition.Merge] = []
    merges.reserveCapacity(sides.count / 2)
    var places = PairMap(expectedPairs: sides.count / 2)
    var hasRepetitions = false
    var joined: [UInt8] = []
    for rank in 0..<sides.count / 2 {
      let (left, right) = (sides.range(2 * rank), sides.range(2 * rank + 1))
      guard right.count >= prefixLength else {
        throw TokenizerError("model.merges[\(rank)]", "the right side is shorter than the continuing_subword_prefix")
      }
      joined.removeAll(keepingCapacity: true)
      joined.append(contentsOf: sides.bytes[left])
      joined.append(contentsOf: sides.bytes[right.dropFirst(prefixLength)])
      let merge = BPEDefinition.Merge(
        left: try id(left, sides.bytes, rank), right: try id(right, sides.bytes, rank),
        result: try id(0..<joined.count, joined, rank), rank: UInt32(truncatingIfNeeded: rank))
      if let place = places.update(merge.left, merge.right, to: Int32(truncatingIfNeeded: merges.count)) {
        merges[Int(place)].rank = .max
        hasRepetitions = true
      }
      merges.append(merge)
    }
    return hasRepetitions ? merges.filter { $0.rank != .max } : merges
  }
}

extension Vocabulary {
  /// The vocabulary without those of equal texts that do not count, and where each text is in it.
  fileprivate func withoutRepetitions() -> (Vocabulary, ByteStringIndex) {
    let index = ByteStringIndex(texts)
    guard index.hasRepetitions else { return (self, index) }
    var result = Vocabulary()
    for position in 0..<count
    where texts[position].isEmpty || index.position(of: texts.range(position), in: texts.bytes) == position {
      result.append(texts[position], id: ids[position])
    }
    return (result, ByteStringIndex(result.texts))
  }
}

extension FileError {
  /// Something in a model that is JSON, but not what is expected there.
  fileprivate init(model reason: String, offset: Int) {
    self.init(.damaged, reason, offset: offset, sentence: "at byte \(offset): \(reason)")
  }
}

/// Numbers as the reference reads them, which is not always the nearest value.
///
/// serde_json without `float_roundtrip` takes the digits as a whole number of 64 bits, leaves out what is too much, and
/// multiplies or divides by a power of ten once.
enum ReferenceNumber {
  private static let powers: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }

  /// The value of a number in JSON's grammar; nil beyond the largest.
  static func value(of text: String) -> Double? {
    var digits = text.utf8[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    var significand: UInt64 = 0
    var exponent = 0
    var isFull = false
    var isFraction = false
    while let byte = digits.first, byte | 0x20 != UInt8(ascii: "e") {
      digits = digits.dropFirst()
      if byte == UInt8(ascii: ".") {
        isFraction = true
        continue
      }
      let (product, isLarge) = significand.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
      isFull = isFull || isLarge || isLarger
      if !isFull { significand = sum }
      // A digit that is left out counts before the point only.
      exponent += isFull ? (isFraction ? 0 : 1) : (isFraction ? -1 : 0)
    }
    if !digits.isEmpty {
      let written = String(Substring(digits.dropFirst()))
      exponent += max(-100_000, min(100_000, Int(written) ?? (written.hasPrefix("-") ? -100_000 : 100_000)))
    }
    guard let value = scaled(Double(significand), exponent) else { return nil }
    return isNegative ? -value : value
  }

  private static func scaled(_ value: Double, _ exponent: Int) -> Double? {
    var (value, exponent) = (value, exponent)
    while abs(exponent) >= powers.count {
      if value == 0 { return value }
      if exponent > 0 { return nil }
      value /= 1e308
      exponent += 308
    }
    value = exponent >= 0 ? value * powers[exponent] : value / powers[-exponent]
    return value.isInfinite ? nil : value
  }
}
