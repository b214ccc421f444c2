/// Writes out what a pattern says of characters, so that it means the same with any version of Oniguruma.
///
/// `\p{...}`, `\s`, `\w`, `\d`, their negations, `\b` and classes such as `[:alpha:]` become ranges of the reference's version of
/// Unicode. All else is left as it is.
struct PatternRewriter {
  /// The most bytes of a pattern, as it is and as it is written out: published ones have hundreds, and tens of thousands.
  private static let mostBytes = 1 << 16
  private static let mostWritten = 1 << 22

  private let pattern: [UInt8]
  private var offset = 0
  private var result: [UInt8] = []
  /// Nested brackets at the current place.
  private var depth = 0
  /// Whether some part of the pattern ignores case, which classes outside of brackets never do.
  private let ignoresCase: Bool

  /// Rewrites a pattern.
  ///
  /// - Throws: `TokenizerError` for properties that are not known, escapes that depend on tables which are not pinned, and
  ///   patterns that are much longer than any published one.
  static func rewrite(_ pattern: [UInt8]) throws(TokenizerError) -> [UInt8] {
    guard pattern.count <= mostBytes else {
      throw TokenizerError("", "a pattern of \(pattern.count) bytes, more than \(mostBytes)")
    }
    var rewriter = PatternRewriter(pattern)
    while rewriter.offset < pattern.count {
      try rewriter.step()
      guard rewriter.result.count <= mostWritten else {
        throw TokenizerError("", "the classes of the pattern have more than \(mostWritten) bytes when written out")
      }
    }
    return rewriter.result
  }

  private init(_ pattern: [UInt8]) {
    self.pattern = pattern
    ignoresCase = Self.setsIgnoreCase(pattern)
  }

  /// Whether an option group such as `(?i)` or `(?mi:` occurs.
  private static func setsIgnoreCase(_ pattern: [UInt8]) -> Bool {
    for start in pattern.indices where pattern[start...].starts(with: [UInt8(ascii: "("), UInt8(ascii: "?")]) {
      for byte in pattern[(start + 2)...] {
        if byte == UInt8(ascii: "i") { return true }
        guard byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) else { break }
      }
    }
    return false
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    offset + ahead < pattern.count ? pattern[offset + ahead] : nil
  }

  private mutating func copy(_ count: Int) {
    let end = min(offset + count, pattern.count)
    result.append(contentsOf: pattern[offset..<end])
    offset = end
  }

  private mutating func step() throws(TokenizerError) {
    switch byte() {
    case UInt8(ascii: "\\"): try escape()
    case UInt8(ascii: "["): try openBracket()
    case UInt8(ascii: "]") where depth > 0:
      depth -= 1
      copy(1)
    case UInt8(ascii: "(") where depth == 0 && byte(1) == UInt8(ascii: "?") && byte(2) == UInt8(ascii: "#"): comment()
    default: copy(1)
    }
  }

  private mutating func comment() {
    while let next = byte(), next != UInt8(ascii: ")") { copy(next == UInt8(ascii: "\\") ? 2 : 1) }
  }

  private mutating func openBracket() throws(TokenizerError) {
    if depth > 0, byte(1) == UInt8(ascii: ":"), try namedClass() { return }
    depth += 1
    copy(1)
    if byte() == UInt8(ascii: "^") { copy(1) }
    // A bracket that would close an empty class is a member.
    if byte() == UInt8(ascii: "]") { copy(1) }
  }

  /// Takes `[:name:]` or `[:^name:]`; false where it is something else.
  private mutating func namedClass() throws(TokenizerError) -> Bool {
    var end = offset + 2
    let isNegated = end < pattern.count && pattern[end] == UInt8(ascii: "^")
    if isNegated { end += 1 }
    let start = end
    while end < pattern.count, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(pattern[end] | 0x20) { end += 1 }
    guard end + 1 < pattern.count, pattern[end] == UInt8(ascii: ":"), pattern[end + 1] == UInt8(ascii: "]") else {
      return false
    }
    let name = String(decoding: pattern[start..<end], as: UTF8.self)
    guard let set = PropertyTables.set(named: "[:\(name):]") else {
      throw TokenizerError("", "the class [:\(name):] is not supported")
    }
    offset = end + 2
    append(set, isNegated: isNegated)
    return true
  }

  private mutating func escape() throws(TokenizerError) {
    switch byte(1) {
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      guard byte(2) == UInt8(ascii: "{") else { return copy(2) }
      try property()
    case UInt8(ascii: "s")?: replace(by: "\\s", isNegated: false)
    case UInt8(ascii: "S")?: replace(by: "\\s", isNegated: true)
    case UInt8(ascii: "w")?: replace(by: wordClass, isNegated: false)
    case UInt8(ascii: "W")?: replace(by: wordClass, isNegated: true)
    case UInt8(ascii: "d")?: replace(by: "\\d", isNegated: false)
    case UInt8(ascii: "D")?: replace(by: "\\d", isNegated: true)
    case UInt8(ascii: "b")? where depth == 0: border(isNegated: false)
    case UInt8(ascii: "B")? where depth == 0: border(isNegated: true)
    case let letter?
    where depth == 0 && [UInt8(ascii: "X"), UInt8(ascii: "y"), UInt8(ascii: "Y")].contains(letter):
      throw TokenizerError("", "\\\(Character(Unicode.Scalar(letter))) is not supported")
    default: copy(2)
    }
  }

  /// What `\w` is here: in brackets it lacks the superscript digits and the fractions of Latin-1.
  private var wordClass: String { depth > 0 ? "[:word:]" : "\\w" }

  private mutating func property() throws(TokenizerError) {
    var start = offset + 3
    var isNegated = byte(1) == UInt8(ascii: "P")
    if start < pattern.count, pattern[start] == UInt8(ascii: "^") {
      isNegated.toggle()
      start += 1
    }
    guard let end = pattern[start...].firstIndex(of: UInt8(ascii: "}")) else {
      throw TokenizerError("", "the braces of \\p{ do not end")
    }
    var set = PropertyTables.property(Array(pattern[start..<end]))
    if set == PropertyTables.set(named: "\\w") { set = PropertyTables.set(named: wordClass) }
    guard let set else {
      throw TokenizerError("", "\\p{\(String(decoding: pattern[start..<end], as: UTF8.self))} is not supported")
    }
    offset = end + 1
    append(set, isNegated: isNegated)
  }

  private mutating func replace(by name: String, isNegated: Bool) {
    offset += 2
    append(PropertyTables.set(named: name) ?? UnicodeSet(boundaries: []), isNegated: isNegated)
  }

  /// Takes `\b` or `\B`, which are borders of words.
  private mutating func border(isNegated: Bool) {
    offset += 2
    let word = Self.bracket(PropertyTables.set(named: "\\w") ?? UnicodeSet(boundaries: []), isNegated: false)
    func look(_ sign: String, behind: Bool) -> [UInt8] { Array("(?\(behind ? "<" : "")\(sign)".utf8) + word + [0x29] }
    let (after, notBefore) = (look("=", behind: true), look("!", behind: false))
    let (notAfter, before) = (look("!", behind: true), look("=", behind: false))
    result += Array("(?:".utf8)
    result += isNegated ? after + before : after + notBefore
    result += Array("|".utf8)
    result += isNegated ? notAfter + notBefore : notAfter + before
    result += Array(")".utf8)
  }

  private mutating func append(_ set: UnicodeSet, isNegated: Bool) {
    let keepsCase = ignoresCase && depth == 0
    if keepsCase { result += Array("(?-i:".utf8) }
    result += Self.bracket(set, isNegated: isNegated)
    if keepsCase { result += Array(")".utf8) }
  }

  /// Surrogates are no characters of UTF-8, and Oniguruma refuses them.
  private static func bracket(_ set: UnicodeSet, isNegated: Bool) -> [UInt8] {
    var text = ""
    for range in set.ranges {
      let first = (0xD800...0xDFFF).contains(range.lowerBound) ? 0xE000 : range.lowerBound
      let last = (0xD800...0xDFFF).contains(range.upperBound) ? 0xD7FF : range.upperBound
      guard first <= last else { continue }
      text += "\\x{\(String(first, radix: 16))}"
      if first < last { text += "-\\x{\(String(last, radix: 16))}" }
    }
    guard !text.isEmpty else { return Array((isNegated ? "[\\x{0}-\\x{10ffff}]" : "[^\\x{0}-\\x{10ffff}]").utf8) }
    return Array(((isNegated ? "[^" : "[") + text + "]").utf8)
  }
}
