/// A double-array trie over the tokens that merging can reach.
///
/// A node is 64 bits: in the low 20 bits the token that ends there, or `noToken`; bit 20 set where that token stands for
/// whole pretokens only; bit 23 set where the slot is in use; the byte that leads to the node in bits 24 to 31; above,
/// the base of its children. The child for a byte stands at the base plus the byte and carries that byte. No two nodes
/// share a base, so the byte proves the parent.
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

  /// What a walk from some position found.
  struct Match {
    /// The longest token that begins there and that merging can make; `TokenDerivation.noToken` where there is none.
    var token: UInt32
    /// The token that is all of the text, where there is one.
    var whole: UInt32
  }

  /// Walks from `position` to the end of `text` as far as tokens go. Linear in the length of the longest token.
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
