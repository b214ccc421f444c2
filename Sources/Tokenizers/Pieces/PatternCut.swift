/// A step that cuts text at a pattern, by a program where the pattern is simple, else by Oniguruma.
struct PatternCut: Sendable {
  private let program: PatternProgram?
  private let regex: RegularExpression?
  private let behavior: SplitBehavior
  private let inverts: Bool

  /// Whether Oniguruma does not run, or only where a text would take the program too long.
  var isSimple: Bool { program != nil }

  /// Prepares a pattern that matches no empty text; nil where it is not simple.
  init?(simple pattern: [UInt8]) {
    guard let regex = try? RegularExpression(pattern), let program = PatternProgram(pattern) else { return nil }
    self.program = program
    self.regex = regex
    behavior = .isolated
    inverts = false
  }

  /// Prepares a step of a pre-tokenizer; nil for a step that does something else than cutting at matches.
  ///
  /// - Throws: `TokenizerError` for a pattern that cannot be used.
  init?(_ definition: PreTokenizerDefinition, path: String) throws(TokenizerError) {
    switch definition {
    case .charDelimiter(let scalar):
      self.init(SimplePattern(characters: UnicodeSet(scalar.value...scalar.value)), .removed)
    case .digits(let individual):
      self.init(SimplePattern(characters: PropertyTables.numeric), individual ? .isolated : .contiguous)
    case .punctuation(let behavior):
      self.init(SimplePattern(characters: PropertyTables.punctuation), behavior)
    case .whitespace:
      let (word, white) = (PropertyTables.word, PropertyTables.whiteSpace)
      self.init(
        SimplePattern(runs: [
          word.intersection(white.complement), word.union(white).complement,
        ]), .removed, inverts: true)
    case .whitespaceSplit: self.init(SimplePattern(characters: PropertyTables.whiteSpace), .removed)
    case .split(.string(let text), let behavior, let invert) where !text.isEmpty:
      var row: [SimplePattern.Item] = []
      AlignedText.scalars(of: text) { row.append(SimplePattern.Item(kind: .characters(UnicodeSet($0...$0)))) }
      guard let pattern = SimplePattern(alternatives: [row]), let program = PatternProgram(pattern) else { return nil }
      self.init(program, nil, behavior, inverts: invert)
    case .split(.string(let pattern), let behavior, let invert), .split(.regex(let pattern), let behavior, let invert):
      let regex: RegularExpression
      do throws(TokenizerError) { regex = try RegularExpression(pattern) } catch {
        throw TokenizerError(path, error.description)
      }
      self.init(PatternProgram(pattern), regex, behavior, inverts: invert)
    default: return nil
    }
  }

  private init?(_ pattern: SimplePattern, _ behavior: SplitBehavior, inverts: Bool = false) {
    guard let program = PatternProgram(pattern) else { return nil }
    self.init(program, nil, behavior, inverts: inverts)
  }

  private init(_ program: PatternProgram?, _ regex: RegularExpression?, _ behavior: SplitBehavior, inverts: Bool) {
    self.program = program
    self.regex = regex
    self.behavior = behavior
    self.inverts = inverts
  }

  /// Cuts by the pattern that `ByteLevel` brings along.
  static func byteLevel() throws(TokenizerError) -> PatternCut? {
    try PatternCut(
      .split(.regex(Array(ReferencePreTokenizer.byteLevelPattern.utf8)), behavior: .isolated, invert: false), path: "")
  }

  // MARK: Cutting

  /// Replaces `matches` by the matches of the pattern in valid UTF-8.
  ///
  /// - Throws: `TokenizerError` where Oniguruma needs more steps or memory than it may take.
  func matches(
    in text: UnsafeBufferPointer<UInt8>, into matches: inout [Range<Int>]
  ) throws(TokenizerError) {
    matches.removeAll(keepingCapacity: true)
    guard !text.isEmpty else { return }
    if let program {
      var search = PatternProgram.Search(text)
      var outcome = program.next(&search, from: 0)
      while case .match(let match) = outcome {
        matches.append(match)
        outcome = program.next(&search, from: match.upperBound)
      }
      if outcome == .mismatch { return }
      matches.removeAll(keepingCapacity: true)
    }
    guard let regex else { throw .patternLimit(reason: "it goes back and forth too often") }
    var found: [Range<Int>] = []
    swap(&found, &matches)
    defer { swap(&found, &matches) }
    try regex.forEachMatch(in: text) { found.append($0) }
  }

  /// Appends the pieces of a part of a text that are not empty.
  ///
  /// - Parameter matches: Room for the matches.
  func cut(
    _ part: Range<Int>, of text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>],
    matches: inout [Range<Int>]
  ) throws(TokenizerError) {
    let start = part.lowerBound
    try self.matches(in: UnsafeBufferPointer(rebasing: text[part]), into: &matches)
    func append(_ range: Range<Int>, to pieces: inout [Range<Int>]) {
      if !range.isEmpty { pieces.append(start &+ range.lowerBound..<start &+ range.upperBound) }
    }
    var end = 0
    switch (behavior, inverts) {
    case (.isolated, _):
      for match in matches {
        append(end..<match.lowerBound, to: &pieces)
        append(match, to: &pieces)
        end = match.upperBound
      }
      append(end..<part.count, to: &pieces)
    case (.removed, true):
      for match in matches { append(match, to: &pieces) }
    case (.removed, false):
      for match in matches {
        append(end..<match.lowerBound, to: &pieces)
        end = match.upperBound
      }
      append(end..<part.count, to: &pieces)
    case (.contiguous, _), (.mergedWithNext, _), (.mergedWithPrevious, _):
      var parts: [(range: Range<Int>, isMatch: Bool)] = []
      for match in matches {
        if end != match.lowerBound { parts.append((end..<match.lowerBound, inverts)) }
        parts.append((match, !inverts))
        end = match.upperBound
      }
      if end != part.count { parts.append((end..<part.count, inverts)) }
      for range in ReferencePreTokenizer.ranges(of: parts, behavior) { append(range, to: &pieces) }
    }
  }
}
