import Glibc

/// Comparing and finding bytes.
enum RawBytes {
  /// Whether the bytes are UTF-8.
  ///
  /// - Complexity: O(bytes).
  static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var offset = 0
    // Most texts are ASCII.
    while offset + 8 <= bytes.count, isASCII(base, at: offset) { offset += 8 }
    // The last word may begin among the bytes before, which are ASCII.
    if offset > 0, offset + 8 > bytes.count, isASCII(base, at: bytes.count - 8) { return true }
    let rest = Span(_unsafeStart: base.assumingMemoryBound(to: UInt8.self) + offset, count: bytes.count - offset)
    do { return try UTF8Span(validating: rest).count >= 0 } catch { return false }
  }

  /// Whether eight bytes are ASCII.
  @inline(__always)
  private static func isASCII(_ base: UnsafeRawPointer, at offset: Int) -> Bool {
    base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
  }

  /// The offset of a text from an offset on.
  static func find(_ text: StaticString, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    find(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), in: bytes, start..<bytes.count)
  }

  /// The offset of bytes that are not empty, within a range.
  ///
  /// - Complexity: O(bytes), also for parts that nearly match everywhere.
  static func find(
    _ part: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> Int? {
    guard let base = bytes.baseAddress, let needle = part.baseAddress, let first = part.first else { return nil }
    var offset = range.lowerBound
    let last = range.upperBound - part.count
    var budget = comparisonBudget(range.count)
    while offset <= last, let found = memchr(base + offset, Int32(first), last - offset + 1) {
      offset = UnsafeRawPointer(found) - base
      if memcmp(found, needle, part.count) == 0 { return offset }
      offset += 1
      budget -= part.count
      guard budget > 0 else {
        return matchEnd(part.count, { part[$0] }, range.upperBound - offset, { bytes[offset + $0] })
          .map { offset + $0 - part.count }
      }
    }
    return nil
  }

  /// The offset of the last occurrence of bytes within a range.
  ///
  /// - Complexity: O(bytes), also for parts that nearly match everywhere.
  static func findLast(
    _ part: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> Int? {
    guard let base = bytes.baseAddress, let needle = part.baseAddress, let first = part.first else {
      return range.upperBound
    }
    var offset = range.upperBound - part.count
    var budget = comparisonBudget(range.count)
    while offset >= range.lowerBound {
      if bytes[offset] == first {
        if memcmp(base + offset, needle, part.count) == 0 { return offset }
        budget -= part.count
        guard budget > 0 else {
          let end = offset + part.count - 1
          return matchEnd(part.count, { part[part.count - 1 - $0] }, end - range.lowerBound, { bytes[end - 1 - $0] })
            .map { end - $0 }
        }
      }
      offset -= 1
    }
    return nil
  }

  /// How many bytes may be compared before a search takes the way that is never quadratic.
  private static func comparisonBudget(_ count: Int) -> Int { 16 * count + 4096 }

  /// Where the first occurrence of a part ends, by the algorithm of Knuth, Morris and Pratt.
  private static func matchEnd(
    _ partCount: Int, _ part: (Int) -> UInt8, _ count: Int, _ byte: (Int) -> UInt8
  ) -> Int? {
    var borders = [Int](repeating: 0, count: partCount)
    var length = 0
    for index in 1..<max(1, partCount) {
      while length > 0, part(index) != part(length) { length = borders[length - 1] }
      if part(index) == part(length) { length += 1 }
      borders[index] = length
    }
    length = 0
    for index in 0..<max(0, count) {
      while length > 0, byte(index) != part(length) { length = borders[length - 1] }
      if byte(index) == part(length) { length += 1 }
      if length == partCount { return index + 1 }
    }
    return nil
  }

  /// Whether two buffers of one length hold the same bytes.
  @inline(__always)
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let a = left.baseAddress, let b = right.baseAddress, a != b else { return true }
    return areEqual(a, b, left.count)
  }

  /// Whether the bytes at two addresses are the same: words from the front, and a last one that may overlap them.
  private static func areEqual(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
    if count >= 8 {
      var offset = 0
      while offset + 8 <= count {
        guard isSame(a, b, at: offset, as: UInt64.self) else { return false }
        offset += 8
      }
      return isSame(a, b, at: count - 8, as: UInt64.self)
    }
    if count >= 4 { return isSame(a, b, at: 0, as: UInt32.self) && isSame(a, b, at: count - 4, as: UInt32.self) }
    if count >= 2 { return isSame(a, b, at: 0, as: UInt16.self) && isSame(a, b, at: count - 2, as: UInt16.self) }
    return count == 0 || isSame(a, b, at: 0, as: UInt8.self)
  }

  @inline(__always)
  private static func isSame<Word: FixedWidthInteger & BitwiseCopyable>(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, at offset: Int, as type: Word.Type
  ) -> Bool {
    a.loadUnaligned(fromByteOffset: offset, as: type) == b.loadUnaligned(fromByteOffset: offset, as: type)
  }
}
