/// A double-array trie over the tokens that merging can reach.
///
/// A node has 64 bits: in the low 20 bits the token that ends there, or `noToken`; bit 20 is set if that token is for
/// whole pre-tokens only; bit 23 is set if the slot is in use; bits 24 to 31 hold the byte that leads to the node, and
/// the rest the base of its children. The child for a byte is at the base plus the byte and holds that byte. No two
/// nodes share a base, so the byte proves the parent.
struct TokenTrie: @unchecked Sendable {
  // Sendable: points into an immutable image that its owner keeps alive.

  private let nodes: UnsafePointer<UInt64>
  private let root: UInt64

  static let rootSlot = 256
  static let noToken: UInt64 = 1 << 20 - 1
  static let wholeOnly: UInt64 = 1 << 20
  static let inUse: UInt64 = 1 << 23

  init(nodes: UnsafeBufferPointer<UInt64>) {
    self.nodes = nodes.baseAddress.unsafelyUnwrapped
    root = nodes[Self.rootSlot]
  }

  /// The result of a walk from some position.
  struct Match {
    /// The longest token that begins there and that merging can make; `TokenDerivation.noToken` if there is none.
    var token: UInt32
    /// The token that is all of the text, if there is one.
    var whole: UInt32
  }

  /// Walks from `position` to the end of `text` as far as tokens go.
  ///
  /// - Complexity: O(length of the longest token).
  @inline(__always)
  func match(_ text: UnsafePointer<UInt8>, from position: Int, to end: Int) -> Match {
    var node = root
    var match = Match(token: TokenDerivation.noToken, whole: TokenDerivation.noToken)
    var offset = position
    while offset < end {
      let byte = UInt64(text[offset])
      node = nodes[Int(truncatingIfNeeded: node >> 32 &+ byte)]
      guard (node >> 23) & 0x1FF == byte << 1 | 1 else { return match }
      offset &+= 1
      if node & Self.noToken != Self.noToken {
        let token = UInt32(truncatingIfNeeded: node & Self.noToken)
        if node & Self.wholeOnly == 0 { match.token = token }
        if offset == end { match.whole = token }
      }
    }
    return match
  }
}

/// Builds the nodes of a `TokenTrie`.
struct TokenTrieBuilder {
  /// A token to insert.
  struct Entry {
    let range: Range<Int>
    let token: UInt32
    let wholeOnly: Bool
  }

  private let bytes: [UInt8]
  private let entries: [Entry]
  private var nodes: [UInt64]
  private var baseInUse: [Bool]
  /// For each free slot the next one that may be free.
  private var nextFree: [Int32]
  private var highestInUse = TokenTrie.rootSlot

  /// How many free slots are tried for a node before its children go to the end.
  private static let searchLimit = 256

  /// Builds a trie of `entries`, whose ranges address `bytes`.
  static func build(bytes: [UInt8], entries: [Entry]) -> [UInt64] {
    var builder = TokenTrieBuilder(bytes: bytes, entries: entries)
    builder.build()
    return builder.nodes
  }

  private init(bytes: [UInt8], entries: [Entry]) {
    self.bytes = bytes
    self.entries = entries.sorted { left, right in
      bytes[left.range].lexicographicallyPrecedes(bytes[right.range])
    }
    nodes = []
    baseInUse = []
    nextFree = []
  }

  private struct Pending {
    let slot: Int
    let entries: Range<Int>
    let depth: Int
  }

  /// Places the nodes level by level, so that the first levels, which every walk visits, are close together.
  private mutating func build() {
    grow(to: 1024)
    nodes[TokenTrie.rootSlot] = TokenTrie.inUse | TokenTrie.noToken
    var level = [Pending(slot: TokenTrie.rootSlot, entries: 0..<entries.count, depth: 0)]
    while !level.isEmpty {
      var next: [Pending] = []
      for node in level { place(node, into: &next) }
      level = next
    }
    // A walk reads up to 255 slots beyond the last base.
    let count = highestInUse + 512
    grow(to: count)
    nodes.removeLast(nodes.count - count)
    // No byte leads to the root, not even the NUL that an empty label looks like.
    nodes[TokenTrie.rootSlot] &= ~TokenTrie.inUse
  }

  private mutating func place(_ node: Pending, into next: inout [Pending]) {
    var range = node.entries
    if let first = range.first, entries[first].range.count == node.depth {
      setToken(of: entries[first], at: node.slot)
      range = first + 1..<range.upperBound
    }
    guard !range.isEmpty else { return }
    let groups = childGroups(range, depth: node.depth)
    let base = freeBase(for: groups.map { Int($0.byte) })
    baseInUse[base] = true
    nodes[node.slot] |= UInt64(base) << 32
    for group in groups {
      let slot = base + Int(group.byte)
      nodes[slot] = UInt64(group.byte) << 24 | TokenTrie.inUse | TokenTrie.noToken
      highestInUse = max(highestInUse, slot)
      next.append(Pending(slot: slot, entries: group.entries, depth: node.depth + 1))
    }
  }

  private mutating func setToken(of entry: Entry, at slot: Int) {
    nodes[slot] = nodes[slot] & ~TokenTrie.noToken | UInt64(entry.token) | (entry.wholeOnly ? TokenTrie.wholeOnly : 0)
  }

  private func childGroups(_ range: Range<Int>, depth: Int) -> [(byte: UInt8, entries: Range<Int>)] {
    var groups: [(byte: UInt8, entries: Range<Int>)] = []
    var start = range.lowerBound
    for index in range {
      let byte = bytes[entries[index].range.lowerBound + depth]
      if index + 1 == range.upperBound || bytes[entries[index + 1].range.lowerBound + depth] != byte {
        groups.append((byte, start..<index + 1))
        start = index + 1
      }
    }
    return groups
  }

  private mutating func freeBase(for labels: [Int]) -> Int {
    var slot = firstFree(from: TokenTrie.rootSlot + 1)
    for _ in 0..<Self.searchLimit {
      let base = slot - labels[0]
      grow(to: base + 257)
      if base > 0, !baseInUse[base], labels.allSatisfy({ isFree(base + $0) }) { return base }
      slot = firstFree(from: slot + 1)
    }
    var base = highestInUse + 1 - labels[0]
    while base < baseInUse.count, baseInUse[base] { base += 1 }
    grow(to: base + 257)
    return base
  }

  private func isFree(_ slot: Int) -> Bool { slot > TokenTrie.rootSlot && nodes[slot] & TokenTrie.inUse == 0 }

  /// The first free slot at `slot` or later; shortens the way there for later searches.
  private mutating func firstFree(from slot: Int) -> Int {
    var free = slot
    while true {
      grow(to: free + 1)
      if nodes[free] & TokenTrie.inUse == 0 { break }
      free = max(free + 1, Int(nextFree[free]))
    }
    var passed = slot
    while passed < free {
      let following = max(passed + 1, Int(nextFree[passed]))
      nextFree[passed] = Int32(free)
      passed = following
    }
    return free
  }

  private mutating func grow(to count: Int) {
    guard nodes.count < count else { return }
    let grown = max(count, nodes.count * 2)
    let added = grown - nodes.count
    nodes += [UInt64](repeating: 0, count: added)
    baseInUse += [Bool](repeating: false, count: added)
    nextFree += [Int32](repeating: 0, count: added)
  }
}
