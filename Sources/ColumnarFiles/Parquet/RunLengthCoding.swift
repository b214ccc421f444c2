import Support

/// Decodes the hybrid of run lengths and bit packing in which levels and dictionary indices are written.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (RLE = 3). The decoder holds positions
/// only; the page is passed to each call.
struct RunLengthDecoder: Sendable {
  private let bitWidth: Int
  private var position: Int
  private let end: Int
  /// Values left of the current run, and their value.
  private var repeats = 0
  private var repeated: UInt32 = 0
  /// Values left of the current bit-packed run, and the bit at which the next begins.
  private var packed = 0
  private var bit = 0

  /// - Parameter range: the range of the page that holds the runs.
  init(_ range: Range<Int>, bitWidth: Int) throws(FileError) {
    guard bitWidth >= 0, bitWidth <= 32 else { throw .damaged("numbers of \(bitWidth) bits") }
    self.bitWidth = bitWidth
    position = range.lowerBound
    end = range.upperBound
    // Numbers of no bits are all 0; some writers even leave out the run.
    if bitWidth == 0 { repeats = .max }
  }

  /// Decodes as many values as `output` takes.
  mutating func decode<Value: FixedWidthInteger & BitwiseCopyable>(
    into output: UnsafeMutableBufferPointer<Value>, from page: RawSpan
  ) throws(FileError) {
    var done = 0
    while done < output.count {
      let wanted = output.count - done
      if repeats > 0 {
        let count = min(repeats, wanted)
        let value = Value(truncatingIfNeeded: repeated)
        for index in done..<done + count { output[index] = value }
        repeats -= bitWidth == 0 ? 0 : count
        done += count
      } else if packed > 0 {
        let count = min(packed, wanted)
        try unpack(UnsafeMutableBufferPointer(rebasing: output[done..<done + count]), from: page)
        packed -= count
        done += count
      } else {
        try beginRun(page)
      }
    }
  }

  private mutating func beginRun(_ page: RawSpan) throws(FileError) {
    let head = try varint(page)
    let count = Int(head >> 1)
    if head & 1 == 1 {
      // Groups of 8 values; the last may be cut short, which shows when a value beyond the end is asked for.
      packed = count * 8
      bit = position * 8
      let bytes = count * bitWidth
      position += min(bytes, end - position)
    } else {
      let bytes = (bitWidth + 7) / 8
      guard bytes <= end - position else { throw Self.truncated }
      repeated = 0
      for index in 0..<bytes {
        repeated |= UInt32(try page.integer(at: position + index, as: UInt8.self)) << UInt32(8 * index)
      }
      position += bytes
      repeats = count
    }
  }

  private mutating func varint(_ page: RawSpan) throws(FileError) -> UInt32 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 35, by: 7) {
      guard position < end else { throw Self.truncated }
      let byte = try page.integer(at: position, as: UInt8.self)
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        guard let result = UInt32(exactly: value) else { break }
        return result
      }
    }
    throw .damaged("a run of levels or indices has an impossible length")
  }

  private mutating func unpack<Value: FixedWidthInteger & BitwiseCopyable>(
    _ output: UnsafeMutableBufferPointer<Value>, from page: RawSpan
  ) throws(FileError) {
    guard bit + output.count * bitWidth <= end * 8, end <= page.byteCount else { throw Self.truncated }
    let mask = bitWidth == 32 ? UInt64(UInt32.max) : (1 << UInt64(bitWidth)) - 1
    let width = bitWidth
    var bit = bit
    page.withUnsafeBytes { bytes in
      for index in output.indices {
        let value = bytes.bits(at: bit) & mask
        output[index] = Value(truncatingIfNeeded: value)
        bit += width
      }
    }
    self.bit = bit
  }

  private static var truncated: FileError { .damaged("levels or indices end before their page does") }
}

extension UnsafeRawBufferPointer {
  /// The bits from bit number `position` on, least significant first: at least 57, or as many as the buffer has left.
  @inline(__always)
  func bits(at position: Int) -> UInt64 {
    let byte = position >> 3
    let shift = UInt64(truncatingIfNeeded: position & 7)
    if byte + 8 <= count { return UInt64(littleEndian: loadUnaligned(fromByteOffset: byte, as: UInt64.self)) >> shift }
    var value: UInt64 = 0
    var index = Swift.min(count, byte + 8)
    while index > byte {
      index -= 1
      value = value << 8 | UInt64(self[index])
    }
    return value >> shift
  }
}

/// Encodes levels and dictionary indices in the hybrid of run lengths and bit packing.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (RLE = 3).
enum RunLengthEncoder {
  /// Appends the encoded values.
  ///
  /// Values repeated 8 times or more become a run; those between runs are packed in groups of 8.
  static func encode<Value: FixedWidthInteger & UnsignedInteger>(
    _ values: [Value], bitWidth: Int, into bytes: inout [UInt8]
  ) {
    var packed = 0
    var index = 0
    while index < values.count {
      let value = values[index]
      var end = index + 1
      while end < values.count && values[end] == value { end += 1 }
      // A packed group before the run takes its first values, so that it is full.
      let missing = (8 - (index - packed) % 8) % 8
      guard end - index - missing >= 8 else {
        index = end
        continue
      }
      pack(values, packed..<index + missing, bitWidth, into: &bytes)
      repeatValue(value, end - index - missing, bitWidth, into: &bytes)
      index = end
      packed = end
    }
    pack(values, packed..<values.count, bitWidth, into: &bytes)
  }

  private static func repeatValue(
    _ value: some FixedWidthInteger, _ count: Int, _ bitWidth: Int, into bytes: inout [UInt8]
  ) {
    varint(count << 1, into: &bytes)
    for byte in 0..<(bitWidth + 7) / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }

  private static func pack<Value: FixedWidthInteger & UnsignedInteger>(
    _ values: [Value], _ range: Range<Int>, _ bitWidth: Int, into bytes: inout [UInt8]
  ) {
    guard !range.isEmpty else { return }
    let groups = (range.count + 7) / 8
    varint(groups << 1 | 1, into: &bytes)
    let end = bytes.count + groups * bitWidth
    var pending: UInt64 = 0
    var pendingBits = 0
    for index in range {
      pending |= UInt64(values[index]) << UInt64(pendingBits)
      pendingBits += bitWidth
      while pendingBits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        pendingBits -= 8
      }
    }
    if pendingBits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    while bytes.count < end { bytes.append(0) }
  }

  private static func varint(_ value: Int, into bytes: inout [UInt8]) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F | 0x80))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
