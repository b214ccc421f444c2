import Support

/// Encodes the values of one leaf into pages, and keeps the pages of a row group until all leaves are complete.
struct ColumnChunkWriter: Sendable {
  /// A page that is complete: its header and its compressed content.
  private struct Page: Sendable {
    let header: [UInt8]
    let content: CompressedBytes
    /// Bytes of the content before compression.
    let uncompressedSize: Int

    var size: Int { header.count + content.count }
  }

  private let leaf: WrittenLeaf
  private let compression: ParquetCompression
  private var levels = ColumnLevels()

  /// The page that is filled: levels and values.
  private var repetitions: [UInt8] = []
  private var definitions: [UInt8] = []
  private var values: DataPageValues
  private var bounds = ParquetStatistics()
  private var rowsInPage = 0
  private var rowsInChunk = 0

  /// The pages of the row group, and what is known of them.
  private var pages: [Page] = []
  private var pagesSize = 0
  /// The memory of the pages, reused by the next row group: allocating it each time would fragment the heap more and
  /// more.
  private var pool = MemoryPool()
  private var summary: WrittenColumnChunk

  /// A page is full at that many bytes of values or rows, so that engines can skip within a row group.
  private static let pageSize = 1 << 20
  private static let pageRows = 20_000
  /// A page is this long only if a single text is.
  private static let longPageSize = 4 * pageSize
  /// Memory for the levels of more values than a batch usually has is not kept.
  private static let keptLevels = 1 << 17

  init(_ leaf: WrittenLeaf, _ compression: ParquetCompression) {
    self.leaf = leaf
    self.compression = compression
    summary = WrittenColumnChunk(leaf, compression)
    values = DataPageValues(leaf.type, leaf.stored)
  }

  /// Bytes of values in the row group so far, before compression.
  var size: Int { summary.uncompressedSize + values.size }

  /// Adds the rows of a batch.
  mutating func append(_ top: Column, rowCount: Int) throws(FileError) {
    let column = try levels.descend(top, rowCount: rowCount, steps: leaf.steps)
    // The column's type is examined once, not for each value.
    if let stored = leaf.stored, stored != .binary {
      let type = ParquetStoredType(stored)
      if stored == .token, case .int64(let column) = column {
        return try appendValues { (row, values, _) throws(FileError) in
          guard let number = Int32(exactly: column[row] ?? 0) else {
            throw FileError(.invalidInput, "\(column[row] ?? 0) does not fit into 32 bits")
          }
          withUnsafeBytes(of: number.littleEndian) { values.append(plain: $0) }
        }
      }
      var bytes: [UInt8] = []
      return try appendValues { (row, values, _) throws(FileError) in
        bytes.removeAll(keepingCapacity: true)
        try type.append(row, of: column, to: &bytes)
        bytes.withUnsafeBytes { values.append(plain: $0) }
      }
    }
    switch (column, leaf.type) {
    case (.utf8(let column), .utf8):
      try column.buffer.bytes.withUnsafeBytes { (texts) throws(FileError) in
        try appendValues { (row, values, bounds) throws(FileError) in
          try values.append(UnsafeRawBufferPointer(rebasing: texts[column.range(row)]), &bounds)
        }
      }
    case (.int64(let column), .int64):
      try appendValues { (row, values, bounds) in values.append(column[row] ?? 0, &bounds) }
    case (.double(let column), .double):
      try appendValues { (row, values, bounds) in values.append(column[row] ?? 0, &bounds) }
    case (.bool(let column), .bool):
      try appendValues { (row, values, _) in values.append(column[row] ?? false) }
    case (.null, .null):
      try appendValues { (_, _, _) in }
    default:
      throw FileError(.invalidInput, "the values are not of the schema's type \(leaf.type)")
    }
  }

  @inline(__always)
  private mutating func appendValues(
    _ append: (Int, inout DataPageValues, inout ParquetStatistics) throws(FileError) -> Void
  ) throws(FileError) {
    for index in levels.rows.indices {
      if levels.repetitions[index] == 0 {
        if values.size >= Self.pageSize || rowsInPage >= Self.pageRows { try endPage() }
        rowsInPage += 1
      }
      if leaf.repetition > 0 { repetitions.append(levels.repetitions[index]) }
      if leaf.definition > 0 { definitions.append(levels.definitions[index]) }
      let row = levels.rows[index]
      if row < 0 { bounds.addNull() } else { try append(row, &values, &bounds) }
    }
    summary.valueCount += levels.rows.count
    // Its memory is not held until the next row comes.
    if values.size >= Self.longPageSize { try endPage() }
    if levels.rows.count > Self.keptLevels { levels = ColumnLevels() }
  }

  /// Encodes the page that is filled and begins the next.
  private mutating func endPage() throws(FileError) {
    guard rowsInPage > 0 else { return }
    if summary.pages.isEmpty { values.dropUselessDictionary() }
    var prefix: [UInt8] = []
    Self.append(levels: repetitions, highest: leaf.repetition, to: &prefix)
    Self.append(levels: definitions, highest: leaf.definition, to: &prefix)
    let hasDictionary = values.dictionary != nil
    summary.dictionaryPageCount += hasDictionary ? 1 : 0
    summary.plainPageCount += hasDictionary ? 0 : 1
    let valueCount = max(repetitions.count, definitions.count, leaf.definition == 0 ? rowsInPage : 0)
    let encoding = hasDictionary ? PageHeader.Encoding.rleDictionary : .plain
    let page = try values.withContent(prefix: prefix) { (content) throws(FileError) in
      try Self.page(kind: .data, content, compression, &pool) { writer in
        writer.structField(5) { writer in
          writer.int32(1, valueCount)
          writer.int32(2, Int(encoding.rawValue))
          writer.int32(3, Int(PageHeader.Encoding.rle.rawValue))
          writer.int32(4, Int(PageHeader.Encoding.rle.rawValue))
        }
      }
    }
    count(page)
    summary.pages.append(
      WrittenColumnChunk.Page(
        offset: pagesSize, size: page.size, firstRow: rowsInChunk, valueCount: valueCount, bounds: bounds))
    pages.append(page)
    pagesSize += page.size
    summary.bounds.merge(bounds)
    rowsInChunk += rowsInPage
    beginPage()
  }

  private mutating func beginPage() {
    repetitions.removeAll(keepingCapacity: true)
    definitions.removeAll(keepingCapacity: true)
    values.removeAll()
    bounds = ParquetStatistics()
    rowsInPage = 0
  }

  /// Compresses a page and makes its header.
  private static func page(
    kind: PageHeader.Kind, _ content: UnsafeRawBufferPointer, _ compression: ParquetCompression,
    _ pool: inout MemoryPool,
    _ details: (inout ThriftCompactWriter) -> Void
  ) throws(FileError) -> Page {
    let compressed = try compression.compress(content, pool: &pool)
    guard content.count <= Int(Int32.max), compressed.count <= Int(Int32.max) else {
      throw FileError(.invalidInput, "a page of one row exceeds 2 GiB")
    }
    var writer = ThriftCompactWriter()
    writer.structElement { writer in
      writer.int32(1, Int(kind.rawValue))
      writer.int32(2, content.count)
      writer.int32(3, compressed.count)
      details(&writer)
    }
    return Page(header: writer.bytes, content: compressed, uncompressedSize: content.count)
  }

  private mutating func count(_ page: Page) {
    summary.uncompressedSize += page.header.count + page.uncompressedSize
    summary.compressedSize += page.size
  }

  /// Writes the pages of the row group and begins the next.
  mutating func endChunk(_ file: inout OutputFile) throws(FileError) -> WrittenColumnChunk {
    try endPage()
    if let dictionary = values.chunkDictionary, summary.dictionaryPageCount > 0 {
      summary.dictionaryOffset = file.count
      let page = try dictionary.plain.span.bytes.withUnsafeBytes { (content) throws(FileError) in
        try Self.page(kind: .dictionary, content, compression, &pool) { writer in
          writer.structField(7) { writer in
            writer.int32(1, dictionary.count)
            writer.int32(2, Int(PageHeader.Encoding.plain.rawValue))
          }
        }
      }
      count(page)
      try Self.write(page, &file)
    }
    summary.dataOffset = file.count
    summary.encodeIndexes(chunkOffset: file.count)
    for page in pages { try Self.write(page, &file) }
    defer {
      pages.removeAll(keepingCapacity: true)
      pool.recycle(keepingUpTo: Self.longPageSize)
      pagesSize = 0
      summary = WrittenColumnChunk(leaf, compression)
      values.beginChunk()
      rowsInChunk = 0
    }
    return summary
  }

  private static func write(_ page: Page, _ file: inout OutputFile) throws(FileError) {
    try file.write(page.header.span.bytes)
    try file.write(page.content.slice.bytes)
  }

  /// Adds levels after their size, as data pages V1 have them.
  private static func append(levels: [UInt8], highest: Int, to content: inout [UInt8]) {
    guard highest > 0 else { return }
    var encoded: [UInt8] = []
    RunLengthEncoder.encode(levels, bitWidth: Int.bitWidth - highest.leadingZeroBitCount, into: &encoded)
    content.appendNumber(UInt32(encoded.count))
    content += encoded
  }
}
