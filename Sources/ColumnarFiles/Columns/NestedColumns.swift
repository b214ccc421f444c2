import Support

/// A column of lists: the elements of all rows in one column, and a range of it for each row.
public struct ListColumn: Sendable {
  /// Number of rows.
  public let count: Int
  /// Which rows hold a list.
  public let validity: Validity
  /// The elements of all rows; between rows there may be others.
  public let elements: Column
  let offsets: Offsets

  /// - Precondition: the offsets were checked for `count` rows against the number of elements.
  init(count: Int, validity: Validity, offsets: Offsets, elements: Column) {
    precondition(validity.count == count && offsets.end <= elements.count)
    self.count = count
    self.validity = validity
    self.offsets = offsets
    self.elements = elements
  }

  /// Which elements belong to a row; for a null row this may be any valid range, most often an empty one.
  ///
  /// - Precondition: `row` is a row of the column.
  @inline(__always)
  public func range(_ row: Int) -> Range<Int> {
    precondition(row >= 0 && row < count)
    return offsets.range(row)
  }

  /// Whether the row holds no list, which is not the same as an empty one.
  ///
  /// - Precondition: `row` is a row of the column.
  public func isNull(_ row: Int) -> Bool { validity.isNull(row) }

  func slice(_ rows: Range<Int>) -> ListColumn {
    ListColumn(count: rows.count, validity: validity.slice(rows), offsets: offsets.slice(rows), elements: elements)
  }
}

/// A column whose rows have named parts. The order of the parts is the writer's: find them by name.
public struct StructColumn: Sendable {
  /// Number of rows.
  public let count: Int
  /// Which rows hold a value; where a row is null its parts are undefined.
  public let validity: Validity
  /// The parts, in the file's order.
  public let fields: [Field]
  /// The columns of the parts, each with at least `count` rows.
  public let columns: [Column]

  /// - Precondition: there is a column for each field, with at least `count` rows.
  init(count: Int, validity: Validity, fields: [Field], columns: [Column]) {
    precondition(validity.count == count && fields.count == columns.count && columns.allSatisfy { $0.count >= count })
    self.count = count
    self.validity = validity
    self.fields = fields
    self.columns = columns
  }

  /// The first part of that name, compared byte by byte.
  public subscript(name: String) -> Column? {
    fields.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }.map { columns[$0] }
  }

  /// Whether the row holds no value.
  ///
  /// - Precondition: `row` is a row of the column.
  public func isNull(_ row: Int) -> Bool { validity.isNull(row) }

  func slice(_ rows: Range<Int>) -> StructColumn {
    StructColumn(
      count: rows.count, validity: validity.slice(rows), fields: fields, columns: columns.map { $0.slice(rows) })
  }
}

extension Column {
  /// The member of structs that a path leads to; its rows are null where a struct around it is.
  func member(_ path: [Int], pool: inout MemoryPool) throws(FileError) -> Column {
    var column = self
    for index in path {
      guard case .struct(let structs) = column, index < structs.columns.count else {
        throw .damaged("a column without the members that its type promises")
      }
      column = try structs.columns[index].slice(0..<structs.count).masked(by: structs.validity, pool: &pool)
    }
    return column
  }

  /// The same values, null where another column is null too.
  private func masked(by outer: Validity, pool: inout MemoryPool) throws(FileError) -> Column {
    guard outer.nullCount > 0 else { return self }
    let own = validity
    let bits = try pool.bits(count) { (row) throws(FileError) in !outer.isNull(row) && !own.isNull(row) }
    let validity = Validity(bits, count: count)
    switch self {
    case .null: return self
    case .bool(let column): return .bool(BoolColumn(count: count, validity: validity, bits: column.bits))
    case .int64(let column): return .int64(PrimitiveColumn(count: count, validity: validity, values: column.values))
    case .double(let column): return .double(PrimitiveColumn(count: count, validity: validity, values: column.values))
    case .utf8(let column):
      return .utf8(UTF8Column(count: count, validity: validity, offsets: column.offsets, buffer: column.buffer))
    case .list(let column):
      return .list(
        ListColumn(count: count, validity: validity, offsets: column.offsets, elements: column.elements))
    case .struct(let column):
      return .struct(
        StructColumn(count: count, validity: validity, fields: column.fields, columns: column.columns))
    }
  }
}
