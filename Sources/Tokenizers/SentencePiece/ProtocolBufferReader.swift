/// Reads the fields of a serialized protocol buffer message, one after another.
///
/// The format: https://protobuf.dev/programming-guides/encoding.
struct ProtocolBufferReader {
  /// A field's value in the forms that the wire format has.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  /// One field.
  struct Field {
    let number: UInt64
    /// Where the field begins in the whole array.
    let offset: Int
    let value: Value
  }

  private var rest: ArraySlice<UInt8>

  /// Starts at the first field of a message.
  init(_ message: ArraySlice<UInt8>) {
    rest = message
  }

  /// Returns the next field, or nil at the end of the message.
  mutating func nextField() throws(TokenizerError) -> Field? {
    guard !rest.isEmpty else { return nil }
    let offset = rest.startIndex
    let tag = try varint()
    let value: Value
    switch tag & 7 {
    case 0: value = .varint(try varint())
    case 1: value = .fixed64(try fixed(8))
    case 2: value = .bytes(try take(try varint()))
    case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
    default: throw .malformed(offset: offset)
    }
    return Field(number: tag >> 3, offset: offset, value: value)
  }

  private mutating func varint() throws(TokenizerError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw .malformed(offset: rest.startIndex) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        return value
      }
    }
    throw .malformed(offset: rest.startIndex)
  }

  private mutating func fixed(_ count: UInt64) throws(TokenizerError) -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: UInt64) throws(TokenizerError) -> ArraySlice<UInt8> {
    guard count <= UInt64(rest.count) else { throw .malformed(offset: rest.startIndex) }
    let taken = rest.prefix(Int(count))
    rest = rest.dropFirst(Int(count))
    return taken
  }
}
