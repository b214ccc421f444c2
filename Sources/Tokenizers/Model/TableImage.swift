import Support

/// The tables of one vocabulary as one stretch of memory: a header, then sections at 64-byte boundaries.
///
/// The same bytes are built in memory, written to a file and mapped back. Memory is never written after `init`, so any
/// number of threads may read it.
final class TableImage: Sendable {
  /// The parts of an image, in the order in which they are stored.
  enum Section: Int, CaseIterable {
    /// `ModelTables.Attributes`.
    case attributes
    /// UInt32: where each token's bytes begin, and at the end where the last one's end.
    case tokenOffsets
    /// The bytes of all tokens, as decoded text has them.
    case tokenBytes
    /// UInt64: an open-addressed table from pairs of tokens to ranks.
    case mergeSlots
    /// UInt64: `MergeTable`'s filter.
    case mergeFilter
    /// UInt32: the token that the merge of each rank makes.
    case mergeResults
    /// `TokenDerivation` of each token.
    case derivations
    /// UInt64: the nodes of a double-array trie over the tokens.
    case trie
    /// UInt32: the 256 tokens of single bytes.
    case byteTokens
    /// Bits: pairs of adjacent characters that may stand inside a token, hashed.
    case pairFilter
    /// UInt64: 64 rows of 64 bits: pairs of bytes at the border of two characters that a token holds in part, exact.
    case splitPairs
    /// UInt64: 64 words of bits for the first and 64 for the last characters of tokens that stand for whole pretokens only.
    case wholeTokenEnds
    /// UInt8: 128 rows of 128 bits, the same for ASCII pairs, exact.
    case asciiPairs
    /// `FreePairCover`: 128 bytes for first and 128 for second characters.
    case freePairs
    /// The added tokens: a count, then each one's id, length and bytes, all numbers UInt32.
    case addedTokens
    /// The special tokens before a text and after it: a count, then the ids, each time; all numbers UInt32.
    case specialTokens
  }

  struct Header {
    var magic: UInt64
    var version: UInt64
    var byteCount: UInt64
    var checksum: UInt64
    var digest: (UInt64, UInt64, UInt64, UInt64)
    var reserved: (UInt64, UInt64)
  }

  /// "tokstats" in ASCII.
  static let magic: UInt64 = 0x7374_6174_736B_6F74
  /// Changes whenever the meaning of any byte of an image changes.
  static let version: UInt64 = 6
  static let sectionAlignment = 64
  /// Where the section directory begins; each entry is an offset and a byte count.
  static let directoryOffset = 128
  /// Where the first section begins.
  static let contentOffset = 512

  private let memory: TableMemory

  /// Takes ownership of the memory that holds an image.
  init(owning memory: consuming TableMemory) { self.memory = memory }

  /// All bytes of the image.
  var bytes: UnsafeRawBufferPointer { memory.bytes }

  /// The elements of a section. The pointer is good for as long as the image lives.
  func section<Element: BitwiseCopyable>(_ section: Section, of type: Element.Type) -> UnsafeBufferPointer<Element> {
    let entry = Self.directoryOffset + section.rawValue * 16
    let offset = Int(bytes.load(fromByteOffset: entry, as: UInt64.self))
    let count = Int(bytes.load(fromByteOffset: entry + 8, as: UInt64.self))
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]).assumingMemoryBound(to: type)
  }

  var header: Header { bytes.load(as: Header.self) }
}
