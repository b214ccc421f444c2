import Support

/// The tables of one vocabulary in one block of memory: a header, then sections at 64-byte boundaries.
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
    /// Bits: pairs of characters that may be adjacent inside a token, hashed.
    case pairFilter
    /// UInt64: 64 rows of 64 bits: pairs of bytes at the border of two characters that a token holds in part, exact.
    case splitPairs
    /// UInt64: 64 words of bits for the first and 64 for the last characters of tokens that are whole pre-tokens only.
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
  static let version: UInt64 = 7
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

  /// The elements of a section. The pointer is valid as long as the image lives.
  func section<Element: BitwiseCopyable>(_ section: Section, of type: Element.Type) -> UnsafeBufferPointer<Element> {
    let entry = Self.directoryOffset + section.rawValue * 16
    let offset = Int(bytes.load(fromByteOffset: entry, as: UInt64.self))
    let count = Int(bytes.load(fromByteOffset: entry + 8, as: UInt64.self))
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]).assumingMemoryBound(to: type)
  }

  var header: Header { bytes.load(as: Header.self) }
}

extension TableImage {
  /// A digest in the form of the header.
  static func words(of digest: SHA256Digest) -> (UInt64, UInt64, UInt64, UInt64) {
    let words = stride(from: 0, to: 32, by: 8).map { start in
      digest.bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    return (words[0], words[1], words[2], words[3])
  }

  /// The digest of the definition that the image was made from, as 64 hexadecimal digits.
  var definition: String {
    let digest = header.digest
    return [digest.0, digest.1, digest.2, digest.3].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Whether the bytes are an image of this version for a digest, as long as its header says, with all sections
  /// inside.
  func isComplete(digest: SHA256Digest) -> Bool {
    guard bytes.count >= Self.contentOffset, bytes.count % Self.sectionAlignment == 0 else { return false }
    let header = header
    return header.magic == Self.magic && header.version == Self.version && header.byteCount == UInt64(bytes.count)
      && header.digest == Self.words(of: digest)
      && Section.allCases.allSatisfy(isInside)
  }

  /// Whether all bytes are as they were written.
  ///
  /// - Complexity: O(size of the image).
  var hasRightChecksum: Bool { header.checksum == Self.checksum(bytes) }

  private func isInside(_ section: Section) -> Bool {
    let entry = Self.directoryOffset + section.rawValue * 16
    let offset = bytes.load(fromByteOffset: entry, as: UInt64.self)
    let (end, overflow) = offset.addingReportingOverflow(bytes.load(fromByteOffset: entry + 8, as: UInt64.self))
    return offset % UInt64(Self.sectionAlignment) == 0 && offset >= UInt64(Self.contentOffset) && !overflow
      && end <= UInt64(bytes.count)
  }

  /// A checksum over everything after the header: four independent lanes of multiply and rotate.
  ///
  /// It detects damage, not malice: ``isConsistent`` does not rely on it.
  static func checksum(_ memory: UnsafeRawBufferPointer) -> UInt64 {
    var lanes = SIMD4<UInt64>(1, 2, 3, 4)
    let multiplier = SIMD4<UInt64>(repeating: 0x9E37_79B1)
    var offset = directoryOffset
    while offset + 32 <= memory.count {
      let block = memory.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
      let mixed = lanes ^ block
      lanes = (mixed & SIMD4(repeating: 0xFFFF_FFFF)) &* multiplier &+ (mixed &>> 32) ^ (lanes &<< 7) &+ block
      offset += 32
    }
    return (0..<4).reduce(UInt64(memory.count)) { ($0 ^ lanes[$1]) &* 0x9E37_79B9_7F4A_7C15 &+ ($0 >> 31) }
  }
}

/// Collects sections and lays them out as an image.
struct TableImageWriter {
  private var sections = [[UInt8]](repeating: [], count: TableImage.Section.allCases.count)

  /// Sets the elements of a section.
  mutating func set<Element: BitwiseCopyable>(_ section: TableImage.Section, _ elements: [Element]) {
    sections[section.rawValue] = elements.withUnsafeBytes(Array.init)
  }

  /// Lays out the sections and completes the header.
  func image(digest: SHA256Digest) -> TableImage {
    var size = TableImage.contentOffset
    let offsets = sections.map { section in
      defer { size = Self.aligned(size + section.count) }
      return size
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    for (number, section) in sections.enumerated() {
      let entry = TableImage.directoryOffset + number * 16
      memory.storeBytes(of: UInt64(offsets[number]), toByteOffset: entry, as: UInt64.self)
      memory.storeBytes(of: UInt64(section.count), toByteOffset: entry + 8, as: UInt64.self)
      UnsafeMutableRawBufferPointer(rebasing: memory[offsets[number]...]).copyBytes(from: section)
    }
    let header = TableImage.Header(
      magic: TableImage.magic, version: TableImage.version, byteCount: UInt64(size),
      checksum: TableImage.checksum(UnsafeRawBufferPointer(memory)), digest: TableImage.words(of: digest),
      reserved: (0, 0))
    memory.storeBytes(of: header, as: TableImage.Header.self)
    return TableImage(owning: TableMemory(allocated: UnsafeRawBufferPointer(memory)))
  }

  private static func aligned(_ size: Int) -> Int {
    (size + TableImage.sectionAlignment - 1) / TableImage.sectionAlignment * TableImage.sectionAlignment
  }
}
