import Support

extension TableImage {
  /// A digest as it is in the header.
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
