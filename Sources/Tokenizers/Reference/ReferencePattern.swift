/// A pattern that is ready to be looked for.
struct ReferencePattern: Sendable {
  private enum Kind: Sendable {
    case string([UInt8])
    case regex(RegularExpression)
    /// Characters of a set, one by one.
    case set(UnicodeSet)
    case scalar(UInt32)
    /// Runs of word characters and runs of others that are no white space.
    case words
  }

  private let kind: Kind

  /// Cuts as `char::is_whitespace` and the like do.
  static let whiteSpace = ReferencePattern(kind: .set(PropertyTables.whiteSpace))
  static let punctuation = ReferencePattern(kind: .set(PropertyTables.punctuation))
  static let numeric = ReferencePattern(kind: .set(PropertyTables.numeric))
  /// `\w+|[^\w\s]+` of the reference's second engine.
  static let words = ReferencePattern(kind: .words)

  static func scalar(_ scalar: Unicode.Scalar) -> ReferencePattern { ReferencePattern(kind: .scalar(scalar.value)) }

  private init(kind: Kind) { self.kind = kind }

  /// Compiles a pattern.
  ///
  /// - Throws: `TokenizerError` with the path of the field where the pattern cannot be used.
  init(_ definition: PatternDefinition, path: String) throws(TokenizerError) {
    do throws(TokenizerError) {
      switch definition {
      // An empty text matches everywhere, which only the engine does right.
      case .string(let text): kind = text.isEmpty ? .regex(try RegularExpression(text)) : .string(text)
      case .regex(let pattern): kind = .regex(try RegularExpression(pattern))
      }
    } catch {
      throw TokenizerError(path, error.description)
    }
  }

  /// Passes on every match in valid UTF-8 from the left; nothing matches in empty text.
  func forEachMatch(in text: [UInt8], _ body: (Range<Int>) -> Void) throws(TokenizerError) {
    guard !text.isEmpty else { return }
    switch kind {
    case .string(let content): Self.forEachOccurrence(of: content, in: text, body)
    case .regex(let regex):
      var failure: TokenizerError?
      text.withUnsafeBufferPointer { bytes in
        do throws(TokenizerError) { try regex.forEachMatch(in: bytes, body) } catch { failure = error }
      }
      if let failure { throw failure }
    case .set(let set): Self.forEachScalar(in: text) { if set.contains($0) { body($1) } }
    case .scalar(let scalar): Self.forEachScalar(in: text) { if scalar == $0 { body($1) } }
    case .words: Self.forEachWord(in: text, body)
    }
  }

  private static func forEachScalar(in text: [UInt8], _ body: (UInt32, Range<Int>) -> Void) {
    text.withUnsafeBytes { raw in
      var offset = 0
      while offset < raw.count {
        let scalar = UTF8Scalar(in: raw, at: offset)
        body(scalar.value, offset..<offset + scalar.length)
        offset += scalar.length
      }
    }
  }

  private static func forEachOccurrence(of content: [UInt8], in text: [UInt8], _ body: (Range<Int>) -> Void) {
    var offset = 0
    while offset + content.count <= text.count {
      if text[offset] == content[0], text[offset..<offset + content.count].elementsEqual(content) {
        body(offset..<offset + content.count)
        offset += content.count
      } else {
        offset += 1
      }
    }
  }

  private static func forEachWord(in text: [UInt8], _ body: (Range<Int>) -> Void) {
    var start: (offset: Int, isWord: Bool)?
    forEachScalar(in: text) { scalar, range in
      let isSpace = PropertyTables.whiteSpace.contains(scalar)
      let isWord = PropertyTables.word.contains(scalar)
      if let open = start, isSpace || open.isWord != isWord {
        body(open.offset..<range.lowerBound)
        start = nil
      }
      if !isSpace, start == nil { start = (range.lowerBound, isWord) }
    }
    if let open = start { body(open.offset..<text.count) }
  }

  /// The text cut at every border of a match, empty matches included.
  func pieces(of text: [UInt8]) throws(TokenizerError) -> [(range: Range<Int>, isMatch: Bool)] {
    var pieces: [(range: Range<Int>, isMatch: Bool)] = []
    var end = 0
    guard !text.isEmpty else { return [(0..<0, false)] }
    try forEachMatch(in: text) { match in
      if end != match.lowerBound { pieces.append((end..<match.lowerBound, false)) }
      pieces.append((match, true))
      end = match.upperBound
    }
    if end != text.count { pieces.append((end..<text.count, false)) }
    return pieces
  }
}
