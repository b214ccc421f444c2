import Support

/// The schema message of an Arrow file.
struct ArrowSchema: Sendable {
  let fields: [ArrowField]
  let schema: Schema

  /// Decodes the flatbuffer table `Schema`.
  ///
  /// - Parameters:
  ///   - isVersion4: whether the metadata is version 4, in which unions have a validity buffer.
  ///   - limits: how many columns there may be, and how deep they may nest.
  ///   - keepsStoredTypes: whether fields say how their values are stored.
  init(
    _ table: borrowing FlatbufferTable, isVersion4: Bool, limits: Limits, keepsStoredTypes: Bool
  ) throws(FileError) {
    guard try table.integer(0, absent: Int16(0)) == 0 else { throw .unsupported("big-endian data is not supported") }
    var decoder = FieldDecoder(
      isVersion4: isVersion4, keepsStoredTypes: keepsStoredTypes, depthLimit: limits.nesting,
      budget: min(limits.columns, table.bytes.byteCount / 16),
      textBudget: limits.schemaText(ofBytes: table.bytes.byteCount))
    fields = try decoder.fields(table, 1, parent: "", depth: 0)
    var metadata: [Schema.KeyValue] = []
    if let pairs = try table.vector(2, stride: 4) {
      for index in 0..<pairs.count {
        let pair = try table.element(index, of: pairs)
        metadata.append(Schema.KeyValue(try decoder.text(pair, 0), try decoder.text(pair, 1)))
      }
    }
    schema = Schema(fields.map(\.field), metadata: metadata)
  }
}

/// Decodes field tables, and counts them and their texts, because tables that share their children, or texts, could
/// multiply without end.
private struct FieldDecoder {
  let isVersion4: Bool
  let keepsStoredTypes: Bool
  let depthLimit: Int
  var budget: Int
  /// The bytes of names and notes that may still be read.
  var textBudget: Int

  /// A text of a table; empty where there is none.
  mutating func text(_ table: borrowing FlatbufferTable, _ id: Int) throws(FileError) -> String {
    try charge(4 + (table.vector(id, stride: 1)?.count ?? 0), at: table.origin)
    return try table.string(id) ?? ""
  }

  private mutating func charge(_ bytes: Int, at origin: Int) throws(FileError) {
    textBudget -= bytes
    guard textBudget >= 0 else {
      throw .damaged("the names and notes of the columns are longer than the schema has room for", at: origin)
    }
  }

  mutating func fields(
    _ table: borrowing FlatbufferTable, _ id: Int, parent: String, depth: Int
  ) throws(FileError) -> [ArrowField] {
    guard depth < depthLimit else {
      throw .damaged("columns nest deeper than \(depthLimit) levels").located(column: parent)
    }
    guard let vector = try table.vector(id, stride: 4) else { return [] }
    var fields: [ArrowField] = []
    for index in 0..<vector.count {
      budget -= 1
      guard budget >= 0 else {
        throw .damaged(
          "the schema has more columns than it has room for, or than the limit of columns", at: table.origin)
      }
      fields.append(try field(table.element(index, of: vector), parent: parent, depth: depth))
    }
    return fields
  }

  private mutating func field(
    _ table: borrowing FlatbufferTable, parent: String, depth: Int
  ) throws(FileError) -> ArrowField {
    let name = try text(table, 0)
    try charge(parent.utf8.count, at: table.origin)
    let path = parent.isEmpty ? name : "\(parent).\(name)"
    let children = try fields(table, 5, parent: path, depth: depth + 1)
    let valueType = try type(table)
    if let expected = valueType.childCount, expected != children.count {
      throw .damaged("\(children.count) child columns where the type has \(expected)", at: table.origin)
        .located(column: path)
    }
    var dictionary: Int64?
    var storedType = valueType
    if let encoding = try table.table(4) {
      dictionary = try encoding.integer(0, absent: Int64(0))
      storedType = .integer(bits: 32, isSigned: true)
      if let index = try encoding.table(1) { storedType = try integer(index, path: path) }
    }
    return ArrowField(
      name: name, path: path, isNullable: try table.integer(1, absent: UInt8(0)) != 0, type: storedType,
      children: children, dictionary: dictionary, valueType: valueType, holdsJSON: try holdsJSON(table),
      stored: keepsStoredTypes ? try Self.storedType(table, valueType) : nil)
  }

  /// Whether the column is of the extension type `arrow.json`.
  private mutating func holdsJSON(_ table: borrowing FlatbufferTable) throws(FileError) -> Bool {
    guard let pairs = try table.vector(6, stride: 4) else { return false }
    for index in 0..<pairs.count {
      let pair = try table.element(index, of: pairs)
      if try text(pair, 0) == "ARROW:extension:name" { return try text(pair, 1) == "arrow.json" }
    }
    return false
  }

  private func integer(_ table: borrowing FlatbufferTable, path: String) throws(FileError) -> ArrowType {
    let bits = try table.integer(0, absent: Int32(0))
    guard [8, 16, 32, 64].contains(bits) else {
      throw .damaged("whole numbers of \(bits) bits", at: table.origin).located(column: path)
    }
    return .integer(bits: Int(bits), isSigned: try table.integer(1, absent: UInt8(0)) != 0)
  }

  /// Reads the union `Type`, numbered as in `Schema.fbs`.
  private func type(_ field: borrowing FlatbufferTable) throws(FileError) -> ArrowType {
    let kind = try field.integer(2, absent: UInt8(0))
    switch kind {
    case 1: return .null
    case 4, 5: return .utf8(isWide: false)
    case 6: return .bool
    case 12: return .list(isWide: false)
    case 13: return .struct
    // A map is a list of structs (key, value).
    case 17: return .list(isWide: false)
    case 19, 20: return .utf8(isWide: true)
    case 21: return .list(isWide: true)
    case 23, 24: return .view
    case 25: return .listView(isWide: false)
    case 26: return .listView(isWide: true)
    case 22: return .runs
    default: break
    }
    guard let detail = try field.table(3) else {
      throw .damaged("a column without a description of its type", at: field.origin)
    }
    switch kind {
    case 2: return try integer(detail, path: try field.string(0) ?? "")
    case 3: return try float(detail)
    case 7: return try decimal(detail)
    // The unit is 0 for days, 1 for milliseconds.
    case 8: return .date(isMilliseconds: try detail.integer(0, absent: Int16(1)) == 1)
    case 15:
      let width = try detail.integer(0, absent: Int32(0))
      guard width >= 0 else { throw .damaged("values of \(width) bytes", at: field.origin) }
      return .fixedSizeBinary(Int(width))
    case 9:
      return .ticks("time", bits: try detail.integer(1, absent: Int32(32)) == 64 ? 64 : 32)
    case 10: return .ticks("timestamp", bits: 64)
    case 18: return .ticks("duration", bits: 64)
    case 14: return union(isDense: try detail.integer(0, absent: Int16(0)) == 1)
    case 16:
      let size = try detail.integer(0, absent: Int32(0))
      guard size >= 0 else { throw .damaged("lists of \(size) elements", at: field.origin) }
      return .fixedSizeList(Int(size))
    default: return try other(kind, at: field.origin)
    }
  }

  /// How values are stored, where the type that they are read into does not say it.
  private static func storedType(
    _ field: borrowing FlatbufferTable, _ type: ArrowType
  ) throws(FileError) -> StoredType? {
    let kind = try field.integer(2, absent: UInt8(0))
    // Bytes have other numbers than texts: with offsets of 32 and of 64 bits, and in views.
    if [4, 19, 23].contains(kind) { return .binary }
    switch type {
    case .integer(let bits, let isSigned):
      return bits == 64 && isSigned ? nil : .integer(bits: bits, isSigned: isSigned)
    case .half: return .half
    case .float: return .single
    case .fixedSizeBinary(let width): return .fixedBinary(width)
    case .date(let isMilliseconds): return .date(isMilliseconds: isMilliseconds)
    case .decimal(_, let scale):
      guard let detail = try field.table(3) else { return nil }
      return .decimal(precision: Int(try detail.integer(0, absent: Int32(0))), scale: scale)
    case .ticks(let name, _):
      guard let detail = try field.table(3) else { return nil }
      // Timestamps count seconds where nothing is said, others milliseconds.
      let number = try detail.integer(0, absent: Int16(name == "timestamp" ? 0 : 1))
      guard let unit = StoredType.TimeUnit(rawValue: Int(number)) else {
        throw .damaged("the unit of time \(number) is not known", at: detail.origin)
      }
      switch name {
      case "time": return .time(unit)
      case "timestamp": return .timestamp(unit, zone: try detail.string(1))
      default: return .duration(unit)
      }
    case .null, .bool, .double, .utf8, .view, .list, .fixedSizeList, .listView, .runs, .struct, .other: return nil
    }
  }

  private func float(_ table: borrowing FlatbufferTable) throws(FileError) -> ArrowType {
    switch try table.integer(0, absent: Int16(0)) {
    case 0: .half
    case 1: .float
    case 2: .double
    case let precision: throw .damaged("floating-point numbers of precision \(precision)", at: table.origin)
    }
  }

  private func decimal(_ table: borrowing FlatbufferTable) throws(FileError) -> ArrowType {
    let bits = try table.integer(2, absent: Int32(128))
    let scale = Int(try table.integer(1, absent: Int32(0)))
    guard [32, 64, 128, 256].contains(bits) else { return .other("decimal of \(bits) bits", buffers: 2) }
    return .decimal(bytes: Int(bits) / 8, scale: scale)
  }

  private func union(isDense: Bool) -> ArrowType {
    .other("union", buffers: (isDense ? 2 : 1) + (isVersion4 ? 1 : 0))
  }

  private func other(_ kind: UInt8, at origin: Int) throws(FileError) -> ArrowType {
    switch kind {
    case 11: .other("interval", buffers: 2)
    default: throw .unsupported("Arrow type number \(kind) is not known", at: origin)
    }
  }
}

/// A column of an Arrow file, with everything needed to find and read its buffers.
struct ArrowField: Sendable {
  /// The name alone.
  let name: String
  /// Names from the top column down, joined with dots.
  let path: String
  let isNullable: Bool
  let type: ArrowType
  private(set) var children: [ArrowField]
  /// Where the column holds indices into a dictionary: the dictionary's number. `type` is then the type of the indices.
  var dictionary: Int64?
  /// Where the column holds indices: the type of the values that they refer to, with its children.
  let valueType: ArrowType
  /// Whether its texts are JSON documents.
  var holdsJSON = false
  /// How its values are stored, if that was asked for and the type does not say it.
  var stored: StoredType?
  /// Whether this is a member of a struct that is left out, because it cannot be read.
  private(set) var isPassedOver = false
  /// The children that are read.
  var readChildren: [ArrowField] { children.filter { !$0.isPassedOver } }
  /// The number of fields, this one and all below it.
  var size: Int { children.reduce(1) { $0 + $1.size } }

  /// The field as the dictionary's own messages lay it out.
  var dictionaryValues: ArrowField {
    ArrowField(
      name: name, path: path, isNullable: true, type: valueType, children: children, dictionary: nil,
      valueType: valueType, stored: stored)
  }

  /// What the column holds, as far as this module distinguishes types.
  var columnType: ColumnType {
    switch valueType {
    case .null: .null
    case .bool: .bool
    case .integer: .int64
    case .half, .float, .double: .double
    case .utf8, .view, .decimal, .date, .fixedSizeBinary: .utf8
    case .list, .fixedSizeList, .listView: .list(children[0].field)
    case .runs: children[1].columnType
    case .struct: .struct(readChildren.map(\.field))
    case .ticks(let name, _): stored == nil ? .unsupported(name) : .int64
    case .other(let name, _): .unsupported(name)
    }
  }

  /// The field in the terms of the public schema.
  var field: Field {
    var field = Field(name, columnType, isNullable: isNullable)
    field.holdsJSON = holdsJSON
    field.stored = stored
    return field
  }

  /// This field and all below it that are dictionary-encoded.
  var dictionaries: [ArrowField] {
    (dictionary == nil ? [] : [self]) + readChildren.flatMap(\.dictionaries)
  }

  /// Leaves out members of structs that cannot be read, unless nothing would be left.
  mutating func passOverMembers() {
    for index in children.indices { children[index].passOverMembers() }
    guard case .struct = valueType, columnType.readable != nil else { return }
    for index in children.indices where children[index].columnType.readable == nil {
      children[index].isPassedOver = true
    }
  }
}

/// A physical type of the Arrow format: what buffers a column has and how they are read.
///
/// Numbers and layouts: https://arrow.apache.org/docs/format/Columnar.html and `Schema.fbs`.
indirect enum ArrowType: Sendable, Hashable {
  case null
  case bool
  case integer(bits: Int, isSigned: Bool)
  case half
  case float
  case double
  /// Whole numbers, with as many digits after the point as `scale` says.
  case decimal(bytes: Int, scale: Int)
  case date(isMilliseconds: Bool)
  /// Times in whole numbers, which are read only where their unit is passed on.
  case ticks(String, bits: Int)
  /// Bytes, as many in each row.
  case fixedSizeBinary(Int)
  /// Text or bytes with 32-bit, or 64-bit (`isWide`) offsets.
  case utf8(isWide: Bool)
  /// Text or bytes in views of 16 bytes and any number of data buffers.
  case view
  case list(isWide: Bool)
  case fixedSizeList(Int)
  /// Lists with an offset and a size each, which may share elements.
  case listView(isWide: Bool)
  case `struct`
  /// Runs of one value each: where they end, and the values.
  case runs
  /// A type that is skipped: `buffers` of its own, then those of its children.
  case other(String, buffers: Int)

  /// How many buffers of the column itself precede its children's, without the data buffers of views.
  var bufferCount: Int {
    switch self {
    case .null, .runs: 0
    case .bool, .integer, .half, .float, .double, .decimal, .date, .ticks, .fixedSizeBinary, .list, .view: 2
    case .utf8, .listView: 3
    case .fixedSizeList, .struct: 1
    case .other(_, let buffers): buffers
    }
  }

  /// How many children the layout requires, nil for any number.
  var childCount: Int? {
    switch self {
    case .list, .fixedSizeList, .listView: 1
    case .runs: 2
    case .struct, .other: nil
    default: 0
    }
  }
}
