/// Decodes BYTE_STREAM_SPLIT: the first bytes of all numbers, then the second bytes, and so on.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (BYTE_STREAM_SPLIT = 9).
struct SplitDecoder: Sendable {
  private let range: Range<Int>
  private let size: Int
  private let count: Int
  private let convert: NumberConversion
  private var next = 0

  init(_ leaf: ParquetLeaf, _ range: Range<Int>) throws(ColumnarFileError) {
    size = leaf.physicalType == .int32 || leaf.physicalType == .float ? 4 : 8
    guard range.count % size == 0 else { throw .damaged("\(range.count) bytes of numbers of \(size) bytes") }
    self.range = range
    count = range.count / size
    convert = NumberConversion(leaf.physicalType, leaf.kind)
  }

  /// Decodes as many numbers as `output` takes.
  mutating func decode(
    into output: UnsafeMutableBufferPointer<UInt64>, from page: RawSpan
  ) throws(ColumnarFileError) {
    guard output.count <= count - next else { throw .damaged("values end before their page does") }
    for index in output.indices {
      var raw: UInt64 = 0
      for byte in 0..<size {
        let place = range.lowerBound + byte * count + next + index
        raw |= UInt64(try page.integer(at: place, as: UInt8.self)) << UInt64(8 * byte)
      }
      output[index] = convert(raw)
    }
    next += output.count
  }
}
