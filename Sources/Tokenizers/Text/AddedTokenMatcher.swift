/// Finds added tokens in raw text: the leftmost, and the longest of those that begin there.
///
/// A trie whose nodes list their children as siblings: the sets are small and the first byte rules out most positions.
struct AddedTokenMatcher: Sendable {
  /// A match in a text.
  struct Match {
    let id: TokenID
    let range: Range<Int>
  }

  private struct Node {
    var byte: UInt8
    var token: TokenID = -1
    var spaces = AddedTokenSpaces()
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
  }

  private var nodes: [Node] = []
  private var rootOfByte = [Int32](repeating: -1, count: 256)

  /// Makes a matcher for `tokens`; of tokens with equal content the last one is matched.
  init(_ tokens: [AddedToken]) {
    for token in tokens { insert(token) }
  }

  private mutating func insert(_ token: AddedToken) {
    guard let first = token.content.first else { return }
    if rootOfByte[Int(first)] < 0 { rootOfByte[Int(first)] = appendNode(first) }
    var node = rootOfByte[Int(first)]
    for byte in token.content.dropFirst() {
      if let child = child(of: node, byte) {
        node = child
      } else {
        let added = appendNode(byte)
        nodes[Int(added)].nextSibling = nodes[Int(node)].firstChild
        nodes[Int(node)].firstChild = added
        node = added
      }
    }
    nodes[Int(node)].token = token.id
    nodes[Int(node)].spaces = AddedTokenSpaces(token)
  }

  private mutating func appendNode(_ byte: UInt8) -> Int32 {
    nodes.append(Node(byte: byte))
    return Int32(nodes.count - 1)
  }

  private func child(of node: Int32, _ byte: UInt8) -> Int32? {
    var child = nodes[Int(node)].firstChild
    while child >= 0, nodes[Int(child)].byte != byte { child = nodes[Int(child)].nextSibling }
    return child < 0 ? nil : child
  }

  /// Whether some token begins with `byte`.
  func canBegin(with byte: UInt8) -> Bool { rootOfByte[Int(byte)] >= 0 }

  /// The bytes that some token begins with.
  var firstBytes: [UInt8] { (0...255).filter { canBegin(with: $0) } }

  /// The longest token that begins at `position`, with the white space that belongs to it; nil if none does.
  ///
  /// - Parameter start: Where the text that no token before it has taken begins.
  /// - Complexity: O(length of the longest token and of the white space).
  func match(in text: UnsafeBufferPointer<UInt8>, at position: Int, after start: Int) -> Match? {
    guard let found = longest(in: text, at: position) else { return nil }
    guard !found.spaces.isEmpty else { return found.match }
    var range = found.match.range
    if found.spaces.contains(.before) {
      range = Self.spacesStart(in: text, start..<range.lowerBound)..<range.upperBound
    }
    if found.spaces.contains(.after) { range = range.lowerBound..<Self.spacesEnd(in: text, from: range.upperBound) }
    return Match(id: found.match.id, range: range)
  }

  /// The start of the white space at the end of a range of valid UTF-8.
  static func spacesStart(in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
    var start = range.upperBound
    while start > range.lowerBound {
      var lead = start - 1
      while lead > range.lowerBound, text[lead] & 0xC0 == 0x80 { lead -= 1 }
      let characterClass = CharacterCursor(text, at: lead).characterClass
      guard characterClass == .space || characterClass == .newline else { break }
      start = lead
    }
    return start
  }

  /// The end of the white space at an offset of valid UTF-8.
  static func spacesEnd(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var cursor = CharacterCursor(text, at: start)
    while cursor.characterClass == .space || cursor.characterClass == .newline {
      cursor = CharacterCursor(text, at: cursor.end)
    }
    return cursor.start
  }

  private func longest(
    in text: UnsafeBufferPointer<UInt8>, at position: Int
  ) -> (match: Match, spaces: AddedTokenSpaces)? {
    var node = rootOfByte[Int(text[position])]
    guard node >= 0 else { return nil }
    var found: (match: Match, spaces: AddedTokenSpaces)?
    var end = position + 1
    while true {
      if nodes[Int(node)].token >= 0 {
        found = (Match(id: nodes[Int(node)].token, range: position..<end), nodes[Int(node)].spaces)
      }
      guard end < text.count, let next = child(of: node, text[end]) else { return found }
      node = next
      end += 1
    }
  }

  /// The first match that begins at `position` or later; nil if there is none.
  func firstMatch(in text: UnsafeBufferPointer<UInt8>, from position: Int) -> Match? {
    for start in position..<max(position, text.count) where rootOfByte[Int(text[start])] >= 0 {
      if let match = match(in: text, at: start, after: position) { return match }
    }
    return nil
  }
}

/// The white space around an added token that belongs to it; the raw values are stored in compiled tables.
struct AddedTokenSpaces: OptionSet {
  let rawValue: UInt32

  static let after = AddedTokenSpaces(rawValue: 1)
  static let before = AddedTokenSpaces(rawValue: 2)

  init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ token: AddedToken) {
    self = []
    if token.rstrip { insert(.after) }
    if token.lstrip { insert(.before) }
  }
}
