extension MemoryPool {
  /// A buffer of `count` values, each computed from its number.
  mutating func values<Value: BitwiseCopyable>(
    _ count: Int, of type: Value.Type = Value.self, _ value: (Int) throws(ColumnarFileError) -> Value
  ) throws(ColumnarFileError) -> BufferSlice {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.size)
    guard !overflow else { throw .damaged("\(count) values in one column") }
    let block = try take(size)
    for index in 0..<count {
      block.base.storeBytes(of: try value(index), toByteOffset: index * MemoryLayout<Value>.size, as: type)
    }
    return BufferSlice(block, count: size)
  }

  /// A buffer of `count` bits, each computed from its number.
  mutating func bits(
    _ count: Int, _ isSet: (Int) throws(ColumnarFileError) -> Bool
  ) throws(ColumnarFileError) -> BufferSlice {
    try values((count + 7) / 8, of: UInt8.self) { (byte) throws(ColumnarFileError) in
      var bits: UInt8 = 0
      for bit in 0..<min(8, count - byte * 8) where try isSet(byte * 8 + bit) { bits |= 1 << UInt8(bit) }
      return bits
    }
  }

  /// One buffer with the given pieces in a row, and 64-bit offsets of where they begin and end.
  mutating func joined(
    _ count: Int, _ piece: (Int) throws(ColumnarFileError) -> BufferSlice?
  ) throws(ColumnarFileError) -> (offsets: BufferSlice, data: BufferSlice) {
    var size = 0
    let offsets = try values(count + 1, of: Int64.self) { (index) throws(ColumnarFileError) in
      let begin = size
      if index < count, let piece = try piece(index) {
        let (sum, overflow) = size.addingReportingOverflow(piece.count)
        guard !overflow, sum <= MemoryBlock.limit else {
          throw ColumnarFileError.damaged("the texts of a batch are longer than \(MemoryBlock.limit) bytes")
        }
        size = sum
      }
      return Int64(begin)
    }
    let block = try take(size)
    for index in 0..<count {
      guard let piece = try piece(index), piece.count > 0 else { continue }
      let target = block.base + Int(offsets.value(index, as: Int64.self))
      target.copyMemory(from: piece.block.base + piece.start, byteCount: piece.count)
    }
    return (offsets, BufferSlice(block, count: size))
  }
}
