import Support

/// Decodes the values of a data page in any of the encodings. It holds positions only; the page is passed to each call.
enum ValueDecoder: Sendable {
  case none
  case plain(PlainDecoder)
  case bools(RunLengthDecoder)
  case dictionary(RunLengthDecoder)
  /// Numbers that were decoded with the page, and how many of them were handed out.
  case numbers([Int64], next: Int)
  /// Texts that follow one another: their lengths, how many were handed out, where the next begins.
  case lengths([Int64], next: Int, position: Int, end: Int)
  case prefixes(DeltaByteArrayDecoder)
  case split(ByteStreamSplitDecoder)
  /// Texts of one length: their first bytes, then their second bytes, and so on; how many were handed out.
  case splitTexts(Range<Int>, next: Int, length: Int)

  /// Prepares for a page.
  ///
  /// - Parameters:
  ///   - range: the range of the page that holds the values.
  ///   - count: how many values the page claims, nulls included.
  init(
    _ encoding: PageHeader.Encoding, _ leaf: ParquetLeaf, _ range: Range<Int>, of page: RawSpan, count: Int
  ) throws(FileError) {
    switch (encoding, leaf.kind) {
    case (_, .null): self = .none
    case (_, .unsupported(let name)): throw .unsupported("the type \(name) is not supported")
    case (.plain, _): self = .plain(PlainDecoder(leaf, range))
    case (.plainDictionary, _), (.rleDictionary, _):
      guard !range.isEmpty else {
        self = .none
        return
      }
      let width = Int(try page.integer(at: range.lowerBound, as: UInt8.self))
      self = .dictionary(try RunLengthDecoder(range.lowerBound + 1..<range.upperBound, bitWidth: width))
    case (.rle, .bool):
      guard !range.isEmpty else {
        self = .none
        return
      }
      guard range.count >= 4 else { throw .damaged("truth values end before their page does") }
      let size = Int(try page.integer(at: range.lowerBound, as: UInt32.self))
      guard size <= range.count - 4 else { throw .damaged("truth values lead beyond their page") }
      let start = range.lowerBound + 4
      self = .bools(try RunLengthDecoder(start..<start + size, bitWidth: 1))
    case (.deltaBinaryPacked, .int64(let isSigned)) where leaf.physicalType != .int96:
      let bits = leaf.physicalType == .int32 ? 32 : 64
      let values =
        range.isEmpty ? [] : try DeltaBinaryPackedDecoder.decode(range, of: page, limit: count, bits: bits).values
      let widens = bits == 32 && !isSigned
      self = .numbers(widens ? values.map { Int64(UInt32(truncatingIfNeeded: $0)) } : values, next: 0)
    case (.deltaLengthByteArray, .utf8):
      guard !range.isEmpty else {
        self = .none
        return
      }
      let (lengths, end) = try DeltaBinaryPackedDecoder.decode(range, of: page, limit: count, bits: 32)
      self = .lengths(lengths, next: 0, position: end, end: range.upperBound)
    case (.deltaByteArray, .utf8):
      guard !range.isEmpty else {
        self = .none
        return
      }
      self = .prefixes(try DeltaByteArrayDecoder(range, of: page, count: count))
    case (.byteStreamSplit, .utf8) where leaf.fixedLength != nil:
      self = .splitTexts(range, next: 0, length: leaf.length)
    case (.byteStreamSplit, .int64) where leaf.physicalType != .int96, (.byteStreamSplit, .double):
      self = .split(try ByteStreamSplitDecoder(leaf, range))
    default: throw .unsupported("encoding \(encoding) is not supported for \(leaf.columnType)")
    }
  }

  /// Adds the next `count` values.
  mutating func decode(
    _ count: Int, _ leaf: ParquetLeaf, from page: RawSpan, dictionary: inout ParquetDictionary?,
    into values: inout ColumnValues, pool: inout MemoryPool
  ) throws(FileError) {
    guard count > 0 else { return }
    switch self {
    case .none:
      guard case .null = leaf.kind else { throw .damaged("values end before their page does") }
      throw .damaged("a column of nulls holds values")
    case .plain(var decoder):
      defer { self = .plain(decoder) }
      try Self.decodePlain(&decoder, count, leaf, page, &values, &pool)
    case .bools(var decoder):
      defer { self = .bools(decoder) }
      try decoder.decode(into: values.extend(by: count, of: UInt8.self, pool: &pool), from: page)
    case .dictionary(var decoder):
      defer { self = .dictionary(decoder) }
      try Self.decodeIndices(&decoder, count, page, &dictionary, &values, &pool)
    case .numbers(let numbers, let next):
      guard count <= numbers.count - next else { throw .damaged("values end before their page does") }
      let output = try values.extend(by: count, of: Int64.self, pool: &pool)
      for index in 0..<count { output[index] = numbers[next + index] }
      self = .numbers(numbers, next: next + count)
    case .lengths(let lengths, let next, let position, let end):
      let read = try Self.decodeTexts(lengths, next, count, position..<end, page, &values, &pool)
      self = .lengths(lengths, next: next + count, position: read, end: end)
    case .prefixes(var decoder):
      defer { self = .prefixes(decoder) }
      self = .none
      try decoder.decode(count, from: page, into: &values, pool: &pool)
    case .splitTexts(let range, let next, let length):
      try Self.decodeSplit(range, next, count, length, page, &values, &pool)
      self = .splitTexts(range, next: next + count, length: length)
    case .split(var decoder):
      defer { self = .split(decoder) }
      try decoder.decode(into: values.extend(by: count, of: UInt64.self, pool: &pool), from: page)
    }
  }

  /// Adds texts of one length whose bytes are spread over the page.
  private static func decodeSplit(
    _ range: Range<Int>, _ next: Int, _ count: Int, _ length: Int, _ page: RawSpan, _ values: inout ColumnValues,
    _ pool: inout MemoryPool
  ) throws(FileError) {
    let stored = length > 0 ? range.count / length : 0
    guard count <= stored - next else { throw .damaged("values end before their page does") }
    let output = try values.extendTexts(by: count, pool: &pool)
    let base = values.text.count
    let target = try values.text.extend(by: count * length, pool: &pool)
    for index in 0..<count {
      output[2 * index] = Int64(base + index * length)
      output[2 * index + 1] = Int64(base + (index + 1) * length)
      for byte in 0..<length {
        target[index * length + byte] = try page.integer(
          at: range.lowerBound + byte * stored + next + index, as: UInt8.self)
      }
    }
  }

  private static func decodePlain(
    _ decoder: inout PlainDecoder, _ count: Int, _ leaf: ParquetLeaf, _ page: RawSpan, _ values: inout ColumnValues,
    _ pool: inout MemoryPool
  ) throws(FileError) {
    switch leaf.kind {
    case .utf8: try decoder.decodeTexts(count, from: page, into: &values, pool: &pool)
    case .bool: try decoder.decodeBools(into: values.extend(by: count, of: UInt8.self, pool: &pool), from: page)
    default: try decoder.decodeNumbers(into: values.extend(by: count, of: UInt64.self, pool: &pool), from: page)
    }
  }

  private static func decodeIndices(
    _ decoder: inout RunLengthDecoder, _ count: Int, _ page: RawSpan, _ dictionary: inout ParquetDictionary?,
    _ values: inout ColumnValues, _ pool: inout MemoryPool
  ) throws(FileError) {
    guard dictionary != nil else { throw .damaged("a page refers to a dictionary that is missing") }
    var failure: FileError?
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { indices in
      do throws(FileError) {
        try decoder.decode(into: indices, from: page)
        try dictionary?.take(indices, into: &values, pool: &pool)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Adds texts that follow one another without their lengths; returns where the next begins.
  private static func decodeTexts(
    _ lengths: [Int64], _ next: Int, _ count: Int, _ range: Range<Int>, _ page: RawSpan, _ values: inout ColumnValues,
    _ pool: inout MemoryPool
  ) throws(FileError) -> Int {
    guard count <= lengths.count - next else { throw .damaged("values end before their page does") }
    let output = try values.extendTexts(by: count, pool: &pool)
    let base = values.text.count
    var total = 0
    for index in 0..<count {
      let length = lengths[next + index]
      guard length >= 0, length <= Int64(range.count - total) else {
        throw .damaged("a text of \(length) bytes leads beyond its page")
      }
      output[2 * index] = Int64(base + total)
      total += Int(length)
      output[2 * index + 1] = Int64(base + total)
    }
    let target = try values.text.extend(by: total, pool: &pool)
    page.extracting(range.lowerBound..<range.lowerBound + total).withUnsafeBytes { target.copyMemory(from: $0) }
    return range.lowerBound + total
  }
}

/// The values of a leaf that a batch collects, without its nulls.
struct ColumnValues: Sendable {
  /// Numbers of 8 bytes, truth values of one, or the start and the end of each text, of 8 bytes each.
  var fixed = BlockBuilder()
  /// The bytes of texts.
  var text = BlockBuilder()
  /// Number of values.
  var count = 0

  mutating func reset() {
    fixed.reset()
    text.reset()
    count = 0
  }

  /// Makes room for `size` more values of 8 bytes, which the caller writes at once.
  mutating func extend<Value: BitwiseCopyable>(
    by size: Int, of type: Value.Type, pool: inout MemoryPool
  ) throws(FileError) -> UnsafeMutableBufferPointer<Value> {
    let bytes = try fixed.extend(by: size * MemoryLayout<Value>.size, pool: &pool)
    count += size
    return bytes.bindMemory(to: type)
  }

  /// Makes room for start and end of `size` more texts, which the caller writes at once.
  mutating func extendTexts(
    by size: Int, pool: inout MemoryPool
  ) throws(FileError) -> UnsafeMutableBufferPointer<Int64> {
    let bytes = try fixed.extend(by: size * 16, pool: &pool)
    count += size
    return bytes.bindMemory(to: Int64.self)
  }
}
