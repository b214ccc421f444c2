import Support

// Columns one after another, as dictionaries that grow need them.
extension Column {
  /// One column of the rows of several, which are of one type.
  ///
  /// - Throws: `FileError` if they are more than the pool's limits allow.
  /// - Precondition: there is at least one.
  static func joined(_ pieces: [Column], pool: inout MemoryPool) throws(FileError) -> Column {
    let count = pieces.reduce(0) { $0 + $1.count }
    var rows = JoinedRows(pieces)
    let bits = try pool.bits(count) { (row) throws(FileError) in
      let (piece, row) = rows.place(of: row)
      return !pieces[piece].isNull(row)
    }
    let validity = Validity(bits, count: count)
    rows = JoinedRows(pieces)
    switch pieces[0] {
    case .null: return .null(NullColumn(count: count))
    case .bool:
      let bits = try pool.bits(count) { (row) throws(FileError) in
        let (piece, row) = rows.place(of: row)
        return if case .bool(let column) = pieces[piece] { column[row] ?? false } else { false }
      }
      return .bool(BoolColumn(count: count, validity: validity, bits: bits))
    case .int64:
      let values = try pool.values(count) { (row) throws(FileError) -> Int64 in
        let (piece, row) = rows.place(of: row)
        return if case .int64(let column) = pieces[piece] { column[row] ?? 0 } else { 0 }
      }
      return .int64(PrimitiveColumn<Int64>(count: count, validity: validity, values: values))
    case .double:
      let values = try pool.values(count) { (row) throws(FileError) -> Double in
        let (piece, row) = rows.place(of: row)
        return if case .double(let column) = pieces[piece] { column[row] ?? 0 } else { 0 }
      }
      return .double(PrimitiveColumn<Double>(count: count, validity: validity, values: values))
    case .utf8:
      // The texts are gone through twice.
      let (offsets, data) = try pool.joined(count) { (row) throws(FileError) -> BufferSlice? in
        if row == 0 { rows = JoinedRows(pieces) }
        let (piece, row) = rows.place(of: row)
        guard case .utf8(let column) = pieces[piece], !column.isNull(row) else { return nil }
        let range = column.range(row)
        return column.buffer.slice(range.lowerBound, count: range.count)
      }
      return .utf8(
        UTF8Column(
          count: count, validity: validity,
          offsets: try Offsets(offsets, isWide: true, count: count, limit: data.count), buffer: data))
    case .list:
      let lists = pieces.compactMap(\.list)
      let elements = try joined(lists.map(\.elements), pool: &pool)
      var starts: [Int] = []
      var start = 0
      for list in lists {
        starts.append(start)
        start += list.elements.count
      }
      let pairs = try pool.values(2 * count) { (index) throws(FileError) -> Int64 in
        let (piece, row) = rows.place(of: index >> 1)
        let range = lists[piece].range(row)
        return Int64(starts[piece] + (index & 1 == 0 ? range.lowerBound : range.upperBound))
      }
      let offsets = try Offsets(pairs: pairs, count: count, limit: elements.count)
      return .list(ListColumn(count: count, validity: validity, offsets: offsets, elements: elements))
    case .struct(let first):
      let structs = pieces.compactMap(\.struct)
      var columns: [Column] = []
      for part in first.columns.indices {
        columns.append(try joined(structs.map { $0.columns[part].slice(0..<$0.count) }, pool: &pool))
      }
      return .struct(StructColumn(count: count, validity: validity, fields: first.fields, columns: columns))
    }
  }

  /// About how many bytes the rows take.
  var byteCount: Int {
    switch self {
    case .null: 0
    case .bool(let column): column.count / 8 + 1
    case .int64(let column): 8 * column.count
    case .double(let column): 8 * column.count
    case .utf8(let column): 16 * column.count + column.buffer.count
    case .list(let column): 16 * column.count + column.elements.byteCount
    case .struct(let column): column.columns.reduce(column.count / 8 + 1) { $0 + $1.byteCount }
    }
  }
}

/// Finds the rows of columns that are joined, which are asked for in ascending order.
private struct JoinedRows {
  private let pieces: [Column]
  private var piece = 0
  private var start = 0

  init(_ pieces: [Column]) { self.pieces = pieces }

  mutating func place(of row: Int) -> (piece: Int, row: Int) {
    while row - start >= pieces[piece].count {
      start += pieces[piece].count
      piece += 1
    }
    return (piece, row - start)
  }
}
