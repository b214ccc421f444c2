public import Support

extension RecordBatch {
  /// A batch of some of the rows, in the order given.
  ///
  /// - Parameter rows: numbers of rows of the batch, from 0; others are a programming error.
  /// - Throws: `FileError` if there is no memory for them.
  /// - Complexity: O(bytes of the rows); O(1) where they are all rows.
  public func choosing(_ rows: [Int]) throws(FileError) -> RecordBatch {
    if rows.count == rowCount, rows.elementsEqual(0..<rowCount) { return self }
    var pool = MemoryPool()
    var chosen: [Column] = []
    for (field, column) in zip(schema.fields, columns) {
      do throws(FileError) { chosen.append(try column.choosing(rows, pool: &pool)) } catch {
        throw error.located(column: field.name)
      }
    }
    return try RecordBatch(schema: schema, columns: chosen, rowCount: rows.count, firstRow: firstRow)
  }
}

extension Column {
  /// A column of some of the rows, in memory of its own.
  fileprivate func choosing(_ rows: [Int], pool: inout MemoryPool) throws(FileError) -> Column {
    switch self {
    case .null: return .null(NullColumn(count: rows.count))
    case .bool(let column):
      let bits = try pool.bits(rows.count) { (row) throws(FileError) in column[rows[row]] ?? false }
      return .bool(BoolColumn(count: rows.count, validity: try column.validity.choosing(rows, pool: &pool), bits: bits))
    case .int64(let column): return .int64(try column.choosing(rows, pool: &pool))
    case .double(let column): return .double(try column.choosing(rows, pool: &pool))
    case .utf8(let column):
      let texts = try pool.joined(rows.count) { (row) throws(FileError) -> BufferSlice? in
        guard !column.isNull(rows[row]) else { return nil }
        let range = column.range(rows[row])
        return column.buffer.slice(range.lowerBound, count: range.count)
      }
      return .utf8(
        UTF8Column(
          count: rows.count, validity: try column.validity.choosing(rows, pool: &pool),
          offsets: try Offsets(texts.offsets, isWide: true, count: rows.count, limit: texts.data.count),
          buffer: texts.data))
    case .list(let column):
      var elements: [Int] = []
      var ends: [Int64] = [0]
      for row in rows {
        if !column.isNull(row) { elements += column.range(row) }
        ends.append(Int64(elements.count))
      }
      let offsets = try pool.values(ends.count) { (index) throws(FileError) in ends[index] }
      return .list(
        ListColumn(
          count: rows.count, validity: try column.validity.choosing(rows, pool: &pool),
          offsets: try Offsets(offsets, isWide: true, count: rows.count, limit: elements.count),
          elements: try column.elements.choosing(elements, pool: &pool)))
    case .struct(let column):
      var parts: [Column] = []
      for part in column.columns { parts.append(try part.choosing(rows, pool: &pool)) }
      return .struct(
        StructColumn(
          count: rows.count, validity: try column.validity.choosing(rows, pool: &pool), fields: column.fields,
          columns: parts))
    }
  }
}

extension PrimitiveColumn {
  fileprivate func choosing(_ rows: [Int], pool: inout MemoryPool) throws(FileError) -> PrimitiveColumn {
    // What a null row holds is undefined, and copied as it is.
    let chosen = try pool.values(rows.count) { (row) throws(FileError) in values.value(rows[row], as: Value.self) }
    return PrimitiveColumn(
      count: rows.count, validity: try validity.choosing(rows, pool: &pool), values: chosen)
  }
}

extension Validity {
  fileprivate func choosing(_ rows: [Int], pool: inout MemoryPool) throws(FileError) -> Validity {
    guard nullCount > 0 else { return Validity(allValid: rows.count) }
    return Validity(try pool.bits(rows.count) { (row) throws(FileError) in !isNull(rows[row]) }, count: rows.count)
  }
}
