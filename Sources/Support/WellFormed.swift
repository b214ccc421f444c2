import CTextKernels

extension RawSpan {
  /// Offset of the first byte that well-formed UTF-8 cannot have there; nil if all of it is well-formed.
  ///
  /// - Complexity: O(bytes).
  public var malformedOffset: Int? {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
      let wellFormed = rk_well_formed(start, bytes.count)
      return wellFormed == bytes.count ? nil : wellFormed
    }
  }

  /// How many bytes continue a character in UTF-8; every other one begins a character, or is one.
  ///
  /// - Complexity: O(bytes).
  public var continuationCount: Int {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
      return rk_count_tails(start, bytes.count)
    }
  }
}
