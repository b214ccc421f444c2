/// Encodes the values of one leaf into pages, and keeps the pages of a row group until all leaves are complete.
struct LeafWriter: Sendable {
  private let leaf: WrittenLeaf
  private let compression: ParquetCompression
  private var levels = LeafLevels()

  /// The page that is filled: levels, values in PLAIN encoding, numbers of the dictionary's values.
  private var repetitions: [UInt8] = []
  private var definitions: [UInt8] = []
  private var values: [UInt8] = []
  private var indices: [UInt32] = []
  private var bounds = ValueBounds()
  private var rowsInPage = 0
  private var rowsInChunk = 0

  /// The pages of the row group, and what is known of them.
  private var pages: [[UInt8]] = []
  private var pagesSize = 0
  private var summary: ChunkSummary
  /// Nil once the values were seen to repeat too little.
  private var dictionary: DictionaryBuilder?
  /// The dictionary of a chunk whose later pages do without.
  private var retired: DictionaryBuilder?

  /// A page is full with so many bytes of values, or so many rows, so that engines can skip within a row group.
  private static let pageSize = 1 << 20
  private static let pageRows = 20_000
  /// A dictionary that outgrows this is given up: it must fit into an engine's cache.
  private static let dictionaryLimit = 1 << 20

  init(_ leaf: WrittenLeaf, _ compression: ParquetCompression) {
    self.leaf = leaf
    self.compression = compression
    summary = ChunkSummary(leaf, compression)
    dictionary = Self.dictionary(for: leaf)
  }

  private static func dictionary(for leaf: WrittenLeaf) -> DictionaryBuilder? {
    switch leaf.type {
    case .int64, .double, .utf8: DictionaryBuilder()
    default: nil
    }
  }

  /// Bytes of values in the row group so far, before compression.
  var size: Int { summary.plainSize + values.count }

  /// Adds the rows of a batch.
  mutating func append(_ top: Column, rowCount: Int) throws(ColumnarFileError) {
    let column = try levels.descend(top, rowCount: rowCount, steps: leaf.steps)
    for index in levels.rows.indices {
      if levels.repetitions[index] == 0 {
        if values.count >= Self.pageSize || rowsInPage >= Self.pageRows { try endPage() }
        rowsInPage += 1
      }
      if leaf.repetition > 0 { repetitions.append(levels.repetitions[index]) }
      if leaf.definition > 0 { definitions.append(levels.definitions[index]) }
      summary.valueCount += 1
      let row = levels.rows[index]
      if row < 0 { bounds.addNull() } else { try append(column, row) }
    }
  }

  private mutating func append(_ column: Column, _ row: Int) throws(ColumnarFileError) {
    let start = values.count
    switch (column, leaf.type) {
    case (.utf8(let column), .utf8):
      guard let length = UInt32(exactly: column.range(row).count), length <= UInt32(Int32.max) else {
        throw ColumnarFileError(.invalidInput, "a text exceeds 2 GiB")
      }
      values.appendNumber(length)
      column.bytes(row).withUnsafeBytes { bytes in
        values.append(contentsOf: bytes)
        bounds.add(bytes)
      }
    case (.int64(let column), .int64):
      let value = column[row] ?? 0
      values.appendNumber(value)
      bounds.add(value)
    case (.double(let column), .double):
      let value = column[row] ?? 0
      values.appendNumber(value.bitPattern)
      bounds.add(value)
    case (.bool(let column), .bool):
      // One byte a value; packed when the page ends.
      values.append(column[row] == true ? 1 : 0)
    default:
      throw ColumnarFileError(.invalidInput, "the values are not of the schema's type \(leaf.type)")
    }
    guard var dictionary = dictionary.take() else { return }
    indices.append(values.withUnsafeBytes { dictionary.index(of: UnsafeRawBufferPointer(rebasing: $0[start...])) })
    self.dictionary = dictionary
  }

  /// Encodes the page that is filled and begins the next.
  private mutating func endPage() throws(ColumnarFileError) {
    guard rowsInPage > 0 else { return }
    if summary.pages.isEmpty { dropUselessDictionary() }
    var content: [UInt8] = []
    content.reserveCapacity(values.count + 1024)
    Self.append(levels: repetitions, highest: leaf.repetition, to: &content)
    Self.append(levels: definitions, highest: leaf.definition, to: &content)
    if let dictionary {
      content.append(UInt8(dictionary.bitWidth))
      RunLengthEncoder.encode(indices, bitWidth: dictionary.bitWidth, into: &content)
      summary.dictionaryPageCount += 1
    } else if leaf.type == .bool {
      Self.append(bits: values, to: &content)
      summary.plainPageCount += 1
    } else {
      content += values
      summary.plainPageCount += 1
    }
    let valueCount = max(repetitions.count, definitions.count, leaf.definition == 0 ? rowsInPage : 0)
    let encoding = dictionary == nil ? PageHeader.Encoding.plain : .rleDictionary
    let size = try appendPage(kind: .data, content) { writer in
      writer.structure(5) { writer in
        writer.int32(1, valueCount)
        writer.int32(2, Int(encoding.rawValue))
        writer.int32(3, Int(PageHeader.Encoding.rle.rawValue))
        writer.int32(4, Int(PageHeader.Encoding.rle.rawValue))
      }
    }
    summary.pages.append(
      ChunkSummary.Page(
        offset: pagesSize - size, size: size, firstRow: rowsInChunk, valueCount: valueCount, bounds: bounds))
    summary.bounds.merge(bounds)
    rowsInChunk += rowsInPage
    beginPage()
    if let dictionary, dictionary.plain.count > Self.dictionaryLimit { retired = self.dictionary.take() }
  }

  /// Decides by the first page whether a dictionary pays.
  private mutating func dropUselessDictionary() {
    guard let dictionary else { return }
    let encoded = dictionary.plain.count + indices.count * dictionary.bitWidth / 8
    if encoded * 5 > values.count * 4 { self.dictionary = nil }
  }

  private mutating func beginPage() {
    repetitions.removeAll(keepingCapacity: true)
    definitions.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    indices.removeAll(keepingCapacity: true)
    bounds = ValueBounds()
    rowsInPage = 0
  }

  /// Compresses a page and adds it with its header; returns the size of both.
  private mutating func appendPage(
    kind: PageHeader.Kind, _ content: [UInt8], _ details: (inout CompactWriter) -> Void
  ) throws(ColumnarFileError) -> Int {
    let compressed = try compression.compress(content)
    guard content.count <= Int(Int32.max), compressed.count <= Int(Int32.max) else {
      throw ColumnarFileError(.invalidInput, "a page of one row exceeds 2 GiB")
    }
    var writer = CompactWriter()
    writer.structureElement { writer in
      writer.int32(1, Int(kind.rawValue))
      writer.int32(2, content.count)
      writer.int32(3, compressed.count)
      details(&writer)
    }
    pages.append(writer.bytes)
    pages.append(compressed)
    let size = writer.bytes.count + compressed.count
    pagesSize += size
    summary.plainSize += writer.bytes.count + content.count
    summary.compressedSize += size
    return size
  }

  /// Writes the pages of the row group and begins the next.
  mutating func endChunk(_ file: inout OutputFile) throws(ColumnarFileError) -> ChunkSummary {
    try endPage()
    let dataPages = pages
    if let dictionary = dictionary ?? retired, summary.dictionaryPageCount > 0 {
      pages = []
      summary.dictionaryOffset = file.count
      _ = try appendPage(kind: .dictionary, dictionary.plain) { writer in
        writer.structure(7) { writer in
          writer.int32(1, dictionary.count)
          writer.int32(2, Int(PageHeader.Encoding.plain.rawValue))
        }
      }
      for page in pages { try file.write(page.span.bytes) }
    }
    summary.dataOffset = file.count
    for index in summary.pages.indices { summary.pages[index].offset += file.count }
    for page in dataPages { try file.write(page.span.bytes) }
    defer {
      pages = []
      pagesSize = 0
      summary = ChunkSummary(leaf, compression)
      dictionary = Self.dictionary(for: leaf)
      retired = nil
      rowsInChunk = 0
    }
    return summary
  }

  /// Adds levels behind their size, as data page V1 has them.
  private static func append(levels: [UInt8], highest: Int, to content: inout [UInt8]) {
    guard highest > 0 else { return }
    var encoded: [UInt8] = []
    RunLengthEncoder.encode(levels, bitWidth: Int.bitWidth - highest.leadingZeroBitCount, into: &encoded)
    content.appendNumber(UInt32(encoded.count))
    content += encoded
  }

  /// Adds truth values as bits.
  private static func append(bits values: [UInt8], to content: inout [UInt8]) {
    var byte: UInt8 = 0
    for (index, value) in values.enumerated() {
      byte |= value << UInt8(index & 7)
      if index & 7 == 7 || index == values.count - 1 {
        content.append(byte)
        byte = 0
      }
    }
  }
}
