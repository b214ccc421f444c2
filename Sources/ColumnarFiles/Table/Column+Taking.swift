extension Column {
  /// The column of the values that `indices` name: how dictionary-encoded columns are resolved.
  ///
  /// - Throws: where an index leads beyond the column, or the column's type is not one that dictionaries are made of.
  func taking(_ indices: Int64Column, pool: inout MemoryPool) throws(ColumnarFileError) -> Column {
    let size = count
    for row in 0..<indices.count {
      guard let index = indices[row] else { continue }
      guard index >= 0, index < Int64(size) else {
        throw .damaged("row \(row) refers to entry \(index) of a dictionary of \(size)")
      }
    }
    let source = { (row: Int) -> Int? in
      guard let index = indices[row], !isNull(Int(index)) else { return nil }
      return Int(index)
    }
    let count = indices.count
    let bits = try pool.bits(count) { (row) throws(ColumnarFileError) in source(row) != nil }
    let validity = Validity(bits, count: count)
    switch self {
    case .null: return .null(NullColumn(count: count))
    case .int64(let column):
      let values = try pool.values(count) { (row) throws(ColumnarFileError) in source(row).flatMap { column[$0] } ?? 0 }
      return .int64(Int64Column(count: count, validity: validity, values: values))
    case .double(let column):
      let values = try pool.values(count) { (row) throws(ColumnarFileError) in source(row).flatMap { column[$0] } ?? 0 }
      return .double(DoubleColumn(count: count, validity: validity, values: values))
    case .bool(let column):
      let bits = try pool.bits(count) { (row) throws(ColumnarFileError) in source(row).flatMap { column[$0] } ?? false }
      return .bool(BoolColumn(count: count, validity: validity, bits: bits))
    case .utf8(let column):
      let joined = try pool.joined(count) { (row) throws(ColumnarFileError) in source(row).map(column.slice) }
      let offsets = try Offsets(joined.offsets, isWide: true, count: count, limit: joined.data.count)
      return .utf8(UTF8Column(count: count, validity: validity, offsets: offsets, buffer: joined.data))
    case .list, .structure: throw .unsupported("dictionaries of nested values are not supported")
    }
  }
}
