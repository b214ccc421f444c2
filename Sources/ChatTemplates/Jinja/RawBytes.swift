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
    while offset + 8 <= bytes.count,
      base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      offset += 8
    }
    let rest = Span(_unsafeStart: base.assumingMemoryBound(to: UInt8.self) + offset, count: bytes.count - offset)
    do { return try UTF8Span(validating: rest).count >= 0 } catch { return false }
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
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    let count = left.count
    guard a != b else { return true }
    var offset = 0
    while offset + 8 <= count {
      guard
        a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          == b.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      else { return false }
      offset += 8
    }
    while offset < count {
      guard a.load(fromByteOffset: offset, as: UInt8.self) == b.load(fromByteOffset: offset, as: UInt8.self) else {
        return false
      }
      offset += 1
    }
    return true
  }
}
