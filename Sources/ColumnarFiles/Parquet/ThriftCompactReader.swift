import Support

/// Reads the Thrift compact protocol, in which Parquet writes its metadata, with every length checked.
///
/// Layout: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
struct ThriftCompactReader: ~Escapable {
  /// The types of fields and elements, by their numbers in the protocol.
  enum Kind: UInt8 {
    case `true` = 1
    case `false`, int8, int16, int32, int64, double, binary, list, set, map, `struct`, uuid
  }

  struct Field {
    let id: Int
    let kind: Kind
  }

  struct List {
    let kind: Kind
    let count: Int
  }

  private let bytes: RawSpan
  /// Offset of the bytes in the file, for error messages.
  let origin: Int
  private(set) var position = 0
  private var depth = 0

  /// How deep structs may nest. Deeper ones come from damaged files.
  private static let depthLimit = 64

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, origin: Int) {
    self.bytes = bytes
    self.origin = origin
  }

  private func damaged(_ problem: String) -> FileError { .damaged(problem, at: origin + position) }

  private mutating func byte() throws(FileError) -> UInt8 {
    let value = try bytes.integer(at: position, origin: origin, as: UInt8.self)
    position += 1
    return value
  }

  private mutating func varint() throws(FileError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
    }
    throw damaged("a number is longer than 64 bits")
  }

  private mutating func zigzag() throws(FileError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
  }

  private func kind(_ number: UInt8) throws(FileError) -> Kind {
    guard let kind = Kind(rawValue: number) else { throw damaged("metadata of the unknown type \(number)") }
    return kind
  }

  /// The next field of a struct, nil at its end.
  ///
  /// - Parameter last: number of the field before, 0 at the start of a struct.
  mutating func field(after last: inout Int) throws(FileError) -> Field? {
    let head = try byte()
    if head == 0 { return nil }
    let kind = try kind(head & 0x0F)
    let delta = Int(head >> 4)
    let id = delta > 0 ? last + delta : Int(truncatingIfNeeded: Int16(truncatingIfNeeded: try zigzag()))
    last = id
    return Field(id: id, kind: kind)
  }

  /// The value of a field that should hold a whole number.
  mutating func integer(_ field: Field) throws(FileError) -> Int64 {
    switch field.kind {
    case .int8: return Int64(Int8(bitPattern: try byte()))
    case .int16, .int32, .int64: return try zigzag()
    default: throw damaged("a number is expected in field \(field.id)")
    }
  }

  /// The value of a field that should hold a size, an offset or a count.
  mutating func size(_ field: Field) throws(FileError) -> Int {
    let value = try integer(field)
    guard value >= 0 else { throw damaged("field \(field.id) holds \(value) where it cannot be negative") }
    return Int(value)
  }

  /// The value of a field that should hold a truth value.
  mutating func bool(_ field: Field) throws(FileError) -> Bool {
    switch field.kind {
    case .true: return true
    case .false: return false
    default: throw damaged("a truth value is expected in field \(field.id)")
    }
  }

  /// The value of a field that should hold text.
  mutating func text(_ field: Field) throws(FileError) -> String {
    guard field.kind == .binary else { throw damaged("text is expected in field \(field.id)") }
    return try text()
  }

  /// An element of a list of texts.
  mutating func text() throws(FileError) -> String {
    let range = try binary()
    return bytes.text(range)
  }

  private mutating func binary() throws(FileError) -> Range<Int> {
    let length = try varint()
    guard length <= UInt64(bytes.byteCount - position) else { throw damaged("text of \(length) bytes") }
    let start = position
    position += Int(length)
    return start..<position
  }

  /// The head of a list, whose elements follow.
  mutating func list(_ field: Field) throws(FileError) -> List {
    guard field.kind == .list || field.kind == .set else { throw damaged("a list is expected in field \(field.id)") }
    return try list()
  }

  /// The head of a list of structs.
  mutating func structList(_ field: Field) throws(FileError) -> Int {
    let list = try list(field)
    guard list.kind == .struct || list.count == 0 else { throw damaged("a list of structs is expected") }
    return list.count
  }

  private mutating func list() throws(FileError) -> List {
    let head = try byte()
    let kind = try kind(head & 0x0F)
    let count = head >> 4 == 15 ? try varint() : UInt64(head >> 4)
    // Every element takes at least one byte.
    guard count <= UInt64(bytes.byteCount - position) else { throw damaged("a list of \(count) elements") }
    return List(kind: kind, count: Int(count))
  }

  /// Throws if a field is no struct; its fields follow.
  func structField(_ field: Field) throws(FileError) {
    guard field.kind == .struct else { throw damaged("a struct is expected in field \(field.id)") }
  }

  /// Skips the value of a field.
  mutating func skip(_ field: Field) throws(FileError) {
    if field.kind == .true || field.kind == .false { return }
    try skipElement(field.kind)
  }

  private mutating func skipElement(_ kind: Kind) throws(FileError) {
    switch kind {
    case .true, .false, .int8: _ = try byte()
    case .int16, .int32, .int64: _ = try varint()
    case .double: try advance(8)
    case .uuid: try advance(16)
    case .binary: _ = try binary()
    case .list, .set:
      let list = try list()
      try nest { (reader) throws(FileError) in
        for _ in 0..<list.count { try reader.skipElement(list.kind) }
      }
    case .map: try skipMap()
    case .struct: try skipStruct()
    }
  }

  private mutating func skipMap() throws(FileError) {
    let count = try varint()
    if count == 0 { return }
    guard count <= UInt64(bytes.byteCount - position) else { throw damaged("a map of \(count) elements") }
    let kinds = try byte()
    let (key, value) = (try kind(kinds >> 4), try kind(kinds & 0x0F))
    try nest { (reader) throws(FileError) in
      for _ in 0..<count {
        try reader.skipElement(key)
        try reader.skipElement(value)
      }
    }
  }

  /// Skips the remaining fields of a struct.
  mutating func skipStruct() throws(FileError) {
    try nest { (reader) throws(FileError) in
      var last = 0
      while let field = try reader.field(after: &last) { try reader.skip(field) }
    }
  }

  private mutating func nest(_ body: (inout ThriftCompactReader) throws(FileError) -> Void)
    throws(FileError)
  {
    guard depth < Self.depthLimit else { throw damaged("metadata nests deeper than \(Self.depthLimit) levels") }
    depth += 1
    try body(&self)
    depth -= 1
  }

  private mutating func advance(_ count: Int) throws(FileError) {
    guard count <= bytes.byteCount - position else { throw damaged("data ends in the middle of a number") }
    position += count
  }
}
