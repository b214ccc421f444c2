import Support

extension TableImage {
  /// The digest of a vocabulary file as it stands in the header.
  static func words(of digest: SHA256Digest) -> (UInt64, UInt64, UInt64, UInt64) {
    let words = stride(from: 0, to: 32, by: 8).map { start in
      digest.bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    return (words[0], words[1], words[2], words[3])
  }

  /// Whether the bytes are an image of this version for a vocabulary, as long as its header says, with all sections
  /// inside.
  func isComplete(family: VocabularyFamily, digest: SHA256Digest) -> Bool {
    guard bytes.count >= Self.contentOffset, bytes.count % Self.sectionAlignment == 0 else { return false }
    let header = header
    return header.magic == Self.magic && header.version == Self.version && header.byteCount == UInt64(bytes.count)
      && header.family == Self.number(of: family) && header.digest == Self.words(of: digest)
      && Section.allCases.allSatisfy(isInside)
  }

  /// Whether all bytes are as they were written.
  ///
  /// - Complexity: O(size of the image).
  var hasRightChecksum: Bool { header.checksum == Self.checksum(bytes) }

  /// The number that stands for a family in the header.
  static func number(of family: VocabularyFamily) -> UInt64 {
    UInt64(VocabularyFamily.allCases.firstIndex(of: family) ?? VocabularyFamily.allCases.count)
  }

  private func isInside(_ section: Section) -> Bool {
    let entry = Self.directoryOffset + section.rawValue * 16
    let offset = bytes.load(fromByteOffset: entry, as: UInt64.self)
    let (end, overflow) = offset.addingReportingOverflow(bytes.load(fromByteOffset: entry + 8, as: UInt64.self))
    return offset % UInt64(Self.sectionAlignment) == 0 && offset >= UInt64(Self.contentOffset) && !overflow
      && end <= UInt64(bytes.count)
  }

  /// A checksum over everything behind the header: four independent lanes of multiply and rotate.
  ///
  /// It finds damage, not malice: ``isConsistent`` does not rely on it.
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
