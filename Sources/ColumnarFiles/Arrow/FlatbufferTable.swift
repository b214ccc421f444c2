import Support

/// A table of a flatbuffer, read with every offset checked.
///
/// Layout: https://flatbuffers.dev/internals/. A table begins with the signed distance back to its vtable; the vtable
/// holds its own size, the table's size and for each field its distance from the table's start, 0 if it is absent.
struct FlatbufferTable: ~Escapable {
  let bytes: RawSpan
  /// Offset of the flatbuffer in the file, for error messages.
  let origin: Int
  private let position: Int
  private let vtable: Int
  private let vtableSize: Int
  private let tableSize: Int

  /// The root table.
  @_lifetime(copy bytes)
  init(root bytes: RawSpan, origin: Int) throws(FileError) {
    let position = try bytes.integer(at: 0, origin: origin, as: UInt32.self)
    try self.init(bytes, origin: origin, at: Int(position))
  }

  @_lifetime(copy bytes)
  private init(_ bytes: RawSpan, origin: Int, at position: Int) throws(FileError) {
    let vtable = position - Int(try bytes.integer(at: position, origin: origin, as: Int32.self))
    let vtableSize = Int(try bytes.integer(at: vtable, origin: origin, as: UInt16.self))
    let tableSize = Int(try bytes.integer(at: vtable + 2, origin: origin, as: UInt16.self))
    guard vtableSize >= 4, vtableSize <= bytes.byteCount - vtable, tableSize <= bytes.byteCount - position else {
      throw .damaged("a metadata table leads beyond its message", at: origin + position)
    }
    self.bytes = bytes
    self.origin = origin
    self.position = position
    self.vtable = vtable
    self.vtableSize = vtableSize
    self.tableSize = tableSize
  }

  /// Offset of a field's value within the flatbuffer, nil if it is absent.
  private func offset(_ field: Int, size: Int) throws(FileError) -> Int? {
    let slot = 4 + 2 * field
    guard slot + 2 <= vtableSize else { return nil }
    let distance = Int(try bytes.integer(at: vtable + slot, origin: origin, as: UInt16.self))
    guard distance > 0 else { return nil }
    guard distance <= tableSize - size else {
      throw .damaged("a metadata field leads beyond its table", at: origin + position)
    }
    return position + distance
  }

  /// A number, `absent` if the writer left it out.
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ field: Int, absent: Value
  ) throws(FileError) -> Value {
    guard let offset = try offset(field, size: MemoryLayout<Value>.size) else { return absent }
    return try bytes.integer(at: offset, origin: origin, as: Value.self)
  }

  /// What the offset in a field leads to.
  private func target(_ field: Int) throws(FileError) -> Int? {
    guard let offset = try offset(field, size: 4) else { return nil }
    let distance = try bytes.integer(at: offset, origin: origin, as: UInt32.self)
    return offset + Int(distance)
  }

  /// A table within this one.
  @_lifetime(copy self)
  func table(_ field: Int) throws(FileError) -> FlatbufferTable? {
    guard let target = try target(field) else { return nil }
    return try FlatbufferTable(bytes, origin: origin, at: target)
  }

  /// A vector of elements of `stride` bytes.
  func vector(_ field: Int, stride: Int) throws(FileError) -> FlatbufferVector? {
    guard let target = try target(field) else { return nil }
    let count = Int(try bytes.integer(at: target, origin: origin, as: UInt32.self))
    guard count <= (bytes.byteCount - target - 4) / stride else {
      throw .damaged("a metadata vector of \(count) elements leads beyond its message", at: origin + target)
    }
    return FlatbufferVector(start: target + 4, count: count, stride: stride)
  }

  /// A text.
  func string(_ field: Int) throws(FileError) -> String? {
    guard let vector = try vector(field, stride: 1) else { return nil }
    return bytes.text(vector.start..<vector.start + vector.count)
  }

  /// Table number `index` of a vector of tables.
  @_lifetime(copy self)
  func element(_ index: Int, of vector: FlatbufferVector) throws(FileError) -> FlatbufferTable {
    let offset = vector.start + index * 4
    let distance = Int(try bytes.integer(at: offset, origin: origin, as: UInt32.self))
    return try FlatbufferTable(bytes, origin: origin, at: offset + distance)
  }

  /// A number in element `index` of a vector of structs.
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ index: Int, of vector: FlatbufferVector, at offset: Int = 0, as type: Value.Type = Value.self
  ) throws(FileError) -> Value {
    try bytes.integer(at: vector.start + index * vector.stride + offset, origin: origin, as: type)
  }
}

/// Where the elements of a flatbuffer vector are.
struct FlatbufferVector: Sendable {
  let start: Int
  let count: Int
  let stride: Int
}
