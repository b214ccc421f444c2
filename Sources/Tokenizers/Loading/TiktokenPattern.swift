/// Rewrites patterns of Rust's `fancy-regex` in the syntax of Oniguruma where the two differ.
enum TiktokenPattern {
  /// The pattern in Oniguruma's syntax.
  ///
  /// `$` and `^` are the ends of the text, not of a line; `{n,m}+` gives nothing back; `\pL` has no braces; `(?s)` is what
  /// `(?m)` is there; `\w` has other members, and classes such as `[:alpha:]` those of ASCII only. Case is ignored character by
  /// character there, where `ss` is not `ß`.
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
    /// Where the last item that a quantifier may follow begins in the result.
    private var itemStart = 0
    private var groups: [Group] = []
    private var ignoresCase = false
    private var emptiness = Emptiness()
    /// Quantifiers since the last item: one, and one that says how the first matches.
    private var quantifiers = 0

    /// A group that is open.
    private struct Group {
      let start: Int
      let ignoredCase: Bool
      let emptiness: Emptiness
      var isLook = false
    }

    /// Whether a pattern can match nothing, as far as it was read.
    private struct Emptiness {
      /// A branch that ended can, the current one, and its last item.
      private var (before, branch, last) = (false, true, true)

      var whole: Bool { before || (branch && last) }

      mutating func add(_ item: Bool) { (branch, last) = (branch && last, item) }
      mutating func makeOptional() { last = true }
      mutating func endBranch() { (before, branch, last) = (whole, true, true) }
    }

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
          emptiness.add(Self.takesNothing(byte(1)))
          try escape()
        case UInt8(ascii: "["):
          itemStart = result.count
          emptiness.add(false)
          try bracket()
        case UInt8(ascii: "("):
          groups.append(Group(start: result.count, ignoredCase: ignoresCase, emptiness: emptiness, isLook: looks))
          emptiness = Emptiness()
          copy(to: offset + 1)
          if byte() == UInt8(ascii: "?") { try groupKind() }
        case UInt8(ascii: ")"):
          guard let group = groups.popLast() else { throw TokenizerError(path, "a parenthesis closes nothing") }
          let isEmpty = group.isLook || emptiness.whole
          (itemStart, ignoresCase, emptiness) = (group.start, group.ignoredCase, group.emptiness)
          emptiness.add(isEmpty)
          copy(to: offset + 1)
        case UInt8(ascii: "|"):
          emptiness.endBranch()
          copy(to: offset + 1)
        case UInt8(ascii: "$"), UInt8(ascii: "^"):
          itemStart = result.count
          emptiness.add(true)
          result += Array((next == UInt8(ascii: "$") ? "\\z" : "\\A").utf8)
          offset += 1
        case UInt8(ascii: "{") where countEnd != nil:
          try count(isFirst: true)
          let end = countEnd ?? pattern.count
          let isExact = !pattern[offset..<end].contains(UInt8(ascii: ","))
          if pattern[offset + 1] == UInt8(ascii: "0") || pattern[offset + 1] == UInt8(ascii: ",") {
            emptiness.makeOptional()
          }
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
          // The plus of `a?+` takes nothing away, the question mark of `a+?` adds nothing.
          if quantifiers == 0, next != UInt8(ascii: "+") { emptiness.makeOptional() }
          try count(isFirst: next == UInt8(ascii: "*"))
          copy(to: offset + 1)
        default:
          itemStart = result.count
          emptiness.add(false)
          try literal(next)
        }
      }
      guard !emptiness.whole else {
        throw TokenizerError(path, "a pattern that can match nothing is not supported; tiktoken fails at such a match")
      }
    }

    /// Whether the parenthesis here begins a look ahead or behind, or only sets flags.
    private var looks: Bool {
      guard byte(1) == UInt8(ascii: "?"), let kind = byte(2) else { return false }
      if kind == UInt8(ascii: "<") { return byte(3) == UInt8(ascii: "=") || byte(3) == UInt8(ascii: "!") }
      if [UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "#")].contains(kind) { return true }
      let end = pattern[(offset + 2)...].firstIndex { !isLetter($0) && $0 != UInt8(ascii: "-") }
      return end.map { pattern[$0] == UInt8(ascii: ")") } ?? false
    }

    /// Whether an escape is a place, or a part that can be empty.
    private static func takesNothing(_ letter: UInt8?) -> Bool {
      switch letter {
      case UInt8(ascii: "b")?, UInt8(ascii: "B")?, UInt8(ascii: "A")?, UInt8(ascii: "z")?, UInt8(ascii: "Z")?,
        UInt8(ascii: "k")?, (UInt8(ascii: "1")...UInt8(ascii: "9"))?:
        true
      default: false
      }
    }

    /// Takes a character that stands for itself.
    private mutating func literal(_ byte: UInt8) throws(TokenizerError) {
      guard ignoresCase else { return copy(to: offset + 1) }
      try checkCase(byte)
      // A letter in brackets does not join the next one to what `ß`, `ﬁ` or `ﬆ` are equal to here.
      let joins = [UInt8(ascii: "s"), UInt8(ascii: "f")].contains(byte | 0x20) && self.byte(1) != UInt8(ascii: "|")
      if joins { result.append(UInt8(ascii: "[")) }
      copy(to: offset + 1)
      if joins { result.append(UInt8(ascii: "]")) }
    }

    /// Refuses what ignores case by other tables than those of the reference.
    private func checkCase(_ value: some BinaryInteger) throws(TokenizerError) {
      guard !ignoresCase || value < 0x80 else {
        throw TokenizerError(path, "characters beyond ASCII under (?i) are not supported")
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

    /// The end of a quantifier such as `{2,3}` here; nil where the brace stands for itself.
    private var countEnd: Int? {
      let end = pattern[(offset + 1)...].firstIndex {
        !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) && $0 != 0x2C
      }
      guard let end, pattern[end] == UInt8(ascii: "}"), pattern[offset + 1..<end].contains(where: { $0 != 0x2C }) else {
        return nil
      }
      return end + 1
    }

    /// Takes what says of which kind a group is, which is no part of what it matches.
    private mutating func groupKind() throws(TokenizerError) {
      try flags()
      let isNamed = byte() == UInt8(ascii: "<")
      guard isNamed || byte() == UInt8(ascii: "?") || byte() == UInt8(ascii: ":") else { return }
      switch isNamed || byte() == UInt8(ascii: ":") ? byte() : byte(1) {
      case UInt8(ascii: "#")?: copy(to: pattern[offset...].firstIndex(of: UInt8(ascii: ")")) ?? pattern.count)
      case UInt8(ascii: "(")?: copy(to: offset + 1)
      case UInt8(ascii: "<")? where looksBehind: copy(to: offset + 3)
      case UInt8(ascii: "<")?: copy(to: (pattern[offset...].firstIndex(of: UInt8(ascii: ">")) ?? pattern.count) + 1)
      case UInt8(ascii: "'")?:
        copy(to: (pattern[min(offset + 2, pattern.count)...].firstIndex(of: UInt8(ascii: "'")) ?? pattern.count) + 1)
      default: copy(to: offset + (byte() == UInt8(ascii: ":") ? 1 : 2))
      }
    }

    /// Whether `?<=` or `?<!` is here.
    private var looksBehind: Bool { byte(2) == UInt8(ascii: "=") || byte(2) == UInt8(ascii: "!") }

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
      var (isOn, setsCase) = (true, ignoresCase)
      for letter in pattern[offset + 1..<end] {
        switch letter {
        case UInt8(ascii: "-"):
          isOn = false
          result.append(letter)
        case UInt8(ascii: "i"):
          setsCase = isOn
          result.append(letter)
        case UInt8(ascii: "s"): result.append(UInt8(ascii: "m"))
        default:
          throw TokenizerError(path, "the flag \(Character(Unicode.Scalar(letter))) is not supported")
        }
      }
      offset = end
      ignoresCase = setsCase
      guard pattern[end] == UInt8(ascii: ")"), let group = groups.popLast() else { return }
      // They hold until the group around them ends.
      groups.append(Group(start: group.start, ignoredCase: setsCase, emptiness: group.emptiness, isLook: true))
    }

    private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

    /// Letters that mean the same after a backslash, there and here, and outside of brackets only.
    private static let letters = Set("abdefhnrstvDHS".utf8)
    private static let outerLetters = Set("ABZzNO".utf8)

    private mutating func escape(inBrackets: Bool = false) throws(TokenizerError) {
      guard let letter = byte(1) else { throw TokenizerError(path, "the pattern ends within an escape") }
      switch letter {
      case UInt8(ascii: "p"), UInt8(ascii: "P"):
        guard !ignoresCase else {
          throw TokenizerError(path, "\\\(Character(Unicode.Scalar(letter))) under (?i) is not supported")
        }
        property()
      case UInt8(ascii: "w"), UInt8(ascii: "W"):
        result += Array("\\".utf8) + [letter == UInt8(ascii: "w") ? 0x70 : 0x50] + Array("{rule word}".utf8)
        offset += 2
      case UInt8(ascii: "u"), UInt8(ascii: "x"), UInt8(ascii: "U"): try hexadecimal(inBrackets: inBrackets)
      case UInt8(ascii: "k") where !inBrackets:
        copy(to: (pattern[offset...].firstIndex(of: UInt8(ascii: ">")) ?? pattern.count) + 1)
      default:
        let isKnown =
          isLetter(letter)
          ? Self.letters.contains(letter) || !inBrackets && Self.outerLetters.contains(letter)
          : letter < 0x80 && letter != UInt8(ascii: "<") && letter != UInt8(ascii: ">")
        let isPart = letter == UInt8(ascii: "b") && byte(2) == UInt8(ascii: "{")
        guard isKnown, !isPart else {
          let name = String(decoding: pattern[(offset + 1)...].prefix(letter < 0x80 ? 1 : 4), as: UTF8.self).prefix(1)
          throw TokenizerError(path, "\\\(name)\(isPart ? "{" : "") is not supported")
        }
        copy(to: offset + 2)
      }
    }

    /// Takes a character by its number: `\x41`, `\u0041`, `\U00000041`, or any of them with braces.
    private mutating func hexadecimal(inBrackets: Bool) throws(TokenizerError) {
      let width = byte(1) == UInt8(ascii: "x") ? 2 : byte(1) == UInt8(ascii: "u") ? 4 : 8
      let hasBraces = byte(2) == UInt8(ascii: "{")
      let start = min(offset + (hasBraces ? 3 : 2), pattern.count)
      let end =
        hasBraces
        ? pattern[start...].firstIndex(of: UInt8(ascii: "}")) ?? pattern.count : min(start + width, pattern.count)
      let digits = String(decoding: pattern[start..<end], as: UTF8.self)
      guard hasBraces || digits.utf8.count == width, let value = UInt32(digits, radix: 16) else {
        throw TokenizerError(path, "an escape that begins with \\\(hasBraces ? "x{" : "x") is no number of a character")
      }
      try checkCase(value)
      let isApart = ignoresCase && !inBrackets
      result += Array("\(isApart ? "[" : "")\\x{\(String(value, radix: 16))}\(isApart ? "]" : "")".utf8)
      offset = min(end + (hasBraces ? 1 : 0), pattern.count)
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
      let isNegated = byte(1) == UInt8(ascii: "^")
      repeat {
        switch byte() {
        case UInt8(ascii: "\\")?:
          // What is not negated may not hold characters whose cases are several letters here.
          if ignoresCase, let letter = byte(1),
            Set("DHNOSW".utf8).contains(letter) || letter | 0x20 == 0x77 && !isNegated
          {
            throw TokenizerError(
              path, "\\\(Character(Unicode.Scalar(letter))) in brackets under (?i) is not supported")
          }
          try escape(inBrackets: true)
          continue
        case UInt8(ascii: "[")?:
          if depth > 0, byte(1) == UInt8(ascii: ":"), try namedClass() { continue }
          guard !ignoresCase || depth == 0 else {
            throw TokenizerError(path, "classes in classes under (?i) are not supported")
          }
          depth += 1
        case UInt8(ascii: "]")?: depth -= 1
        case UInt8(ascii: "-")? where byte(1) == byte(), UInt8(ascii: "~")? where byte(1) == byte():
          throw TokenizerError(path, "the operators -- and ~~ of classes are not supported")
        case UInt8(ascii: "&")? where ignoresCase && byte(1) == byte():
          throw TokenizerError(path, "the operator && of classes under (?i) is not supported")
        case let member?: try checkCase(member)
        case nil: break
        }
        copy(to: offset + 1)
      } while depth > 0 && offset < pattern.count
    }

    /// Takes `[:name:]` or `[:^name:]`, whose members are ASCII; false where it is something else.
    private mutating func namedClass() throws(TokenizerError) -> Bool {
      var start = offset + 2
      let isNegated = start < pattern.count && pattern[start] == UInt8(ascii: "^")
      if isNegated { start += 1 }
      let end = pattern[start...].firstIndex { !isLetter($0) } ?? pattern.count
      guard pattern[end...].starts(with: [UInt8(ascii: ":"), UInt8(ascii: "]")]),
        let members = Self.members(String(decoding: pattern[start..<end], as: UTF8.self))
      else { return false }
      guard !ignoresCase || !isNegated else {
        throw TokenizerError(
          path, "[:^\(String(decoding: pattern[start..<end], as: UTF8.self)):] under (?i) is not supported")
      }
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
