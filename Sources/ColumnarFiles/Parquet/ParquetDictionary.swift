/// The values of a dictionary page, to which data pages refer by number.
struct ParquetDictionary: Sendable {
  let count: Int
  /// Numbers of 8 bytes, or nil for texts.
  private let fixed: BufferSlice?
  /// Ranges of texts in `text`.
  private let ranges: [Range<Int>]
  private let text: BufferSlice

  /// Decodes a page in PLAIN encoding.
  init(_ leaf: ParquetLeaf, _ page: BufferSlice, count: Int) throws(ColumnarFileError) {
    self.count = count
    text = page
    var plain = PlainDecoder(leaf, 0..<page.count)
    if case .utf8 = leaf.kind {
      fixed = nil
      var ranges: [Range<Int>] = []
      for _ in 0..<count { ranges.append(try plain.nextText(page.bytes)) }
      self.ranges = ranges
      return
    }
    guard count <= page.count else { throw .damaged("a dictionary of \(count) values in \(page.count) bytes") }
    let block = try MemoryBlock(capacity: count * 8)
    try plain.decodeNumbers(into: block.bytes.bindMemory(to: UInt64.self), from: page.bytes)
    fixed = BufferSlice(block, count: count * 8)
    ranges = []
  }

  /// Adds the values that `indices` name.
  func take(
    _ indices: UnsafeMutableBufferPointer<UInt32>, into values: inout LeafValues, pool: inout MemoryPool
  ) throws(ColumnarFileError) {
    let size = count
    for index in indices where Int(index) >= size {
      throw .damaged("a value refers to entry \(index) of a dictionary of \(size)")
    }
    let output = try values.extend(by: indices.count, of: UInt64.self, pool: &pool)
    if let fixed {
      for (row, index) in indices.enumerated() { output[row] = fixed.value(Int(index), as: UInt64.self) }
      return
    }
    let end = values.text.count
    var total = 0
    for (row, index) in indices.enumerated() {
      total += ranges[Int(index)].count
      output[row] = UInt64(end + total)
    }
    let target = try values.text.extend(by: total, pool: &pool)
    guard var write = target.baseAddress else { return }
    for index in indices {
      let range = ranges[Int(index)]
      write.copyMemory(from: text.block.base + text.start + range.lowerBound, byteCount: range.count)
      write += range.count
    }
  }
}
