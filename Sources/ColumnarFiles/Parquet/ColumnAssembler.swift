import Support

/// Assembles columns from the levels and values of their leaves.
struct ColumnAssembler {
  let readers: [ColumnChunkReader]
  let rowCount: Int

  /// The column of a node.
  ///
  /// - Throws: `FileError` if leaves of one struct or list disagree about how many values there are.
  func column(_ node: ParquetNode, pool: inout MemoryPool) throws(FileError) -> Column {
    switch node.content {
    case .leaf(let index): return try leaf(readers[index], pool: &pool)
    case .list(let element, let definition, let repetition):
      let elements = try column(element, pool: &pool)
      return try list(node, elements, definition: definition, repetition: repetition, pool: &pool)
    case .struct(let children):
      var columns: [Column] = []
      for child in children { columns.append(try column(child, pool: &pool)) }
      let validity = try validity(node, pool: &pool)
      guard columns.allSatisfy({ $0.count == validity.count }) else {
        throw FileError.damaged("the columns of a struct have different numbers of values")
          .located(column: path(of: node))
      }
      return .struct(
        StructColumn(count: validity.count, validity: validity, fields: children.map(\.field), columns: columns))
    }
  }

  private func path(of node: ParquetNode) -> String? { node.leaves.first.map { readers[$0].leaf.path } }

  /// Which slots of a node hold a value, from the levels of its first leaf.
  private func validity(_ node: ParquetNode, pool: inout MemoryPool) throws(FileError) -> Validity {
    guard let first = node.leaves.first, readers[first].leaf.definition > 0 else { return Validity(allValid: rowCount) }
    let reader = readers[first]
    let (slot, level) = (node.slotDefinition, node.definition)
    var isValid: [Bool] = []
    for (index, definition) in reader.definitions.enumerated() where definition >= slot {
      if reader.leaf.repetition > 0 && reader.repetitions[index] > node.slotRepetition { continue }
      isValid.append(definition >= level)
    }
    return try validity(isValid, pool: &pool)
  }

  private func validity(_ isValid: [Bool], pool: inout MemoryPool) throws(FileError) -> Validity {
    if isValid.allSatisfy({ $0 }) { return Validity(allValid: isValid.count) }
    let bits = try pool.bits(isValid.count) { (row) throws(FileError) in isValid[row] }
    return Validity(bits, count: isValid.count)
  }

  private func list(
    _ node: ParquetNode, _ elements: Column, definition: Int, repetition: Int, pool: inout MemoryPool
  ) throws(FileError) -> Column {
    guard let first = node.leaves.first else { throw .damaged("a list without columns") }
    let reader = readers[first]
    var isValid: [Bool] = []
    var starts: [Int64] = []
    var count: Int64 = 0
    for (index, level) in reader.definitions.enumerated() {
      let repeated = reader.repetitions[index]
      if repeated <= node.slotRepetition && level >= node.slotDefinition {
        isValid.append(level >= node.definition)
        starts.append(count)
      }
      if repeated <= repetition && level >= definition { count += 1 }
    }
    guard count == elements.count else {
      throw FileError.damaged("the columns of a list have different numbers of elements")
        .located(column: reader.leaf.path)
    }
    starts.append(count)
    let values = try pool.values(starts.count) { (row) throws(FileError) in starts[row] }
    let offsets = try Offsets(values, isWide: true, count: isValid.count, limit: elements.count)
    return .list(
      ListColumn(
        count: isValid.count, validity: try validity(isValid, pool: &pool), offsets: offsets, elements: elements))
  }

  /// Spreads the values of a leaf over its slots, some of which are null.
  private func leaf(_ reader: ColumnChunkReader, pool: inout MemoryPool) throws(FileError) -> Column {
    let leaf = reader.leaf
    var isValid: [Bool] = []
    if leaf.definition > 0 {
      isValid.reserveCapacity(reader.definitions.count)
      for level in reader.definitions where level >= leaf.slotDefinition { isValid.append(level == leaf.definition) }
    }
    let count = leaf.definition > 0 ? isValid.count : reader.values.count
    if case .null = leaf.kind { return .null(NullColumn(count: leaf.definition > 0 ? count : rowCount)) }
    let validity = leaf.definition > 0 ? try validity(isValid, pool: &pool) : Validity(allValid: count)
    let values = reader.values
    let stored = try values.fixed.slice(pool: &pool)
    switch leaf.kind {
    case .bool:
      var next = 0
      let bits = try pool.bits(count) { (row) throws(FileError) in
        guard !validity.isNull(row) else { return false }
        defer { next += 1 }
        return stored.value(next, as: UInt8.self) == 1
      }
      return .bool(BoolColumn(count: count, validity: validity, bits: bits))
    case .int64(let isSigned):
      let spread = try Self.spread(stored, validity, null: Int64(0), pool: &pool)
      if !isSigned { try Self.checkUnsigned(stored) }
      return .int64(PrimitiveColumn(count: count, validity: validity, values: spread))
    case .double:
      let spread = try Self.spread(stored, validity, null: 0.0, pool: &pool)
      return .double(PrimitiveColumn(count: count, validity: validity, values: spread))
    case .utf8, .null, .unsupported:
      let text = try values.text.slice(pool: &pool)
      let pairs = try Self.spread(stored, validity, null: (Int64(0), Int64(0)), pool: &pool)
      let offsets = try Offsets(pairs: pairs, count: count, limit: text.count)
      return .utf8(UTF8Column(count: count, validity: validity, offsets: offsets, buffer: text))
    }
  }

  /// Inserts nulls between the stored values for rows that are null.
  private static func spread<Value: BitwiseCopyable>(
    _ stored: BufferSlice, _ validity: Validity, null: Value, pool: inout MemoryPool
  ) throws(FileError) -> BufferSlice {
    guard validity.nullCount > 0 else { return stored }
    var next = 0
    return try pool.values(validity.count) { (row) throws(FileError) -> Value in
      guard !validity.isNull(row) else { return null }
      defer { next += 1 }
      return stored.value(next, as: Value.self)
    }
  }

  private static func checkUnsigned(_ stored: BufferSlice) throws(FileError) {
    for index in 0..<stored.count / 8 where stored.value(index, as: Int64.self) < 0 {
      let number = stored.value(index, as: UInt64.self)
      throw .unsupported("a value is \(number), more than a signed number of 64 bits")
    }
  }
}
