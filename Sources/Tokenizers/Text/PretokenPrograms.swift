extension PretokenRules {
  /// What the rules do to a text, as one pattern: its matches and what is between them are the pre-tokens.
  ///
  /// Nil for the rules that `PretokenScanner` follows itself.
  var program: PatternProgram? {
    switch self {
    case .singleNumbers, .threeNumbers: nil
    case .gpt2: Self.gpt2Program
    case .gpt2Digits: Self.gpt2DigitsProgram
    case .o200k: Self.o200kProgram
    case .tekken: Self.tekkenProgram
    case .kimi: Self.kimiProgram
    case .deepSeek: Self.deepSeekProgram
    }
  }

  private static let gpt2Program = PatternProgram(Array(ReferencePreTokenizer.byteLevelPattern.utf8))
  private static let o200kProgram = PatternProgram(Array(o200kPattern.utf8))
  private static let tekkenProgram = PatternProgram(Array(tekkenPattern.utf8))
  private static let kimiProgram = PatternProgram(Array(kimiPattern.utf8))
  private static let gpt2DigitsProgram = program(gpt2DigitsRows)
  private static let deepSeekProgram = program(deepSeekRows)

  private static func program(_ rows: [[SimplePattern.Item]]) -> PatternProgram? {
    SimplePattern(alternatives: rows).flatMap { PatternProgram($0) }
  }

  // MARK: Several cuts as one pattern

  // A cut ends the text for the one after it. So each set is written without the characters that were cut out before, and
  // white space looks ahead for one of those, too.

  private static func property(_ name: String) -> UnicodeSet {
    PropertyTables.property(Array(name.utf8)) ?? UnicodeSet(boundaries: [])
  }

  private static func one(_ set: UnicodeSet) -> SimplePattern.Item { SimplePattern.Item(kind: .characters(set)) }

  private static func maybe(_ set: UnicodeSet) -> SimplePattern.Item {
    SimplePattern.Item(kind: .characters(set), minimum: 0)
  }

  private static func many(_ set: UnicodeSet, minimum: Int = 1, maximum: Int = .max) -> SimplePattern.Item {
    SimplePattern.Item(kind: .characters(set), minimum: minimum, maximum: maximum)
  }

  private static func text(_ text: String) -> [SimplePattern.Item] {
    text.unicodeScalars.map { one(UnicodeSet($0.value...$0.value)) }
  }

  private static let space = UnicodeSet([0x20])
  private static let newlines = UnicodeSet([0x0A, 0x0D])

  /// `Digits`, then GPT-2's pattern.
  private static var gpt2DigitsRows: [[SimplePattern.Item]] {
    let digit = PropertyTables.numeric
    let (letter, number, white) = (property("L"), property("N"), PropertyTables.whiteSpace)
    let rest = digit.complement
    return [[one(digit)]]
      + ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map(text)
      + [
        [maybe(space), many(letter.intersection(rest))],
        [maybe(space), many(number.intersection(rest))],
        [maybe(space), many(white.union(letter).union(number).complement.intersection(rest))],
        [many(white), SimplePattern.Item(kind: .notAhead(white.complement.intersection(rest)))],
        [many(white)],
      ]
  }

  /// What the second pattern of DeepSeek cuts out.
  static let deepSeekScripts = UnicodeSet(0x4E00...0x9FA5).union(UnicodeSet(0x3040...0x30FF))

  /// The three cuts of DeepSeek.
  private static var deepSeekRows: [[SimplePattern.Item]] {
    let (number, white) = (property("N"), PropertyTables.whiteSpace)
    let word = property("L").union(property("M"))
    let symbol = property("P").union(property("S"))
    let rest = number.union(deepSeekScripts).complement
    let punctuation = symbol.intersection(UnicodeSet(0...0x7F))
    let letters = UnicodeSet(0x41...0x5A).union(UnicodeSet(0x61...0x7A))
    let start = newlines.union(property("L")).union(symbol).complement
    let unmatched = word.union(symbol).union(white).complement
    /// The third pattern in a part that only holds characters of a set, and what it does not match.
    func rows(in set: UnicodeSet) -> [[SimplePattern.Item]] {
      let words = word.intersection(set)
      return [
        [maybe(start.intersection(set)), many(words)],
        [maybe(space.intersection(set)), many(symbol.intersection(set)), many(newlines.intersection(set), minimum: 0)],
        [many(unmatched.intersection(set)), SimplePattern.Item(kind: .notAhead(words))],
      ]
    }
    return [[many(number, maximum: 3)]] + rows(in: deepSeekScripts) + [[one(punctuation), many(letters)]]
      + rows(in: rest)
      + [
        [many(white, minimum: 0), many(newlines)],
        [many(white), SimplePattern.Item(kind: .notAhead(white.complement.intersection(rest)))],
        [many(white)],
      ]
  }
}
