import Glibc

/// Looks for bytes in others.
enum ByteSearch {
  /// The index of the first place at or after `start` where `pattern` is, whose first byte should be rare; nil if there
  /// is none.
  static func find(_ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let first = pattern.first, let base = bytes.baseAddress else { return nil }
    var position = start
    while position + pattern.count <= bytes.count {
      let last = bytes.count - pattern.count + 1
      guard let found = memchr(base + position, Int32(first), last - position) else { return nil }
      let index = UnsafeRawPointer(found) - base
      // Most places are none by their next byte.
      let isCandidate = pattern.count < 2 || bytes[index + 1] == pattern[1]
      if isCandidate, bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
      position = index + 1
    }
    return nil
  }
}
