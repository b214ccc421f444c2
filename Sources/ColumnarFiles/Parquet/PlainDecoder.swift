/// Decodes PLAIN: values as they are, texts behind their length in 4 bytes, truth values as bits.
struct PlainDecoder: Sendable {
  private let type: ParquetSchemaElement.PhysicalType
  private let kind: ParquetLeaf.Kind
  private var position: Int
  private let end: Int
  private var bit = 0

  /// - Parameter range: where the values stand in the page.
  init(_ leaf: ParquetLeaf, _ range: Range<Int>) {
    type = leaf.physicalType
    kind = leaf.kind
    position = range.lowerBound
    end = range.upperBound
  }

  /// Where the next text stands in the page.
  mutating func nextText(_ page: RawSpan) throws(ColumnarFileError) -> Range<Int> {
    guard end - position >= 4 else { throw fault() }
    let length = Int(try page.integer(at: position, as: UInt32.self))
    let start = position + 4
    guard length <= end - start else {
      throw .damaged("a text of \(length) bytes leads beyond its page")
    }
    position = start + length
    return start..<position
  }

  /// Adds `count` texts.
  mutating func decodeTexts(
    _ count: Int, from page: RawSpan, into values: inout LeafValues, pool: inout MemoryPool
  ) throws(ColumnarFileError) {
    let output = try values.extend(by: count, of: UInt64.self, pool: &pool)
    let start = position
    let base = values.text.count
    var total = 0
    for index in 0..<count {
      total += try nextText(page).count
      output[index] = UInt64(base + total)
    }
    let target = try values.text.extend(by: total, pool: &pool)
    guard var write = target.baseAddress else { return }
    page.withUnsafeBytes { bytes in
      // The loop above has checked all lengths; the texts stand behind one another with 4 bytes between them.
      var read = start + 4
      var before = base
      for end in output {
        let length = Int(end) - before
        let text = UnsafeRawBufferPointer(rebasing: bytes[read..<read + length])
        UnsafeMutableRawBufferPointer(start: write, count: length).copyMemory(from: text)
        write += length
        read += length + 4
        before = Int(end)
      }
    }
  }

  /// Decodes as many numbers as `output` takes, as the 64 bits of an integer or of a double.
  mutating func decodeNumbers(
    into output: UnsafeMutableBufferPointer<UInt64>, from page: RawSpan
  ) throws(ColumnarFileError) {
    let size = type == .int32 || type == .float ? 4 : 8
    guard type != .int96, output.count <= (end - position) / size, end <= page.byteCount else { throw fault() }
    let start = position
    let convert = NumberConversion(type, kind)
    page.withUnsafeBytes { bytes in
      for index in output.indices {
        let raw =
          size == 4
          ? UInt64(bytes.loadUnaligned(fromByteOffset: start + index * 4, as: UInt32.self))
          : bytes.loadUnaligned(fromByteOffset: start + index * 8, as: UInt64.self)
        output[index] = convert(raw)
      }
    }
    position += output.count * size
  }

  /// Decodes as many truth values as `output` takes.
  mutating func decodeBools(
    into output: UnsafeMutableBufferPointer<UInt8>, from page: RawSpan
  ) throws(ColumnarFileError) {
    guard output.count <= (end - position) * 8 - bit, end <= page.byteCount else { throw fault() }
    for index in output.indices {
      output[index] = try page.integer(at: position + bit >> 3, as: UInt8.self) >> UInt8(bit & 7) & 1
      bit += 1
    }
  }

  private func fault() -> ColumnarFileError { .damaged("values end before their page does") }
}
