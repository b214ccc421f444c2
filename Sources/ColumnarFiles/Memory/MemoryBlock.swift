import CFileMappings
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

  /// The value number `index` of a buffer that holds values of one size.
  /// - Precondition: the value lies within the slice.
  @inline(__always)
  func value<Value: BitwiseCopyable>(_ index: Int, as type: Value.Type) -> Value {
    precondition(index >= 0 && index < count / MemoryLayout<Value>.size)
    return (block.base + start).loadUnaligned(fromByteOffset: index &* MemoryLayout<Value>.size, as: type)
  }
}

/// Sole owner of a part of a file in memory.
///
/// The bytes are the file's own: they change when another program writes into the file, and become zeroes where it is
/// cut short. What must stay as it was checked is to be copied, and `InputFile.checkUnchanged` tells whether it happened.
struct FileMapping: ~Copyable, @unchecked Sendable {
  // Only pointers to memory that nobody in this process writes.
  private let mapping: fm_mapping
  /// The first byte; `MemoryBlock.padding` more than were asked for may be read.
  let base: UnsafeRawPointer

  /// Maps `count` bytes of an open file at `offset`, all of which it has; nil where the system cannot or there is
  /// nothing to map.
  init?(descriptor: Int32, offset: Int, count: Int) {
    guard count > 0 else { return nil }
    let mapping = fm_map(descriptor, Int64(offset), count, MemoryBlock.padding)
    guard let base = mapping.bytes else { return nil }
    self.mapping = mapping
    self.base = base
  }

  deinit { withUnsafePointer(to: mapping) { fm_unmap($0) } }

  /// Whether no page was missing when it was looked at. A page that the file now ends in is there, with zeroes at its end.
  var isIntact: Bool { withUnsafePointer(to: mapping) { fm_is_intact($0) } }
}
