import Glibc

/// A piece of heap memory or of a mapped file that columns share.
///
/// `@unchecked Sendable`: `base` and `capacity` never change. The bytes are written only while one owner has the only
/// reference: by whoever made the block before a column refers to it, and again by `MemoryPool` after
/// `isKnownUniquelyReferenced` has shown that no column refers to it any more. While columns refer to it, it is only
/// read. What is mapped is only read.
final class MemoryBlock: @unchecked Sendable {
  /// The memory; of the heap's aligned to 64 bytes.
  let base: UnsafeMutableRawPointer
  /// Number of bytes that may be used; as many as `padding` more are there, so that vector loads at the end stay
  /// inside.
  let capacity: Int
  /// The part of a file that this is; nil for heap memory.
  private let mapping: FileMapping?

  /// Bytes behind `capacity` that belong to the block.
  static let padding = 64
  /// The most that one block of the heap may hold. Larger demands come from damaged files.
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
    mapping = nil
  }

  /// Takes over `count` bytes of a file.
  init(_ mapping: consuming FileMapping, count: Int) {
    base = UnsafeMutableRawPointer(mutating: mapping.base)
    capacity = count
    self.mapping = consume mapping
  }

  deinit { if mapping == nil { free(base) } }

  /// Whether the bytes may change with a file.
  var isMapped: Bool { mapping != nil }

  /// Whether no page of the file was missing when it was looked at.
  var isIntact: Bool {
    switch mapping {
    case .some(let mapping): mapping.isIntact
    case .none: true
    }
  }

  /// All bytes, to be written by the only owner.
  /// - Precondition: they are no file's.
  var bytes: UnsafeMutableRawBufferPointer {
    precondition(!isMapped)
    return UnsafeMutableRawBufferPointer(start: base, count: capacity)
  }
}
