import Support

/// Decodes PLAIN: values as they are, texts after their length in 4 bytes, truth values as bits.
struct PlainDecoder: Sendable {
  private let type: ParquetSchemaElement.PhysicalType
  private let kind: ParquetLeaf.Kind
  private var position: Int
  private let end: Int
  private var bit = 0

  /// - Parameter range: the range of the page that holds the values.
  init(_ leaf: ParquetLeaf, _ range: Range<Int>) {
    type = leaf.physicalType
    kind = leaf.kind
    position = range.lowerBound
    end = range.upperBound
  }

  /// The range of the page that is the next text.
  mutating func nextText(_ page: RawSpan) throws(FileError) -> Range<Int> {
    guard end - position >= 4 else { throw Self.truncated }
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
    _ count: Int, from page: RawSpan, into values: inout ColumnValues, pool: inout MemoryPool
  ) throws(FileError) {
    let output = try values.extendTexts(by: count, pool: &pool)
    let start = position
    let base = values.text.count
    var total = 0
    for index in 0..<count {
      output[2 * index] = Int64(base + total)
      total += try nextText(page).count
      output[2 * index + 1] = Int64(base + total)
    }
    let target = try values.text.extend(by: total, pool: &pool)
    guard var write = target.baseAddress else { return }
    page.withUnsafeBytes { bytes in
      // The loop above has checked all lengths; the texts follow one another with 4 bytes between them.
      var read = start + 4
      for index in 0..<count {
        let length = Int(output[2 * index + 1] - output[2 * index])
        let text = UnsafeRawBufferPointer(rebasing: bytes[read..<read + length])
        UnsafeMutableRawBufferPointer(start: write, count: length).copyMemory(from: text)
        write += length
        read += length + 4
      }
    }
  }

  /// Decodes as many numbers as `output` takes, as the 64 bits of an integer or of a double.
  mutating func decodeNumbers(
    into output: UnsafeMutableBufferPointer<UInt64>, from page: RawSpan
  ) throws(FileError) {
    let size = type == .int32 || type == .float ? 4 : 8
    guard type != .int96, output.count <= (end - position) / size, end <= page.byteCount else { throw Self.truncated }
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
  ) throws(FileError) {
    guard output.count <= (end - position) * 8 - bit, end <= page.byteCount else { throw Self.truncated }
    for index in output.indices {
      output[index] = try page.integer(at: position + bit >> 3, as: UInt8.self) >> UInt8(bit & 7) & 1
      bit += 1
    }
  }

  private static var truncated: FileError { .damaged("values end before their page does") }
}

/// Decodes BYTE_STREAM_SPLIT: the first bytes of all numbers, then the second bytes, and so on.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (BYTE_STREAM_SPLIT = 9).
struct ByteStreamSplitDecoder: Sendable {
  private let range: Range<Int>
  private let size: Int
  private let count: Int
  private let convert: NumberConversion
  private var next = 0

  init(_ leaf: ParquetLeaf, _ range: Range<Int>) throws(FileError) {
    size = leaf.physicalType == .int32 || leaf.physicalType == .float ? 4 : 8
    guard range.count % size == 0 else { throw .damaged("\(range.count) bytes of numbers of \(size) bytes") }
    self.range = range
    count = range.count / size
    convert = NumberConversion(leaf.physicalType, leaf.kind)
  }

  /// Decodes as many numbers as `output` takes.
  mutating func decode(
    into output: UnsafeMutableBufferPointer<UInt64>, from page: RawSpan
  ) throws(FileError) {
    guard output.count <= count - next else { throw .damaged("values end before their page does") }
    for index in output.indices {
      var raw: UInt64 = 0
      for byte in 0..<size {
        let offset = range.lowerBound + byte * count + next + index
        raw |= UInt64(try page.integer(at: offset, as: UInt8.self)) << UInt64(8 * byte)
      }
      output[index] = convert(raw)
    }
    next += output.count
  }
}

/// How the bits of a stored number become those of a whole number or a double of 64 bits.
struct NumberConversion: Sendable {
  private enum Method {
    case same, signed, unsigned, single
  }

  private let method: Method

  init(_ type: ParquetSchemaElement.PhysicalType, _ kind: ParquetLeaf.Kind) {
    switch (type, kind) {
    case (.float, _): method = .single
    case (.int32, .int64(isSigned: false)): method = .unsigned
    case (.int32, _): method = .signed
    default: method = .same
    }
  }

  @inline(__always)
  func callAsFunction(_ raw: UInt64) -> UInt64 {
    switch method {
    case .same, .unsigned: raw
    case .signed: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: raw)))
    case .single: Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw))).bitPattern
    }
  }
}
