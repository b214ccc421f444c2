/// Writes the Thrift compact protocol.
struct ThriftCompactWriter: Sendable {
  typealias Kind = ThriftCompactReader.Kind

  private(set) var bytes: [UInt8] = []
  /// Number of the last field of each struct that is open.
  private var last = [0]

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

  private mutating func head(_ id: Int, _ kind: Kind) {
    let depth = last.count - 1
    let delta = id - last[depth]
    if delta > 0 && delta < 16 {
      bytes.append(UInt8(delta << 4) | kind.rawValue)
    } else {
      bytes.append(kind.rawValue)
      zigzag(Int64(id))
    }
    last[depth] = id
  }

  /// A field of 8 bits.
  mutating func int8(_ id: Int, _ value: Int) {
    head(id, .int8)
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  /// A field of 32 bits.
  mutating func int32(_ id: Int, _ value: Int) {
    head(id, .int32)
    zigzag(Int64(value))
  }

  /// A field of 64 bits.
  mutating func int64(_ id: Int, _ value: Int) {
    head(id, .int64)
    zigzag(Int64(value))
  }

  /// A field with a truth value.
  mutating func bool(_ id: Int, _ value: Bool) { head(id, value ? .true : .false) }

  /// A field of text or bytes.
  mutating func binary(_ id: Int, _ value: some Collection<UInt8>) {
    head(id, .binary)
    binaryElement(value)
  }

  /// An element of a list of texts.
  mutating func binaryElement(_ value: some Collection<UInt8>) {
    varint(UInt64(value.count))
    bytes += value
  }

  /// An element of a list of numbers.
  mutating func integerElement(_ value: Int) { zigzag(Int64(value)) }

  /// An element of a list of truth values.
  mutating func boolElement(_ value: Bool) { bytes.append(value ? 1 : 2) }

  /// The head of a list, whose elements follow.
  mutating func list(_ id: Int, _ kind: Kind, count: Int) {
    head(id, .list)
    if count < 15 {
      bytes.append(UInt8(count << 4) | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      varint(UInt64(count))
    }
  }

  /// A field with a struct.
  mutating func structField(_ id: Int, _ body: (inout ThriftCompactWriter) -> Void) {
    head(id, .struct)
    structElement(body)
  }

  /// A struct as an element of a list, or on its own.
  mutating func structElement(_ body: (inout ThriftCompactWriter) -> Void) {
    last.append(0)
    body(&self)
    last.removeLast()
    bytes.append(0)
  }
}
