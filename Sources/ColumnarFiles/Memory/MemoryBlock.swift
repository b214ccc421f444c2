import Glibc
import Support

/// A piece of heap memory or of a mapped file that columns share.
///
/// `@unchecked Sendable`: `base` and `capacity` never change. The bytes are written only while one owner has the only
/// reference: by whoever made the block before a column refers to it, and again by `MemoryPool` after
/// `isKnownUniquelyReferenced` has shown that no column refers to it any more. While columns refer to it, it is only
/// read. What is mapped is only read.
final class MemoryBlock: @unchecked Sendable {
  /// The memory; heap memory is aligned to 64 bytes.
  let base: UnsafeMutableRawPointer
  /// Number of bytes that may be used. `padding` more follow, so that vector loads at the end stay inside.
  let capacity: Int
  /// The mapped part of a file; nil for heap memory.
  private let mapping: FileMapping?
  /// Whether the memory is freed with the block.
  private let isOwner: Bool

  /// Bytes after `capacity` that belong to the block.
  static let padding = 64
  /// The most bytes that one heap block may hold, whatever the limits say.
  static let limit = Limits.largestPiece

  init(capacity: Int) throws(FileError) {
    var pointer: UnsafeMutableRawPointer?
    guard capacity >= 0, capacity <= Self.limit else {
      throw .damaged("\(capacity) bytes in one piece are beyond the limit of \(Self.limit)")
    }
    guard posix_memalign(&pointer, 64, capacity + Self.padding) == 0, let pointer else {
      throw .damaged("there is no memory for \(capacity) bytes")
    }
    base = pointer
    self.capacity = capacity
    mapping = nil
    isOwner = true
  }

  /// Refers to memory that its owner keeps for longer than any column refers to the block, and does not change.
  init(lent bytes: UnsafeRawPointer, count: Int) {
    base = UnsafeMutableRawPointer(mutating: bytes)
    capacity = count
    mapping = nil
    isOwner = false
  }

  /// Takes over `count` bytes of a file.
  init(_ mapping: consuming FileMapping, count: Int) {
    base = UnsafeMutableRawPointer(mutating: mapping.base)
    capacity = count
    self.mapping = consume mapping
    isOwner = false
  }

  deinit { if isOwner { free(base) } }

  /// Whether the bytes may change with a file.
  var isMapped: Bool { mapping != nil }

  /// Whether no page of the file was missing when it was read.
  var isIntact: Bool {
    switch mapping {
    case .some(let mapping): mapping.isIntact
    case .none: true
    }
  }

  /// All bytes, to be written by the only owner.
  /// - Precondition: they are heap memory.
  var bytes: UnsafeMutableRawBufferPointer {
    precondition(!isMapped)
    return UnsafeMutableRawBufferPointer(start: base, count: capacity)
  }
}

/// A range of a block that a column reads.
struct BufferSlice: Sendable {
  let block: MemoryBlock
  let start: Int
  let count: Int

  /// - Precondition: the range lies within the block.
  init(_ block: MemoryBlock, start: Int = 0, count: Int) {
    precondition(start >= 0 && count >= 0 && start <= block.capacity - count)
    self.block = block
    self.start = start
    self.count = count
  }

  /// The bytes; the slice keeps them alive.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      // The block outlives the slice that holds it, and is not written while a slice refers to it.
      let bytes = RawSpan(_unsafeStart: UnsafeRawPointer(block.base + start), byteCount: count)
      return _overrideLifetime(bytes, borrowing: self)
    }
  }

  /// A part of the slice.
  ///
  /// - Precondition: it lies within the slice.
  func slice(_ offset: Int, count: Int) -> BufferSlice {
    precondition(offset >= 0 && offset <= self.count - count)
    return BufferSlice(block, start: start + offset, count: count)
  }

  /// The bits of some rows in a buffer that has a bit for each row.
  ///
  /// - Precondition: the first row is a multiple of 8.
  func sliceBits(_ rows: Range<Int>) -> BufferSlice {
    precondition(rows.lowerBound & 7 == 0)
    return slice(rows.lowerBound >> 3, count: (rows.count + 7) >> 3)
  }

  /// The value at `index` of a buffer of values of one size.
  ///
  /// - Precondition: the value lies within the slice.
  @inline(__always)
  func value<Value: BitwiseCopyable>(_ index: Int, as type: Value.Type) -> Value {
    precondition(index >= 0 && index < count / MemoryLayout<Value>.size)
    return (block.base + start).loadUnaligned(fromByteOffset: index &* MemoryLayout<Value>.size, as: type)
  }
}
