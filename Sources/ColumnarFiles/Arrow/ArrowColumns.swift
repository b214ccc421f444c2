import Support

extension PrimitiveColumn<Int64> {
  /// Numbers of any width; those of 64 bits stay where they are.
  ///
  /// - Precondition: `stored` holds as many numbers as `validity` has rows.
  init(
    _ stored: BufferSlice, bits: Int, isSigned: Bool, validity: Validity, pool: inout MemoryPool
  ) throws(FileError) {
    let count = validity.count
    let values: BufferSlice
    switch (bits, isSigned) {
    case (8, true): values = try Self.widened(stored, Int8.self, count, &pool)
    case (8, false): values = try Self.widened(stored, UInt8.self, count, &pool)
    case (16, true): values = try Self.widened(stored, Int16.self, count, &pool)
    case (16, false): values = try Self.widened(stored, UInt16.self, count, &pool)
    case (32, true): values = try Self.widened(stored, Int32.self, count, &pool)
    case (32, false): values = try Self.widened(stored, UInt32.self, count, &pool)
    default:
      values = stored
      guard !isSigned else { break }
      for row in 0..<count where !validity.isNull(row) && stored.value(row, as: Int64.self) < 0 {
        throw .unsupported(
          "row \(row) holds \(stored.value(row, as: UInt64.self)), more than a signed number of 64 bits")
      }
    }
    self.init(count: count, validity: validity, values: values)
  }

  private static func widened<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ stored: BufferSlice, _ type: Stored.Type, _ count: Int, _ pool: inout MemoryPool
  ) throws(FileError) -> BufferSlice {
    try pool.values(count) { (row) throws(FileError) in Int64(stored.value(row, as: type)) }
  }
}

extension PrimitiveColumn<Double> {
  /// Numbers of single precision.
  ///
  /// - Precondition: `singles` holds as many numbers as `validity` has rows.
  init(singles: BufferSlice, validity: Validity, pool: inout MemoryPool) throws(FileError) {
    let values = try pool.values(validity.count) { (row) throws(FileError) in
      Double(singles.value(row, as: Float.self))
    }
    self.init(count: validity.count, validity: validity, values: values)
  }
}

extension UTF8Column {
  /// Texts as views of 16 bytes: the length, then up to 12 bytes of text, or 4 bytes of prefix, the number of a data
  /// buffer and the offset in it.
  ///
  /// - Precondition: `views` holds as many views as `validity` has rows.
  init(
    views: BufferSlice, data: [BufferSlice], validity: Validity, pool: inout MemoryPool
  ) throws(FileError) {
    let count = validity.count
    let joined = try pool.joined(count) { (row) throws(FileError) -> BufferSlice? in
      guard !validity.isNull(row) else { return nil }
      let length = Int(views.value(row * 4, as: Int32.self))
      if length >= 0 && length <= 12 {
        return BufferSlice(views.block, start: views.start + row * 16 + 4, count: length)
      }
      let buffer = Int(views.value(row * 4 + 2, as: Int32.self))
      let start = Int(views.value(row * 4 + 3, as: Int32.self))
      guard length >= 0, data.indices.contains(buffer), start >= 0, start + length <= data[buffer].count else {
        throw FileError.damaged("row \(row) refers to text beyond its buffers")
      }
      return BufferSlice(data[buffer].block, start: data[buffer].start + start, count: length)
    }
    let offsets = try Offsets(joined.offsets, isWide: true, count: count, limit: joined.data.count)
    self.init(count: count, validity: validity, offsets: offsets, buffer: joined.data)
  }
}

extension Column {
  /// The column of the values that `indices` name: how dictionary-encoded columns are resolved.
  ///
  /// - Throws: `FileError` if an index leads beyond the column.
  func taking(_ indices: PrimitiveColumn<Int64>, pool: inout MemoryPool) throws(FileError) -> Column {
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
    let bits = try pool.bits(count) { (row) throws(FileError) in source(row) != nil }
    let validity = Validity(bits, count: count)
    switch self {
    case .null: return .null(NullColumn(count: count))
    case .int64(let column):
      let values = try pool.values(count) { (row) throws(FileError) in source(row).flatMap { column[$0] } ?? 0 }
      return .int64(PrimitiveColumn<Int64>(count: count, validity: validity, values: values))
    case .double(let column):
      let values = try pool.values(count) { (row) throws(FileError) in source(row).flatMap { column[$0] } ?? 0 }
      return .double(PrimitiveColumn<Double>(count: count, validity: validity, values: values))
    case .bool(let column):
      let bits = try pool.bits(count) { (row) throws(FileError) in source(row).flatMap { column[$0] } ?? false }
      return .bool(BoolColumn(count: count, validity: validity, bits: bits))
    case .utf8(let column):
      let offsets = try Self.shared(count, limit: column.buffer.count, pool: &pool) { source($0).map(column.range) }
      return .utf8(UTF8Column(count: count, validity: validity, offsets: offsets, buffer: column.buffer))
    case .list(let column):
      let offsets = try Self.shared(count, limit: column.elements.count, pool: &pool) { source($0).map(column.range) }
      return .list(ListColumn(count: count, validity: validity, offsets: offsets, elements: column.elements))
    case .struct(let column):
      var parts: [Column] = []
      for part in column.columns { parts.append(try part.taking(indices, pool: &pool)) }
      return .struct(StructColumn(count: count, validity: validity, fields: column.fields, columns: parts))
    }
  }

  /// Where rows find their texts or elements, which they share: copies could take any amount of memory.
  private static func shared(
    _ count: Int, limit: Int, pool: inout MemoryPool, _ range: (Int) -> Range<Int>?
  ) throws(FileError) -> Offsets {
    let pairs = try pool.values(2 * count) { (index) throws(FileError) in
      let found = range(index >> 1) ?? 0..<0
      return Int64(index & 1 == 0 ? found.lowerBound : found.upperBound)
    }
    return try Offsets(pairs: pairs, count: count, limit: limit)
  }
}
