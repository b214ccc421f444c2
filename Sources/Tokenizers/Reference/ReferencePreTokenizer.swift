/// A pre-tokenizer that follows its definition step by step.
struct ReferencePreTokenizer: Sendable {
  private enum Step: Sendable {
    case byteLevel(addPrefixSpace: Bool, pattern: ReferencePattern?)
    case fixedLength(Int)
    case metaspace(MetaspaceOptions)
    case split(ReferencePattern, SplitBehavior, invert: Bool)
    case unicodeScripts
  }

  private let steps: [Step]

  /// GPT-2's pattern, which `ByteLevel` brings along.
  static let byteLevelPattern =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// Prepares a pre-tokenizer.
  ///
  /// - Throws: `TokenizerError` for a pattern that cannot be used.
  init(_ definition: PreTokenizerDefinition?, path: String) throws(TokenizerError) {
    var steps: [Step] = []
    if let definition { try Self.append(definition, path, to: &steps) }
    self.steps = steps
  }

  private static func append(
    _ definition: PreTokenizerDefinition, _ path: String, to steps: inout [Step]
  ) throws(TokenizerError) {
    switch definition {
    case .bert:
      steps.append(.split(.whiteSpace, .removed, invert: false))
      steps.append(.split(.punctuation, .isolated, invert: false))
    case .byteLevel(let options):
      let pattern =
        options.useRegex ? try ReferencePattern(.regex(Array(byteLevelPattern.utf8)), path: path) : nil
      steps.append(.byteLevel(addPrefixSpace: options.addPrefixSpace, pattern: pattern))
    case .charDelimiter(let scalar): steps.append(.split(.scalar(scalar), .removed, invert: false))
    case .digits(let individual):
      steps.append(.split(.numeric, individual ? .isolated : .contiguous, invert: false))
    case .fixedLength(let length): steps.append(.fixedLength(length))
    case .metaspace(let options): steps.append(.metaspace(options))
    case .punctuation(let behavior): steps.append(.split(.punctuation, behavior, invert: false))
    case .sequence(let definitions):
      for (index, definition) in definitions.enumerated() {
        try append(definition, "\(path).pretokenizers[\(index)]", to: &steps)
      }
    case .split(let pattern, let behavior, let invert):
      steps.append(.split(try ReferencePattern(pattern, path: "\(path).pattern"), behavior, invert: invert))
    case .unicodeScripts: steps.append(.unicodeScripts)
    case .whitespace: steps.append(.split(.words, .removed, invert: true))
    case .whitespaceSplit: steps.append(.split(.whiteSpace, .removed, invert: false))
    }
  }

  /// Cuts a text into pre-tokens, none of which is empty.
  func preTokenize(_ text: AlignedText) throws(TokenizerError) -> [AlignedText] {
    let limit = GrowthLimit("pre-tokenizer", of: text.bytes.count)
    var texts = [text]
    for step in steps {
      try limit.check(texts.reduce(0) { $0 + $1.bytes.count })
      var next: [AlignedText] = []
      for text in texts {
        for piece in try Self.apply(step, to: text) where !piece.isEmpty {
          if piece.isBroken { throw .misaligned }
          next.append(piece)
        }
      }
      texts = next
    }
    return texts
  }

  private static func apply(_ step: Step, to text: AlignedText) throws(TokenizerError) -> [AlignedText] {
    var text = text
    switch step {
    case .byteLevel(let addPrefixSpace, let pattern):
      if addPrefixSpace, !text.begins(with: 0x20) { text.prepend([0x20]) }
      var pieces = [text]
      if let pattern { pieces = try split(text, at: pattern, .isolated, invert: false) }
      for index in pieces.indices { pieces[index].writeBytesAsCharacters() }
      return pieces
    case .fixedLength(let length): return chunks(of: text, length: length)
    case .metaspace(let options): return try metaspace(&text, options)
    case .split(let pattern, let behavior, let invert):
      return try split(text, at: pattern, behavior, invert: invert)
    case .unicodeScripts: return scripts(of: text)
    }
  }

  private static func metaspace(
    _ text: inout AlignedText, _ options: MetaspaceOptions
  ) throws(TokenizerError) -> [AlignedText] {
    var replacement: [UInt8] = []
    UTF8Scalar.append(options.replacement.value, to: &replacement)
    var spaces: [Range<Int>] = []
    for (offset, byte) in text.bytes.enumerated() where byte == 0x20 { spaces.append(offset..<offset + 1) }
    text.replace(spaces, with: replacement)
    let prepends =
      switch options.prependScheme {
      case .always: true
      case .first: text.sourceStart == 0
      case .never: false
      }
    if prepends, !text.begins(with: options.replacement.value) { text.prepend(replacement) }
    guard options.split else { return [text] }
    return try split(text, at: .scalar(options.replacement), .mergedWithNext, invert: false)
  }

  private static func chunks(of text: AlignedText, length: Int) -> [AlignedText] {
    var borders = [0]
    var count = 0
    text.forEachScalar { _, offset, _ in
      if count == length {
        borders.append(offset)
        count = 0
      }
      count += 1
    }
    borders.append(text.bytes.count)
    return zip(borders, borders.dropFirst()).map { text.slice($0..<$1) }
  }

  private static func scripts(of text: AlignedText) -> [AlignedText] {
    var borders: [Int] = []
    var last: UInt32?
    text.forEachScalar { scalar, offset, _ in
      let script = PropertyTables.pretokenizerScripts(scalar)
      if script != 0, last != script { borders.append(offset) }
      if script != 0 { last = script }
    }
    borders.append(text.bytes.count)
    return zip(borders, borders.dropFirst()).map { text.slice($0..<$1) }
  }

  /// Cuts a text at the matches of a pattern.
  static func split(
    _ text: AlignedText, at pattern: ReferencePattern, _ behavior: SplitBehavior, invert: Bool
  ) throws(TokenizerError) -> [AlignedText] {
    let pieces = try pattern.pieces(of: text.bytes).map { (range: $0.range, isMatch: $0.isMatch != invert) }
    return ranges(of: pieces, behavior).map { text.slice($0) }
  }

  /// What is left of the pieces, joined as the behavior says.
  static func ranges(of pieces: [(range: Range<Int>, isMatch: Bool)], _ behavior: SplitBehavior) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var wasMatch = false
    switch behavior {
    case .isolated: return pieces.map(\.range)
    case .removed: return pieces.filter { !$0.isMatch }.map(\.range)
    case .contiguous, .mergedWithPrevious:
      for piece in pieces {
        let joins = behavior == .contiguous ? piece.isMatch == wasMatch : piece.isMatch && !wasMatch
        if joins, let last = ranges.last {
          ranges[ranges.count - 1] = last.lowerBound..<piece.range.upperBound
        } else {
          ranges.append(piece.range)
        }
        wasMatch = piece.isMatch
      }
      return ranges
    case .mergedWithNext:
      for piece in pieces.reversed() {
        if piece.isMatch, !wasMatch, let last = ranges.last {
          ranges[ranges.count - 1] = piece.range.lowerBound..<last.upperBound
        } else {
          ranges.append(piece.range)
        }
        wasMatch = piece.isMatch
      }
      return ranges.reversed()
    }
  }
}
