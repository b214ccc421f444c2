import Support

/// Reads a Parquet file, a thousand rows at a time.
struct ParquetReader: Sendable {
  /// The rows of a batch, unless its row group has fewer left: as many as `save_to_disk` puts into a record batch.
  static let batchSize = 1000

  private let footer: ParquetFooter
  private var tree: ParquetTree
  private(set) var schema: Schema
  private let limits: Limits
  private var pool: MemoryPool
  private var readers: [ColumnChunkReader]
  private var group = 0
  /// The row group at which the part that is read ends.
  private var groupEnd: Int
  private var rowInGroup = 0
  private var firstRow = 0

  init(_ file: borrowing InputFile, limits: Limits, keepsStoredTypes: Bool) throws(FileError) {
    self.limits = limits
    footer = try ParquetFooter(file, limits: limits)
    groupEnd = footer.rowGroups.count
    tree = try ParquetTree(footer.elements, limits: limits, keepsStoredTypes: keepsStoredTypes)
    readers = tree.leaves.map { ColumnChunkReader($0, limits: limits) }
    pool = MemoryPool(limits: limits)
    // The Arrow schema that Arrow's writers add is not needed here.
    schema = Schema(tree.columns.map(\.field), metadata: footer.metadata.filter { $0.key != "ARROW:schema" })
  }

  /// Number of rows of the file.
  var rowCount: Int { footer.rowCount }

  /// How much of the file was handed out, from 0 to 1.
  var share: Double { Double(firstRow) / Double(max(1, footer.rowCount)) }

  /// Leaves out members of structs that cannot be read.
  mutating func passOverMembers() {
    tree.passOverMembers()
    schema.fields = tree.columns.map(\.field)
  }

  /// Reads the selected columns of the next rows, nil after the last.
  mutating func nextBatch(
    _ file: borrowing InputFile, selection: [SelectedColumn]
  ) throws(FileError) -> RecordBatch? {
    while group < groupEnd && rowInGroup == footer.rowGroups[group].rowCount {
      group += 1
      rowInGroup = 0
    }
    guard group < groupEnd else { return nil }
    do throws(FileError) { return try batch(file, selection) } catch {
      throw error.located(part: "row group \(group)")
    }
  }

  private mutating func batch(
    _ file: borrowing InputFile, _ selection: [SelectedColumn]
  ) throws(FileError) -> RecordBatch {
    let rowGroup = footer.rowGroups[group]
    let nodes = selection.map { tree.columns[$0.place.column].member($0.place.members) }
    // A struct and a member of it may both be selected.
    let leaves = Set(nodes.flatMap(\.leaves)).sorted()
    guard rowGroup.chunks.count == readers.count else {
      throw .damaged("a row group has \(rowGroup.chunks.count) columns where the schema has \(readers.count)")
    }
    // Equal rows take hardly any bytes, so that a short file could claim as many as it likes.
    guard limits.allows(rows: footer.rowCount, inFileOf: file.size) else {
      throw .damaged("\(footer.rowCount) rows in a file of \(file.size) bytes, \(limits.fileRowsInWords)")
    }
    for leaf in leaves { readers[leaf].reset() }
    pool.recycle()
    let count = min(Self.batchSize, rowGroup.rowCount - rowInGroup)
    for leaf in leaves {
      do throws(FileError) {
        if rowInGroup == 0 {
          try readers[leaf].begin(rowGroup.chunks[leaf], fileSize: file.size, missedBytes: footer.missedBytes)
        }
        try readers[leaf].read(count, file, pool: &pool)
        guard rowInGroup + count < rowGroup.rowCount || readers[leaf].isAtEnd else {
          throw FileError.damaged("the column chunk holds more values than \(rowGroup.rowCount) rows have")
        }
      } catch { throw error.located(column: readers[leaf].leaf.path) }
    }
    let assembler = ColumnAssembler(readers: readers, rowCount: count)
    var columns: [Column] = []
    for node in nodes { columns.append(try assembler.column(node, pool: &pool)) }
    let selected = Schema(selection.map(\.field), metadata: schema.metadata)
    let batch = try RecordBatch(schema: selected, columns: columns, rowCount: count, firstRow: firstRow)
    rowInGroup += count
    firstRow += count
    return batch
  }

  /// Divides the row groups into parts of at least `size` bytes.
  func parts(_ file: borrowing InputFile, size: Int) throws(FileError) -> [TablePart] {
    var builder = TablePartBuilder(size: size, version: file.version)
    for group in footer.rowGroups {
      // Sizes that lead beyond the file are refused when their chunk is read.
      let bytes = group.chunks.reduce(0) { $0 + min($1.compressedSize, file.size) }
      try builder.append(rowCount: group.rowCount, byteCount: bytes)
    }
    return builder.finish()
  }

  /// Goes to the first row of a part, to read only its rows.
  mutating func seek(to part: TablePart) {
    group = part.units.lowerBound
    groupEnd = part.units.upperBound
    rowInGroup = 0
    firstRow = part.firstRow
  }
}
