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
