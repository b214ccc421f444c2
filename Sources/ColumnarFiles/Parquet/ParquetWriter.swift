public import Support

/// Writes a Parquet file: data pages V1, dictionaries where they pay off, statistics, a page index, lists in three
/// levels.
///
/// Encoded pages of one row group are held in memory. The file appears under its name when `finish` succeeds; otherwise
/// nothing is left.
public struct ParquetWriter: ~Copyable {
  /// How a file is laid out.
  public struct Options: Sendable, Hashable {
    /// How pages are compressed.
    public var compression: ParquetCompression
    /// A row group ends with that many bytes of values, before compression.
    public var rowGroupSize: Int
    /// A row group ends with that many rows.
    public var rowGroupRows: Int

    /// Row groups of 64 MiB or 122,880 rows, which is what DuckDB takes, leave engines several to read at once.
    public init(
      compression: ParquetCompression = .snappy, rowGroupSize: Int = 64 << 20, rowGroupRows: Int = 122_880
    ) {
      self.compression = compression
      self.rowGroupSize = rowGroupSize
      self.rowGroupRows = rowGroupRows
    }
  }

  private struct RowGroup {
    var chunks: [WrittenColumnChunk]
    let rowCount: Int
    let offset: Int
  }

  private let schema: Schema
  private let path: String
  private let options: Options
  private var file: OutputFile
  private let columns: [Int]
  private var leaves: [ColumnChunkWriter]
  private var groups: [RowGroup] = []
  private var rowsInGroup = 0

  /// Begins a file.
  ///
  /// - Parameter isDurable: whether `finish` waits until the file is on the disk.
  /// - Throws: `FileError` if the file cannot be made, or a column's type is one that cannot be written.
  public init(
    path: String, schema: Schema, options: Options = Options(), isDurable: Bool = true
  ) throws(FileError) {
    let written: [WrittenLeaf]
    do throws(FileError) { written = try WrittenLeaf.leaves(schema) } catch { throw error.located(path: path) }
    var file = try OutputFile(path: path, isDurable: isDurable)
    let magic = ParquetFooter.magic
    try file.write(magic.span.bytes)
    self.file = file
    self.schema = schema
    self.path = path
    self.options = options
    columns = written.map(\.column)
    leaves = written.map { ColumnChunkWriter($0, options.compression) }
  }

  /// Adds the rows of a batch.
  ///
  /// - Throws: `FileError` if the file cannot be written, or the columns contradict the schema.
  public mutating func write(_ batch: RecordBatch) throws(FileError) {
    guard batch.columns.count == schema.fields.count else {
      throw FileError(.invalidInput, "\(batch.columns.count) columns for a schema of \(schema.fields.count)")
        .located(path: path)
    }
    // A text that is nearly a row group by itself becomes one, so that memory does not hold others beside it.
    let isLong = batch.columns.reduce(0) { $0 + Self.textSize($1) } > options.rowGroupSize / 2
    if isLong { try endRowGroup() }
    var size = 0
    for index in leaves.indices {
      do throws(FileError) {
        try leaves[index].append(batch.columns[columns[index]], rowCount: batch.rowCount)
      } catch { throw error.located(path: path, column: schema.fields[columns[index]].name) }
      size += leaves[index].size
    }
    rowsInGroup += batch.rowCount
    if isLong || size >= options.rowGroupSize || rowsInGroup >= options.rowGroupRows { try endRowGroup() }
  }

  /// Bytes of all texts in a column and below it.
  private static func textSize(_ column: Column) -> Int {
    switch column {
    case .utf8(let column): column.data.byteCount
    case .list(let column): textSize(column.elements)
    case .struct(let column): column.columns.reduce(0) { $0 + textSize($1) }
    case .null, .bool, .int64, .double: 0
    }
  }

  private mutating func endRowGroup() throws(FileError) {
    guard rowsInGroup > 0 else { return }
    let offset = file.count
    var chunks: [WrittenColumnChunk] = []
    for index in leaves.indices { chunks.append(try leaves[index].endChunk(&file)) }
    groups.append(RowGroup(chunks: chunks, rowCount: rowsInGroup, offset: offset))
    rowsInGroup = 0
  }

  /// Writes what is left and the footer, and puts the file under its name.
  ///
  /// - Returns: the size of the file in bytes.
  public consuming func finish() throws(FileError) -> Int {
    try endRowGroup()
    try writePageIndex()
    let footer = try footer()
    try file.write(footer.span.bytes)
    var tail: [UInt8] = []
    tail.appendNumber(UInt32(footer.count))
    tail += ParquetFooter.magic
    try file.write(tail.span.bytes)
    let size = file.count
    try file.commit()
    return size
  }

  /// Writes the bounds of all pages, then the locations of all pages.
  private mutating func writePageIndex() throws(FileError) {
    for group in groups.indices {
      for chunk in groups[group].chunks.indices {
        guard let bytes = groups[group].chunks[chunk].columnIndexBytes else { continue }
        groups[group].chunks[chunk].columnIndex = file.count..<file.count + bytes.count
        try file.write(bytes.span.bytes)
      }
    }
    for group in groups.indices {
      for chunk in groups[group].chunks.indices {
        let bytes = groups[group].chunks[chunk].offsetIndexBytes
        groups[group].chunks[chunk].offsetIndex = file.count..<file.count + bytes.count
        try file.write(bytes.span.bytes)
      }
    }
  }

  /// Makes the struct `FileMetaData`.
  private func footer() throws(FileError) -> [UInt8] {
    let arrowSchema = Array(Base64.encode(try ArrowMetadata.schemaMessage(schema)).utf8)
    let metadata = schema.metadata.map { (Array($0.key.utf8), Array($0.value.utf8)) }
    let elements = ParquetSchemaWriter.count(schema.fields)
    var writer = ThriftCompactWriter()
    writer.structElement { writer in
      // Version 2 of the format, in which all that is used here is defined.
      writer.int32(1, 2)
      writer.list(2, .struct, count: elements + 1)
      ParquetSchemaWriter.write(schema, &writer)
      writer.int64(3, groups.reduce(0) { $0 + $1.rowCount })
      writer.list(4, .struct, count: groups.count)
      for (number, group) in groups.enumerated() { Self.write(group, number, &writer) }
      writer.list(5, .struct, count: metadata.count + 1)
      // Arrow's readers restore from this what Parquet's types do not say.
      for (key, value) in metadata + [(Array("ARROW:schema".utf8), arrowSchema)] {
        writer.structElement { writer in
          writer.binary(1, key)
          writer.binary(2, value)
        }
      }
      writer.binary(6, "tokenstats version 1.0.0".utf8)
      // Bounds are in the order that the type defines.
      writer.list(7, .struct, count: leaves.count)
      for _ in leaves { writer.structElement { $0.structField(1) { _ in } } }
    }
    return writer.bytes
  }

  /// Writes the struct `RowGroup`.
  private static func write(_ group: RowGroup, _ number: Int, _ writer: inout ThriftCompactWriter) {
    writer.structElement { writer in
      writer.list(1, .struct, count: group.chunks.count)
      for chunk in group.chunks { chunk.write(&writer) }
      writer.int64(2, group.chunks.reduce(0) { $0 + $1.uncompressedSize })
      writer.int64(3, group.rowCount)
      writer.int64(5, group.offset)
      writer.int64(6, group.chunks.reduce(0) { $0 + $1.compressedSize })
    }
  }
}
