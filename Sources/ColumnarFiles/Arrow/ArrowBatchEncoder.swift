import Support

/// Lays the columns of a batch out as Arrow buffers.
struct ArrowBatchEncoder {
  /// Bytes of a buffer: those of a column, or ones that were made.
  enum Buffer {
    case slice(BufferSlice)
    case bytes([UInt8])

    var count: Int {
      switch self {
      case .slice(let slice): slice.count
      case .bytes(let bytes): bytes.count
      }
    }
  }

  /// Length and number of nulls of each column, parents before children.
  private(set) var nodes: [Int64] = []
  private(set) var buffers: [Buffer] = []

  /// Adds rows of a column and all below it.
  ///
  /// - Throws: `FileError` if the column is of another type than `type`, or its texts exceed 2 GiB.
  mutating func append(_ column: Column, _ rows: Range<Int>, as field: Field) throws(FileError) {
    let type = field.type
    let isWhole = rows == 0..<column.count
    let nullCount = isWhole ? column.nullCount : rows.reduce(0) { $0 + (column.isNull($1) ? 1 : 0) }
    nodes += [Int64(rows.count), Int64(nullCount)]
    if let stored = field.stored, stored != .binary {
      guard Self.agree(column, type) else { throw Self.mismatch(type) }
      append(column.validity, rows, nullCount)
      return buffers.append(.bytes(try stored.values(of: column, rows)))
    }
    switch (column, type) {
    case (.null, .null): break
    case (.bool(let column), .bool):
      append(column.validity, rows, nullCount)
      buffers.append(.bytes(Self.bits(rows) { column[$0] ?? false }))
    case (.int64(let column), .int64):
      append(column.validity, rows, nullCount)
      buffers.append(.slice(column.values.slice(rows.lowerBound * 8, count: rows.count * 8)))
    case (.double(let column), .double):
      append(column.validity, rows, nullCount)
      buffers.append(.slice(column.values.slice(rows.lowerBound * 8, count: rows.count * 8)))
    case (.utf8(let column), .utf8):
      append(column.validity, rows, nullCount)
      guard !column.offsets.isScattered else { return try appendCopies(of: column, rows) }
      let data = try append(column.offsets, rows)
      buffers.append(.slice(column.buffer.slice(data.lowerBound, count: data.count)))
    case (.list(let column), .list(let element)):
      append(column.validity, rows, nullCount)
      let elements = try append(column.offsets, rows)
      try append(column.elements, elements, as: element)
    case (.struct(let column), .struct(let fields)):
      append(column.validity, rows, nullCount)
      guard fields.map(\.name) == column.fields.map(\.name) else { throw Self.mismatch(type) }
      for (field, part) in zip(fields, column.columns) { try append(part, rows, as: field) }
    default: throw Self.mismatch(type)
    }
  }

  private static func agree(_ column: Column, _ type: ColumnType) -> Bool {
    switch (column, type) {
    case (.int64, .int64), (.double, .double), (.utf8, .utf8): true
    default: false
    }
  }

  private static func mismatch(_ type: ColumnType) -> FileError {
    FileError(.invalidInput, "the values are not of the schema's type \(type)")
  }

  private mutating func append(_ validity: Validity, _ rows: Range<Int>, _ nullCount: Int) {
    if nullCount == 0 {
      buffers.append(.bytes([]))
    } else if let bits = validity.bits, rows.lowerBound == 0 {
      buffers.append(.slice(BufferSlice(bits.block, start: bits.start, count: (rows.count + 7) / 8)))
    } else {
      buffers.append(.bytes(Self.bits(rows) { !validity.isNull($0) }))
    }
  }

  /// Adds offsets that begin at 0; returns the range of the values that they refer to.
  private mutating func append(_ offsets: Offsets, _ rows: Range<Int>) throws(FileError) -> Range<Int> {
    guard !rows.isEmpty else {
      buffers.append(.bytes([0, 0, 0, 0]))
      return 0..<0
    }
    let start = offsets.range(rows.lowerBound).lowerBound
    let end = offsets.range(rows.upperBound - 1).upperBound
    if start == 0, let stored = offsets.narrow(rows) {
      buffers.append(.slice(stored))
      return start..<end
    }
    guard end - start <= Int(Int32.max) else { throw Self.tooLong }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count * 4 + 4)
    for row in rows { bytes.appendNumber(Int32(offsets.range(row).lowerBound - start)) }
    bytes.appendNumber(Int32(end - start))
    buffers.append(.bytes(bytes))
    return start..<end
  }

  /// Adds offsets and texts of a column whose rows share texts, as those of a dictionary do.
  private mutating func appendCopies(of column: UTF8Column, _ rows: Range<Int>) throws(FileError) {
    var offsets: [UInt8] = [0, 0, 0, 0]
    var texts: [UInt8] = []
    for row in rows {
      column.bytes(row).withUnsafeBytes { texts.append(contentsOf: $0) }
      guard let end = Int32(exactly: texts.count) else { throw Self.tooLong }
      offsets.appendNumber(end)
    }
    buffers += [.bytes(offsets), .bytes(texts)]
  }

  private static var tooLong: FileError {
    FileError(.invalidInput, "the texts of one batch together exceed 2 GiB")
  }

  private static func bits(_ rows: Range<Int>, _ isSet: (Int) -> Bool) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (rows.count + 7) / 8)
    for (index, row) in rows.enumerated() where isSet(row) { bytes[index >> 3] |= 1 << UInt8(index & 7) }
    return bytes
  }
}
