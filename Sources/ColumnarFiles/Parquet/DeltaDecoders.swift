import Support

/// Decodes DELTA_BINARY_PACKED: blocks of differences, packed with as many bits as the largest needs.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (DELTA_BINARY_PACKED = 5).
struct DeltaBinaryPackedDecoder {
  /// The largest block; writers use 128.
  private static let blockLimit = 1 << 16

  private var position: Int
  private let end: Int

  /// Decodes the numbers that begin at `start`.
  ///
  /// - Parameters:
  ///   - range: the range of the page that may hold the numbers.
  ///   - limit: how many values the page claims.
  ///   - bits: 32 or 64, the width in which sums wrap around.
  /// - Returns: the numbers, and where the bytes after them begin.
  static func decode(
    _ range: Range<Int>, of page: RawSpan, limit: Int, bits: Int
  ) throws(FileError) -> (values: [Int64], end: Int) {
    var decoder = DeltaBinaryPackedDecoder(range)
    let values = try decoder.decode(page, limit: limit, bits: bits)
    return (values, decoder.position)
  }

  private init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  private mutating func decode(_ page: RawSpan, limit: Int, bits: Int) throws(FileError) -> [Int64] {
    let blockSize = try varint(page)
    let miniblocks = try varint(page)
    let total = try varint(page)
    var last = zigzag(try varint(page))
    guard blockSize > 0, blockSize <= UInt64(Self.blockLimit), miniblocks > 0, blockSize % miniblocks == 0,
      blockSize / miniblocks % 8 == 0
    else { throw .damaged("a block of \(blockSize) differences in \(miniblocks) parts") }
    guard total <= UInt64(limit) else { throw .damaged("\(total) differences in a page of \(limit) values") }
    let count = Int(total)
    guard count > 0 else { return [] }
    var values: [Int64] = [Self.wrapped(last, bits)]
    let miniblockSize = Int(blockSize / miniblocks)
    while values.count < count {
      let minimum = zigzag(try varint(page))
      let widths = position
      guard Int(miniblocks) <= end - position else { throw Self.truncated }
      position += Int(miniblocks)
      for index in 0..<Int(miniblocks) where values.count < count {
        let width = Int(try page.integer(at: widths + index, as: UInt8.self))
        guard width <= 64 else { throw .damaged("differences of \(width) bits") }
        let size = width * miniblockSize / 8
        let wanted = min(miniblockSize, count - values.count)
        // Writers may cut the last part short.
        guard (width * wanted + 7) / 8 <= end - position, end <= page.byteCount else { throw Self.truncated }
        let start = position * 8
        page.withUnsafeBytes { bytes in
          for number in 0..<wanted {
            let delta = Self.delta(bytes, at: start + number * width, width: width)
            last = last &+ minimum &+ Int64(bitPattern: delta)
            values.append(Self.wrapped(last, bits))
          }
        }
        position += min(size, end - position)
      }
    }
    return values
  }

  @inline(__always)
  private static func delta(_ bytes: UnsafeRawBufferPointer, at bit: Int, width: Int) -> UInt64 {
    if width == 0 { return 0 }
    let low = bytes.bits(at: bit)
    if width <= 56 { return low & ((1 << UInt64(width)) - 1) }
    let high = bytes.bits(at: bit + 32)
    let value = low & 0xFFFF_FFFF | high << 32
    return width == 64 ? value : value & ((1 << UInt64(width)) - 1)
  }

  private static func wrapped(_ value: Int64, _ bits: Int) -> Int64 {
    bits == 32 ? Int64(Int32(truncatingIfNeeded: value)) : value
  }

  private func zigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1))) }

  private mutating func varint(_ page: RawSpan) throws(FileError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < end else { throw Self.truncated }
      let byte = try page.integer(at: position, as: UInt8.self)
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .damaged("a number is longer than 64 bits")
  }

  private static var truncated: FileError { .damaged("differences end before their page does") }
}

/// Decodes DELTA_BYTE_ARRAY: each text is the beginning of the previous one, and new bytes.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (DELTA_BYTE_ARRAY = 7).
struct DeltaByteArrayDecoder: Sendable {
  private let prefixes: [Int64]
  private let suffixes: [Int64]
  private var next = 0
  private var position: Int
  private let end: Int
  private var last: [UInt8] = []

  init(_ range: Range<Int>, of page: RawSpan, count: Int) throws(FileError) {
    let (prefixes, middle) = try DeltaBinaryPackedDecoder.decode(range, of: page, limit: count, bits: 32)
    let (suffixes, start) = try DeltaBinaryPackedDecoder.decode(
      middle..<range.upperBound, of: page, limit: count, bits: 32)
    guard prefixes.count == suffixes.count else {
      throw .damaged("\(prefixes.count) beginnings for \(suffixes.count) texts")
    }
    self.prefixes = prefixes
    self.suffixes = suffixes
    position = start
    end = range.upperBound
  }

  /// Adds the next `count` texts.
  mutating func decode(
    _ count: Int, from page: RawSpan, into values: inout ColumnValues, pool: inout MemoryPool
  ) throws(FileError) {
    guard count <= prefixes.count - next else { throw .damaged("values end before their page does") }
    let output = try values.extendTexts(by: count, pool: &pool)
    for index in 0..<count {
      let (prefix, suffix) = (prefixes[next + index], suffixes[next + index])
      guard prefix >= 0, prefix <= Int64(last.count), suffix >= 0, suffix <= Int64(end - position) else {
        throw .damaged("a text of \(prefix) and \(suffix) bytes leads beyond its page")
      }
      last.removeSubrange(Int(prefix)...)
      page.extracting(position..<position + Int(suffix)).withUnsafeBytes { last.append(contentsOf: $0) }
      position += Int(suffix)
      output[2 * index] = Int64(values.text.count)
      let target = try values.text.extend(by: last.count, pool: &pool)
      last.withUnsafeBytes { target.copyMemory(from: $0) }
      output[2 * index + 1] = Int64(values.text.count)
    }
    next += count
  }
}
