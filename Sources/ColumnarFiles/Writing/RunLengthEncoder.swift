/// Encodes levels and dictionary indices in the hybrid of run lengths and bit packing.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (RLE = 3).
enum RunLengthEncoder {
  /// Appends the encoded values.
  ///
  /// Values repeated 8 times or more become a run; what stands between is packed in groups of 8.
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
