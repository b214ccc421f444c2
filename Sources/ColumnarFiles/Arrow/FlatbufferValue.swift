/// A value to be written into a flatbuffer.
///
/// Tables are laid out front to back: whatever a table refers to comes after it, as the format requires.
indirect enum FlatbufferValue {
  case int8(Int8)
  case int16(Int16)
  case int32(Int32)
  case int64(Int64)
  case string(String)
  /// Fields by their number.
  case table([Int: FlatbufferValue])
  case tables([FlatbufferValue])
  /// A vector of structs of 8-byte numbers.
  case structs([Int64], width: Int)

  /// Bytes that the value takes within its table: itself, or the offset that leads to it.
  private var size: Int {
    switch self {
    case .int8: 1
    case .int16: 2
    case .int64: 8
    default: 4
    }
  }

  /// A flatbuffer whose root is this table, with a length that is a multiple of 8.
  func flatbuffer() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4)
    append(to: &bytes, slot: 0)
    Self.align(&bytes, 8)
    return bytes
  }

  private static func align(_ bytes: inout [UInt8], _ alignment: Int, after: Int = 0) {
    while (bytes.count + after) % alignment != 0 { bytes.append(0) }
  }

  /// Appends the value, and stores its distance from `slot` there.
  private func append(to bytes: inout [UInt8], slot: Int) {
    switch self {
    case .int8, .int16, .int32, .int64: break
    case .string(let text):
      Self.align(&bytes, 4)
      bytes.put(UInt32(bytes.count - slot), at: slot)
      bytes.appendNumber(UInt32(text.utf8.count))
      bytes += text.utf8
      bytes.append(0)
    case .tables(let elements):
      Self.align(&bytes, 4)
      bytes.put(UInt32(bytes.count - slot), at: slot)
      bytes.appendNumber(UInt32(elements.count))
      let start = bytes.count
      for _ in elements { bytes.appendNumber(UInt32(0)) }
      for (index, element) in elements.enumerated() { element.append(to: &bytes, slot: start + index * 4) }
    case .structs(let numbers, let width):
      // The elements, which follow the count of 4 bytes, are aligned to 8.
      Self.align(&bytes, 8, after: 4)
      bytes.put(UInt32(bytes.count - slot), at: slot)
      bytes.appendNumber(UInt32(numbers.count / width))
      for number in numbers { bytes.appendNumber(number) }
    case .table(let fields): Self.append(fields, to: &bytes, slot: slot)
    }
  }

  private static func append(_ fields: [Int: FlatbufferValue], to bytes: inout [UInt8], slot: Int) {
    let order = fields.sorted { ($0.value.size, $1.key) > ($1.value.size, $0.key) }
    var distances: [Int: Int] = [:]
    var size = 4
    for (id, value) in order {
      size = (size + value.size - 1) / value.size * value.size
      distances[id] = size
      size += value.size
    }
    let slots = (fields.keys.max() ?? -1) + 1
    let vtableSize = 4 + 2 * slots
    align(&bytes, 8, after: vtableSize)
    bytes.appendNumber(UInt16(vtableSize))
    bytes.appendNumber(UInt16(size))
    for id in 0..<slots { bytes.appendNumber(UInt16(distances[id] ?? 0)) }
    let start = bytes.count
    bytes.put(UInt32(start - slot), at: slot)
    bytes.appendNumber(Int32(vtableSize))
    bytes += [UInt8](repeating: 0, count: size - 4)
    for (id, value) in order {
      let field = start + (distances[id] ?? 0)
      switch value {
      case .int8(let number): bytes.put(number, at: field)
      case .int16(let number): bytes.put(number, at: field)
      case .int32(let number): bytes.put(number, at: field)
      case .int64(let number): bytes.put(number, at: field)
      default: value.append(to: &bytes, slot: field)
      }
    }
  }
}

extension [UInt8] {
  /// Appends a number, least significant byte first.
  mutating func appendNumber<Value: FixedWidthInteger>(_ value: Value) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Overwrites bytes with a number.
  fileprivate mutating func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    for byte in 0..<MemoryLayout<Value>.size {
      self[offset + byte] = UInt8(truncatingIfNeeded: value >> Value(8 * byte))
    }
  }
}
