/// A regular expression of the kind that pre-tokenizers have: alternatives, each a row of character sets with counts.
struct SimplePattern {
  /// One element of a row.
  struct Item {
    enum Kind {
      case characters(UnicodeSet)
      /// Alternatives; always the last item of their row.
      case group([[Item]])
      /// Whether the next character is one of a set.
      case ahead(UnicodeSet)
      /// Whether there is no next character of a set.
      case notAhead(UnicodeSet)
      case textEnd
      case lineEnd
    }

    var kind: Kind
    var minimum = 1
    var maximum = 1
    /// Whether nothing is given back once it is taken.
    var isPossessive = false
  }

  /// The rows, of which the first that matches counts.
  let alternatives: [[Item]]

  /// Reads a pattern in Oniguruma's syntax; nil where it is not of this kind, or may match nothing.
  init?(_ pattern: [UInt8]) {
    var parser = PatternParser(pattern)
    guard let alternatives = parser.parse() else { return nil }
    self.init(alternatives: alternatives)
  }

  /// Takes rows; nil where one may match nothing.
  init?(alternatives: [[Item]]) {
    guard alternatives.allSatisfy({ Self.shortest($0) > 0 }) else { return nil }
    self.alternatives = alternatives
  }

  /// A pattern of single characters.
  init(characters: UnicodeSet) { alternatives = [[Item(kind: .characters(characters))]] }

  /// A pattern of runs of characters of some sets.
  init(runs: [UnicodeSet]) {
    alternatives = runs.map { [Item(kind: .characters($0), minimum: 1, maximum: .max)] }
  }

  /// The least characters that a row takes.
  private static func shortest(_ row: [Item]) -> Int {
    row.reduce(0) { sum, item in
      switch item.kind {
      case .characters: sum + item.minimum
      case .group(let rows): sum + (item.minimum == 0 ? 0 : rows.map { shortest($0) }.min() ?? 0)
      default: sum
      }
    }
  }
}

/// Reads the patterns that `SimplePattern` holds, and gives up on all others.
struct PatternParser {
  private let pattern: [UInt8]
  private var offset = 0

  private static let longestCount = 1000
  private static let deepest = 16
  /// The most members of a class, which are put together one by one.
  private static let mostMembers = 4096

  init(_ pattern: [UInt8]) { self.pattern = pattern }

  /// The alternatives of the whole pattern; nil where it is not simple.
  mutating func parse() -> [[SimplePattern.Item]]? {
    guard let alternatives = alternatives(ignoresCase: false, depth: 0), offset == pattern.count else { return nil }
    return alternatives
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    offset + ahead < pattern.count ? pattern[offset + ahead] : nil
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard pattern[offset...].starts(with: bytes) else { return false }
    offset += bytes.count
    return true
  }

  private mutating func alternatives(ignoresCase: Bool, depth: Int) -> [[SimplePattern.Item]]? {
    guard depth < Self.deepest else { return nil }
    var rows: [[SimplePattern.Item]] = [[]]
    while let next = byte(), next != UInt8(ascii: ")") {
      if take("|") {
        rows.append([])
        continue
      }
      // What follows a group would have to go back into it.
      if case .group? = rows[rows.count - 1].last?.kind { return nil }
      guard var item = item(ignoresCase: ignoresCase, depth: depth), quantify(&item) else { return nil }
      if ignoresCase, Self.joins(rows[rows.count - 1].last, item) { return nil }
      rows[rows.count - 1].append(item)
    }
    return rows
  }

  /// Whether two letters that ignore case may together be the same as one character, such as `ss` and `ß`.
  private static func joins(_ left: SimplePattern.Item?, _ right: SimplePattern.Item) -> Bool {
    guard case .characters(let first)? = left?.kind, case .characters(let second) = right.kind else { return false }
    func holds(_ set: UnicodeSet, _ letters: String) -> Bool {
      letters.unicodeScalars.contains { set.contains($0.value) }
    }
    return holds(first, "s") && holds(second, "st") || holds(first, "f") && holds(second, "fil")
  }

  // MARK: Items

  private mutating func item(ignoresCase: Bool, depth: Int) -> SimplePattern.Item? {
    guard let next = byte() else { return nil }
    switch next {
    case UInt8(ascii: "("): return group(ignoresCase: ignoresCase, depth: depth)
    case UInt8(ascii: "["):
      guard let set = bracket(depth: depth) else { return nil }
      return characters(set, ignoresCase: ignoresCase)
    case UInt8(ascii: "\\"):
      if take("\\z") { return SimplePattern.Item(kind: .textEnd) }
      guard let set = escape(inBracket: false) else { return nil }
      return characters(set, ignoresCase: ignoresCase)
    case UInt8(ascii: "$"):
      offset += 1
      return SimplePattern.Item(kind: .lineEnd)
    case UInt8(ascii: "^"), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"),
      UInt8(ascii: "{"):
      return nil
    default:
      guard let scalar = scalar() else { return nil }
      return characters(UnicodeSet(scalar...scalar), ignoresCase: ignoresCase)
    }
  }

  private func characters(_ set: UnicodeSet, ignoresCase: Bool) -> SimplePattern.Item? {
    guard ignoresCase else { return SimplePattern.Item(kind: .characters(set)) }
    // Of letters beyond ASCII it is not known here what they are the same as.
    guard set.intersection(UnicodeSet(0x80...0x10_FFFF)).isEmpty else { return nil }
    var folded = set
    for letter in UInt32(0x61)...0x7A where set.contains(letter) || set.contains(letter - 0x20) {
      folded = folded.union(UnicodeSet([letter, letter - 0x20]))
      if letter == 0x73 { folded = folded.union(UnicodeSet(0x17F...0x17F)) }
      if letter == 0x6B { folded = folded.union(UnicodeSet(0x212A...0x212A)) }
    }
    return SimplePattern.Item(kind: .characters(folded))
  }

  private mutating func group(ignoresCase: Bool, depth: Int) -> SimplePattern.Item? {
    let isAtomic = take("(?>")
    if !isAtomic {
      if take("(?!") { return look(depth: depth, ignoresCase) { .notAhead($0) } }
      if take("(?=") { return look(depth: depth, ignoresCase) { .ahead($0) } }
    }
    var ignoresCase = ignoresCase
    if !isAtomic {
      if take("(?i:") {
        ignoresCase = true
      } else if !take("(?:") {
        guard byte(1) != UInt8(ascii: "?"), byte(1) != UInt8(ascii: "*") else { return nil }
        offset += 1
      }
    }
    guard let rows = alternatives(ignoresCase: ignoresCase, depth: depth + 1), take(")") else { return nil }
    guard isAtomic else { return SimplePattern.Item(kind: .group(rows)) }
    // What is taken as a whole is one set with a count, or not simple.
    guard rows.count == 1, rows[0].count == 1, case .characters = rows[0][0].kind else { return nil }
    var item = rows[0][0]
    item.isPossessive = true
    return item
  }

  private mutating func look(
    depth: Int, _ ignoresCase: Bool, _ kind: (UnicodeSet) -> SimplePattern.Item.Kind
  ) -> SimplePattern.Item? {
    guard !ignoresCase, let item = item(ignoresCase: false, depth: depth + 1), take(")"),
      case .characters(let set) = item.kind
    else { return nil }
    return SimplePattern.Item(kind: kind(set))
  }

  /// Reads how often an item may occur; false where that is not simple.
  private mutating func quantify(_ item: inout SimplePattern.Item) -> Bool {
    let isCounted = byte() == UInt8(ascii: "{")
    if isCounted {
      guard let count = count() else { return false }
      (item.minimum, item.maximum) = count
    } else if take("?") {
      item.minimum = 0
    } else if take("*") {
      (item.minimum, item.maximum) = (0, .max)
    } else if take("+") {
      item.maximum = .max
    } else {
      return true
    }
    // Possessive `{n,m}+` exists in other syntaxes only, and an item that has a count already cannot have two.
    guard !item.isPossessive else { return false }
    if !isCounted, take("+") { item.isPossessive = true }
    if let next = byte(), "?*+{".utf8.contains(next) { return false }
    switch item.kind {
    case .characters: return item.maximum > 0
    case .group: return item.maximum == 1
    default: return false
    }
  }

  /// Reads `{n}`, `{n,}` or `{n,m}`.
  private mutating func count() -> (Int, Int)? {
    offset += 1
    guard let minimum = number() else { return nil }
    if take("}") { return (minimum, minimum) }
    guard take(",") else { return nil }
    if take("}") { return (minimum, .max) }
    guard let maximum = number(), take("}"), minimum <= maximum else { return nil }
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = byte(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
      value = (value ?? 0) * 10 + Int(digit - UInt8(ascii: "0"))
      guard let value, value <= Self.longestCount else { return nil }
      offset += 1
    }
    return value
  }

  /// Reads one character as it stands.
  private mutating func scalar() -> UInt32? {
    guard offset < pattern.count else { return nil }
    let scalar = pattern.withUnsafeBytes { UTF8Scalar(in: $0, at: offset) }
    guard scalar.value != UTF8Scalar.malformed else { return nil }
    offset += scalar.length
    return scalar.value
  }

  // MARK: Sets

  /// Reads what follows a backslash.
  private mutating func escape(inBracket: Bool) -> UnicodeSet? {
    guard let letter = byte(1) else { return nil }
    offset += 2
    func one(_ scalar: UInt32) -> UnicodeSet { UnicodeSet(scalar...scalar) }
    switch letter {
    case UInt8(ascii: "n"): return one(0x0A)
    case UInt8(ascii: "r"): return one(0x0D)
    case UInt8(ascii: "t"): return one(0x09)
    case UInt8(ascii: "s"): return PropertyTables.set(named: "\\s")
    case UInt8(ascii: "S"): return PropertyTables.set(named: "\\s")?.complement
    case UInt8(ascii: "d"): return PropertyTables.set(named: "\\d")
    case UInt8(ascii: "D"): return PropertyTables.set(named: "\\d")?.complement
    case UInt8(ascii: "w"): return PropertyTables.set(named: inBracket ? "[:word:]" : "\\w")
    case UInt8(ascii: "W"): return PropertyTables.set(named: inBracket ? "[:word:]" : "\\w")?.complement
    case UInt8(ascii: "p"): return property(isNegated: false)
    case UInt8(ascii: "P"): return property(isNegated: true)
    case UInt8(ascii: "x"): return hexadecimal().map(one)
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return one(UInt32(letter))
    default: return nil
    }
  }

  private mutating func property(isNegated: Bool) -> UnicodeSet? {
    guard take("{"), byte() != UInt8(ascii: "^"), let end = pattern[offset...].firstIndex(of: UInt8(ascii: "}")),
      let set = PropertyTables.property(Array(pattern[offset..<end])), set != PropertyTables.set(named: "\\w")
    else { return nil }
    offset = end + 1
    return isNegated ? set.complement : set
  }

  private mutating func hexadecimal() -> UInt32? {
    guard take("{"), let end = pattern[offset...].firstIndex(of: UInt8(ascii: "}")),
      let value = UInt32(String(decoding: pattern[offset..<end], as: UTF8.self), radix: 16), value <= 0x10_FFFF
    else { return nil }
    offset = end + 1
    return value
  }

  /// Reads a class in brackets.
  private mutating func bracket(depth: Int) -> UnicodeSet? {
    guard depth < Self.deepest, take("["), byte() != UInt8(ascii: ":") else { return nil }
    let isNegated = take("^")
    guard byte() != UInt8(ascii: "]") else { return nil }
    var result: UnicodeSet?
    var members = UnicodeSet(boundaries: [])
    var count = 0
    while !take("]") {
      count += 1
      guard byte() != nil, count <= Self.mostMembers else { return nil }
      if take("&&") {
        result = result.map { $0.intersection(members) } ?? members
        members = UnicodeSet(boundaries: [])
        guard byte() != UInt8(ascii: "]"), byte() != UInt8(ascii: "&") else { return nil }
        continue
      }
      guard let set = member(depth: depth) else { return nil }
      members = members.union(set)
    }
    let set = result.map { $0.intersection(members) } ?? members
    return isNegated ? set.complement : set
  }

  /// Reads a member of a class: a class, a character or a range of characters.
  private mutating func member(depth: Int) -> UnicodeSet? {
    if byte() == UInt8(ascii: "[") { return bracket(depth: depth + 1) }
    guard let first = single() else { return nil }
    guard byte() == UInt8(ascii: "-"), let next = byte(1), next != UInt8(ascii: "]") else { return first }
    // A hyphen between anything but two characters is read in different ways.
    guard let low = Self.only(first), next != UInt8(ascii: "["), next != UInt8(ascii: "-") else { return nil }
    offset += 1
    guard let second = single(), let high = Self.only(second), low <= high else { return nil }
    return UnicodeSet(low...high)
  }

  private mutating func single() -> UnicodeSet? {
    if byte() == UInt8(ascii: "\\") { return escape(inBracket: true) }
    return scalar().map { UnicodeSet($0...$0) }
  }

  /// The only member of a set; nil where it has more.
  private static func only(_ set: UnicodeSet) -> UInt32? {
    guard set.boundaries.count == 2, set.boundaries[0] + 1 == set.boundaries[1] else { return nil }
    return set.boundaries[0]
  }
}
