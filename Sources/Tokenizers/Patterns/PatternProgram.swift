/// A simple pattern made ready to be matched: what Oniguruma finds with it, without its costs.
///
/// Alternatives are tried in order, as the engine does; the first byte rules most of them out. A set takes as many
/// characters as it can, and gives them back one by one only where what follows may need them.
final class PatternProgram: Sendable {
  private enum Kind: UInt8 {
    case characters, group, ahead, notAhead, textEnd, lineEnd
  }

  private struct Node {
    var kind: Kind
    /// Whether giving characters back cannot help.
    var isPossessive = false
    /// The bit of the set.
    var set: UInt64 = 0
    var minimum = 1
    var maximum = 1
    /// The rows of a group.
    var rows: Range<Int> = 0..<0
  }

  /// What one search came to.
  enum Outcome: Equatable {
    case match(Range<Int>)
    case mismatch
    /// The search took more steps than Oniguruma should be spared.
    case abandoned
  }

  /// The most items of a pattern: each may add to the stack, and published patterns have some dozens.
  private static let mostNodes = 256

  private let nodes: [Node]
  /// The nodes of each row, those of the whole pattern first.
  private let rows: [Range<Int>]
  private let rowCount: Int
  /// For each byte the rows of the whole pattern that a match beginning with it may be of.
  private let rowsOfFirstByte: [UInt32]
  private let table: CharacterSetTable

  /// Prepares a pattern; nil where it has too many sets, rows or items.
  init?(_ pattern: SimplePattern) {
    var compiler = Compiler()
    guard pattern.alternatives.count <= 32, let whole = compiler.add(pattern.alternatives) else { return nil }
    nodes = compiler.nodes
    rows = compiler.rows
    rowCount = whole.count
    table = CharacterSetTable(compiler.sets)
    var first = [UInt32](repeating: 0, count: 256)
    for (number, row) in pattern.alternatives.enumerated() {
      let set = Self.first(of: row[...]).set
      for byte in UInt32(0)..<0x80 where set.contains(byte) { first[Int(byte)] |= 1 << UInt32(number) }
      // Of characters beyond ASCII the first byte says little.
      for byte in 0x80..<0x100 { first[byte] |= 1 << UInt32(number) }
    }
    rowsOfFirstByte = first
  }

  /// Reads and prepares a pattern in Oniguruma's syntax; nil where it is not simple.
  convenience init?(_ pattern: [UInt8]) {
    guard let simple = SimplePattern(pattern) else { return nil }
    self.init(simple)
  }

  // MARK: Compiling

  /// The characters that a match of a row begins with, and whether it can be without any.
  private static func first(of row: ArraySlice<SimplePattern.Item>) -> (set: UnicodeSet, isOptional: Bool) {
    var set = UnicodeSet(boundaries: [])
    for item in row {
      switch item.kind {
      case .characters(let characters):
        set = set.union(characters)
        if item.minimum > 0 { return (set, false) }
      case .group(let rows):
        var isOptional = item.minimum == 0
        for row in rows {
          let first = first(of: row[...])
          set = set.union(first.set)
          isOptional = isOptional || first.isOptional
        }
        if !isOptional { return (set, false) }
      default: break
      }
    }
    return (set, true)
  }

  private struct Compiler {
    var nodes: [Node] = []
    var rows: [Range<Int>] = []
    var sets: [UnicodeSet] = []

    /// Adds rows one after another and returns their numbers; nil where there are too many sets.
    mutating func add(_ alternatives: [[SimplePattern.Item]]) -> Range<Int>? {
      let count = alternatives.reduce(nodes.count) { $0 + $1.count }
      guard count <= PatternProgram.mostNodes else { return nil }
      let first = rows.count
      rows += alternatives.map { _ in 0..<0 }
      for (number, row) in alternatives.enumerated() {
        // Nodes of one row are next to each other: groups within it go first.
        var made: [Node] = []
        for place in row.indices {
          guard let node = node(row, place) else { return nil }
          made.append(node)
        }
        rows[first + number] = nodes.count..<nodes.count + made.count
        nodes += made
      }
      return first..<first + alternatives.count
    }

    private mutating func node(_ row: [SimplePattern.Item], _ place: Int) -> Node? {
      let item = row[place]
      switch item.kind {
      case .characters(let set):
        guard let bit = bit(of: set) else { return nil }
        return Node(
          kind: .characters, isPossessive: item.isPossessive || Self.keepsAll(set, before: row[(place + 1)...]),
          set: bit, minimum: item.minimum, maximum: item.maximum)
      case .group(let alternatives):
        guard let rows = add(alternatives) else { return nil }
        return Node(kind: .group, minimum: item.minimum, rows: rows)
      case .ahead(let set): return bit(of: set).map { Node(kind: .ahead, set: $0) }
      case .notAhead(let set): return bit(of: set).map { Node(kind: .notAhead, set: $0) }
      case .textEnd: return Node(kind: .textEnd)
      case .lineEnd: return Node(kind: .lineEnd)
      }
    }

    /// Whether giving back characters of a set never makes the rest of a row match.
    private static func keepsAll(_ set: UnicodeSet, before rest: ArraySlice<SimplePattern.Item>) -> Bool {
      for item in rest {
        switch item.kind {
        case .characters, .group: break
        default: return false
        }
      }
      let (first, isOptional) = PatternProgram.first(of: rest)
      return isOptional || first.intersection(set).isEmpty
    }

    private mutating func bit(of set: UnicodeSet) -> UInt64? {
      if let known = sets.firstIndex(of: set) { return 1 << UInt64(known) }
      guard sets.count < 64 else { return nil }
      sets.append(set)
      return 1 << UInt64(sets.count - 1)
    }
  }

  // MARK: Matching

  private static let mismatch = -1
  private static let abandoned = -2

  /// A search through one text.
  struct Search: ~Copyable {
    fileprivate let text: UnsafeBufferPointer<UInt8>
    /// How many characters may still be given back.
    fileprivate var budget: Int

    /// Begins a search; the text must be valid UTF-8.
    init(_ text: UnsafeBufferPointer<UInt8>) { self.init(text, budget: 64 * text.count + 4096) }

    fileprivate init(_ text: UnsafeBufferPointer<UInt8>, budget: Int) {
      self.text = text
      self.budget = budget
    }
  }

  /// The end of the match that begins at `start`, or else of the text before the next match.
  ///
  /// - Complexity: O(length of the piece) for a pattern that gives each character back once or twice.
  func pieceEnd(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var search = Search(text, budget: .max)
    guard case .match(let match) = next(&search, from: start) else { return text.count }
    return match.lowerBound > start ? match.lowerBound : match.upperBound
  }

  /// The first match that begins at a character from `start` on.
  func next(_ search: inout Search, from start: Int) -> Outcome {
    let text = search.text
    var start = start
    while start < text.count {
      let end = end(&search, from: start)
      if end >= 0 { return .match(start..<end) }
      if end == Self.abandoned { return .abandoned }
      start &+= 1
      while start < text.count, text[start] & 0xC0 == 0x80 { start &+= 1 }
    }
    return .mismatch
  }

  /// Where the match that begins at `start` ends.
  @inline(__always)
  private func end(_ search: inout Search, from start: Int) -> Int {
    var candidates = rowsOfFirstByte[Int(search.text[start])]
    while candidates != 0 {
      let end = follow(rows[candidates.trailingZeroBitCount], &search, from: start)
      if end != Self.mismatch { return end }
      candidates &= candidates &- 1
    }
    return Self.mismatch
  }

  private func follow(_ row: Range<Int>, _ search: inout Search, from start: Int) -> Int {
    let text = search.text
    var position = start
    for number in row {
      let node = nodes[number]
      switch node.kind {
      case .characters:
        var count = 0
        while count < node.maximum, position < text.count {
          let (sets, length) = table.sets(in: text, at: position)
          guard sets & node.set != 0 else { break }
          position &+= length
          count &+= 1
        }
        if count < node.minimum { return Self.mismatch }
        if node.isPossessive || count == node.minimum { continue }
        return giveBack(count &- node.minimum, row: number + 1..<row.upperBound, &search, from: position)
      case .group:
        for number in node.rows {
          let end = follow(rows[number], &search, from: position)
          if end != Self.mismatch { return end }
        }
        return node.minimum == 0 ? position : Self.mismatch
      case .ahead:
        guard position < text.count, table.sets(in: text, at: position).sets & node.set != 0 else {
          return Self.mismatch
        }
      case .notAhead:
        if position < text.count, table.sets(in: text, at: position).sets & node.set != 0 { return Self.mismatch }
      case .textEnd:
        if position < text.count { return Self.mismatch }
      case .lineEnd:
        if position < text.count, text[position] != UInt8(ascii: "\n") { return Self.mismatch }
      }
    }
    return position
  }

  /// Follows the rest of a row, and gives back up to `count` characters one by one until it matches.
  private func giveBack(_ count: Int, row: Range<Int>, _ search: inout Search, from start: Int) -> Int {
    var position = start
    for _ in 0..<count {
      let end = follow(row, &search, from: position)
      if end != Self.mismatch { return end }
      search.budget &-= 1
      if search.budget < 0 { return Self.abandoned }
      position &-= 1
      while search.text[position] & 0xC0 == 0x80 { position &-= 1 }
    }
    return follow(row, &search, from: position)
  }
}
