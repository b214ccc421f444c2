import Support

/// Decodes PLAIN: values as they are, texts after their length in 4 bytes, truth values as bits.
struct PlainDecoder: Sendable {
  private let type: ParquetSchemaElement.PhysicalType
  private let kind: ParquetLeaf.Kind
  /// The length of texts that all have the same; nil where each is stored before its text.
  private let fixedLength: Int?
  private var position: Int
  private let end: Int
  private var bit = 0

  /// - Parameter range: the range of the page that holds the values.
  init(_ leaf: ParquetLeaf, _ range: Range<Int>) {
    type = leaf.physicalType
    kind = leaf.kind
    fixedLength = leaf.fixedLength
    position = range.lowerBound
    end = range.upperBound
  }

  /// The range of the page that is the next text.
  mutating func nextText(_ page: RawSpan) throws(FileError) -> Range<Int> {
    if let fixedLength {
      guard fixedLength <= end - position else { throw Self.truncated }
      defer { position += fixedLength }
      return position..<position + fixedLength
    }
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
      // The loop above has checked all lengths; the texts follow one another, with 4 bytes of length between them.
      let gap = fixedLength == nil ? 4 : 0
      var read = start + gap
      for index in 0..<count {
        let length = Int(output[2 * index + 1] - output[2 * index])
        let text = UnsafeRawBufferPointer(rebasing: bytes[read..<read + length])
        UnsafeMutableRawBufferPointer(start: write, count: length).copyMemory(from: text)
        write += length
        read += length + gap
      }
    }
  }

  /// Decodes as many numbers as `output` takes, as the 64 bits of an integer or of a double.
  mutating func decodeNumbers(
    into output: UnsafeMutableBufferPointer<UInt64>, from page: RawSpan
  ) throws(FileError) {
    if type == .int96 { return try decodeTimes(into: output, from: page) }
    let size = type == .int32 || type == .float ? 4 : 8
    guard output.count <= (end - position) / size, end <= page.byteCount else { throw Self.truncated }
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

  /// Decodes times of 12 bytes: the nanoseconds of the day, then the number of the day as astronomers count them.
  ///
  /// Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (INT96, deprecated).
  private mutating func decodeTimes(
    into output: UnsafeMutableBufferPointer<UInt64>, from page: RawSpan
  ) throws(FileError) {
    let (size, dayOf1970, nanosecondsOfDay) = (12, 2_440_588, 86_400_000_000_000)
    guard output.count <= (end - position) / size, end <= page.byteCount else { throw Self.truncated }
    for index in output.indices {
      let time = Int(try page.integer(at: position, as: Int64.self))
      let day = Int(try page.integer(at: position + 8, as: Int32.self)) - dayOf1970
      let (whole, overflows) = day.multipliedReportingOverflow(by: nanosecondsOfDay)
      let (sum, overflowsToo) = whole.addingReportingOverflow(time)
      guard !overflows, !overflowsToo else { throw .unsupported("a time of INT96 is beyond the years 1677 to 2262") }
      output[index] = UInt64(bitPattern: Int64(sum))
      position += size
    }
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
