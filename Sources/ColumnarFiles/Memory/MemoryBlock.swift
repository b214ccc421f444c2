internal import Glibc

/// A piece of heap memory that columns share.
///
/// `@unchecked Sendable`: `base` and `capacity` never change. The bytes are written only while one owner has the only
/// reference: by whoever made the block before a column refers to it, and again by `MemoryPool` after
/// `isKnownUniquelyReferenced` has shown that no column refers to it any more. While columns refer to it, it is only
/// read.
final class MemoryBlock: @unchecked Sendable {
  /// The memory, aligned to 64 bytes.
  let base: UnsafeMutableRawPointer
  /// Number of bytes that may be used; as many as `padding` more are there, so that vector loads at the end stay
  /// inside.
  let capacity: Int

  /// Bytes behind `capacity` that belong to the block.
  static let padding = 64
  /// The most that one block may hold. Larger demands come from damaged files.
  static let limit = 1 << 32

  init(capacity: Int) throws(ColumnarFileError) {
    guard capacity >= 0, capacity <= Self.limit else {
      throw .damaged("\(capacity) bytes in one piece are beyond the limit of \(Self.limit)")
    }
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, 64, capacity + Self.padding) == 0, let pointer else {
      throw .damaged("there is no memory for \(capacity) bytes")
    }
    base = pointer
    self.capacity = capacity
  }

  deinit { free(base) }

  /// All bytes, to be written by the only owner.
  var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: capacity) }
}
