/// Rewrites patterns of Rust's `fancy-regex` in the syntax of Oniguruma where the two differ.
enum TiktokenPattern {
  /// The pattern in Oniguruma's syntax.
  ///
  /// `$` and `^` are the ends of the text, not of a line; `{n,m}+` gives nothing back; `\pL` has no braces; `(?s)` is what
  /// `(?m)` is there; `\w` has other members, and classes such as `[:alpha:]` those of ASCII only.
  ///
  /// - Throws: `TokenizerError` for what has no counterpart.
  static func rewritten(_ pattern: [UInt8], path: String) throws(TokenizerError) -> [UInt8] {
    var rewriter = Rewriter(pattern: pattern, path: path)
    try rewriter.run()
    return rewriter.result
  }

  private struct Rewriter {
    let pattern: [UInt8]
    let path: String
    var result: [UInt8] = []
    private var offset = 0
    /// Where the last item that a quantifier may follow begins in the result, and where open groups do.
    private var itemStart = 0
    private var groups: [Int] = []
    /// Quantifiers since the last item: one, and one that says how the first matches.
    private var quantifiers = 0

    init(pattern: [UInt8], path: String) { (self.pattern, self.path) = (pattern, path) }

    private func byte(_ ahead: Int = 0) -> UInt8? { offset + ahead < pattern.count ? pattern[offset + ahead] : nil }

    private mutating func copy(to end: Int) {
      result += pattern[offset..<min(end, pattern.count)]
      offset = min(end, pattern.count)
    }

    mutating func run() throws(TokenizerError) {
      while let next = byte() {
        defer { if !Self.quantifies(next) { quantifiers = 0 } }
        switch next {
        case UInt8(ascii: "\\"):
          itemStart = result.count
          try escape()
        case UInt8(ascii: "["):
          itemStart = result.count
          try bracket()
        case UInt8(ascii: "("):
          groups.append(result.count)
          copy(to: offset + 1)
          if byte() == UInt8(ascii: "?") { try flags() }
        case UInt8(ascii: ")"):
          guard let start = groups.popLast() else { throw TokenizerError(path, "a parenthesis closes nothing") }
          itemStart = start
          copy(to: offset + 1)
        case UInt8(ascii: "$"), UInt8(ascii: "^"):
          itemStart = result.count
          result += Array((next == UInt8(ascii: "$") ? "\\z" : "\\A").utf8)
          offset += 1
        case UInt8(ascii: "{"):
          try count(isFirst: true)
          let end = pattern[offset...].firstIndex(of: UInt8(ascii: "}")).map { $0 + 1 } ?? pattern.count
          let isExact = !pattern[offset..<end].contains(UInt8(ascii: ","))
          copy(to: end)
          if byte() == UInt8(ascii: "+") {
            result.insert(contentsOf: Array("(?>".utf8), at: itemStart)
            result += Array(")".utf8)
            offset += 1
            quantifiers += 1
          } else if isExact, byte() == UInt8(ascii: "?") {
            // It is lazy, which a single count cannot be, and not optional.
            offset += 1
            quantifiers += 1
          }
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
          try count(isFirst: next == UInt8(ascii: "*"))
          copy(to: offset + 1)
        default:
          itemStart = result.count
          copy(to: offset + 1)
        }
      }
    }

    private static func quantifies(_ byte: UInt8) -> Bool {
      [UInt8(ascii: "{"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(byte)
    }

    /// Counts a quantifier; those of quantifiers mean other things there, or nothing.
    private mutating func count(isFirst: Bool) throws(TokenizerError) {
      guard quantifiers < (isFirst ? 1 : 2) else {
        throw TokenizerError(path, "a quantifier of a quantifier is not supported")
      }
      quantifiers += 1
    }

    /// Whether another branch of the group that is open at a place follows.
    private func hasBranch(after place: Int) -> Bool {
      var place = place
      var (depth, isClass) = (0, false)
      while place < pattern.count {
        switch pattern[place] {
        case UInt8(ascii: "\\"): place += 1
        case UInt8(ascii: "["): isClass = true
        case UInt8(ascii: "]"): isClass = false
        case UInt8(ascii: "(") where !isClass: depth += 1
        case UInt8(ascii: ")") where !isClass:
          if depth == 0 { return false }
          depth -= 1
        case UInt8(ascii: "|") where !isClass && depth == 0: return true
        default: break
        }
        place += 1
      }
      return false
    }

    /// Takes what comes after `(?` where it is letters that change how the pattern is read.
    private mutating func flags() throws(TokenizerError) {
      var end = offset + 1
      while end < pattern.count, isLetter(pattern[end]) || pattern[end] == UInt8(ascii: "-") { end += 1 }
      guard end > offset + 1, end < pattern.count,
        pattern[end] == UInt8(ascii: ":") || pattern[end] == UInt8(ascii: ")")
      else {
        // Names of groups are written `(?P<name>` too.
        guard byte(1) == UInt8(ascii: "P"), byte(2) == UInt8(ascii: "<") else { return }
        result.append(UInt8(ascii: "?"))
        offset += 2
        return
      }
      // There such flags end with the group, here with the branch.
      if pattern[end] == UInt8(ascii: ")"), offset > 1, hasBranch(after: end + 1) {
        throw TokenizerError(path, "flags within a branch that others follow are not supported; write (?i:...)")
      }
      result.append(UInt8(ascii: "?"))
      for letter in pattern[offset + 1..<end] {
        switch letter {
        case UInt8(ascii: "i"), UInt8(ascii: "-"): result.append(letter)
        case UInt8(ascii: "s"): result.append(UInt8(ascii: "m"))
        default:
          throw TokenizerError(path, "the flag \(Character(Unicode.Scalar(letter))) is not supported")
        }
      }
      offset = end
    }

    private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

    private mutating func escape() throws(TokenizerError) {
      switch byte(1) {
      case UInt8(ascii: "p")?, UInt8(ascii: "P")?: property()
      case UInt8(ascii: "w")?, UInt8(ascii: "W")?:
        result +=
          Array("\\".utf8) + [pattern[offset + 1] == UInt8(ascii: "w") ? 0x70 : 0x50] + Array("{rule word}".utf8)
        offset += 2
      case UInt8(ascii: "u")? where byte(2) == UInt8(ascii: "{"), UInt8(ascii: "x")? where byte(2) == UInt8(ascii: "{"):
        result += Array("\\x".utf8)
        offset += 2
        copy(to: pattern[offset...].firstIndex(of: UInt8(ascii: "}")).map { $0 + 1 } ?? pattern.count)
      case UInt8(ascii: "x")?: copy(to: offset + 4)
      case UInt8(ascii: "U")?, UInt8(ascii: "R")?, UInt8(ascii: "K")?, UInt8(ascii: "G")?:
        throw TokenizerError(path, "\\\(Character(Unicode.Scalar(pattern[offset + 1]))) is not supported")
      default: copy(to: offset + 2)
      }
    }

    /// Takes `\p` with its name, which may say of what it is a value.
    private mutating func property() {
      result += pattern[offset..<offset + 2]
      offset += 2
      guard byte() == UInt8(ascii: "{") else {
        result += Array("{".utf8) + [byte() ?? UInt8(ascii: "}")] + Array("}".utf8)
        offset = min(offset + 1, pattern.count)
        return
      }
      let end = pattern[offset...].firstIndex(of: UInt8(ascii: "}")) ?? pattern.count
      if let equals = pattern[offset..<end].firstIndex(of: UInt8(ascii: "=")) {
        let kind = String(decoding: pattern[offset + 1..<equals].filter(isLetter), as: UTF8.self).lowercased()
        if ["sc", "script", "gc", "generalcategory"].contains(kind) {
          result.append(UInt8(ascii: "{"))
          offset = equals + 1
        }
      }
      copy(to: end + 1)
    }

    /// Takes a class in brackets, with the classes in it.
    private mutating func bracket() throws(TokenizerError) {
      var depth = 0
      repeat {
        switch byte() {
        case UInt8(ascii: "\\")?:
          try escape()
          continue
        case UInt8(ascii: "[")?:
          if depth > 0, byte(1) == UInt8(ascii: ":"), namedClass() { continue }
          depth += 1
        case UInt8(ascii: "]")?: depth -= 1
        case UInt8(ascii: "-")? where byte(1) == byte(), UInt8(ascii: "~")? where byte(1) == byte():
          throw TokenizerError(path, "the operators -- and ~~ of classes are not supported")
        default: break
        }
        copy(to: offset + 1)
      } while depth > 0 && offset < pattern.count
    }

    /// Takes `[:name:]` or `[:^name:]`, whose members are ASCII; false where it is something else.
    private mutating func namedClass() -> Bool {
      var start = offset + 2
      let isNegated = start < pattern.count && pattern[start] == UInt8(ascii: "^")
      if isNegated { start += 1 }
      let end = pattern[start...].firstIndex { !isLetter($0) } ?? pattern.count
      guard pattern[end...].starts(with: [UInt8(ascii: ":"), UInt8(ascii: "]")]),
        let members = Self.members(String(decoding: pattern[start..<end], as: UTF8.self))
      else { return false }
      result += Array("[\(isNegated ? "^" : "")\(members)]".utf8)
      offset = end + 2
      return true
    }

    private static func members(_ name: String) -> String? {
      switch name {
      case "alnum": "0-9A-Za-z"
      case "alpha": "A-Za-z"
      case "ascii": #"\x00-\x7F"#
      case "blank": #"\t\x20"#
      case "cntrl": #"\x00-\x1F\x7F"#
      case "digit": "0-9"
      case "graph": "!-~"
      case "lower": "a-z"
      case "print": #"\x20-~"#
      case "punct": "!-/:-@\\[-`{-~"
      case "space": #"\x09-\x0D\x20"#
      case "upper": "A-Z"
      case "word": "0-9A-Z_a-z"
      case "xdigit": "0-9A-Fa-f"
      default: nil
      }
    }
  }
}
