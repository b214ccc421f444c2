/// What the footer and the page index say of a column chunk that was written.
struct WrittenColumnChunk: Sendable {
  struct Page: Sendable {
    /// Bytes from the chunk's first data page to this one.
    let offset: Int
    /// With the header.
    let size: Int
    /// Number in the row group of its first row.
    let firstRow: Int
    let valueCount: Int
    let bounds: ParquetStatistics
  }

  let leaf: WrittenLeaf
  let compression: ParquetCompression
  var valueCount = 0
  /// Sizes of all pages with their headers.
  var uncompressedSize = 0
  var compressedSize = 0
  var dictionaryOffset: Int?
  var dataOffset = 0
  /// Number of data pages in RLE_DICTIONARY and in PLAIN.
  var dictionaryPageCount = 0
  var plainPageCount = 0
  var bounds = ParquetStatistics()
  /// The chunk's pages so far.
  var pages: [Page] = []
  /// The page index of a complete chunk, as the file will hold it. It is kept until the file ends, and takes a fraction
  /// of the memory of the pages.
  private(set) var columnIndexBytes: [UInt8]?
  private(set) var offsetIndexBytes: [UInt8] = []
  var columnIndex: Range<Int>?
  var offsetIndex: Range<Int>?

  init(_ leaf: WrittenLeaf, _ compression: ParquetCompression) {
    self.leaf = leaf
    self.compression = compression
  }

  /// Writes the struct `ColumnChunk`.
  func write(_ writer: inout ThriftCompactWriter) {
    writer.structElement { writer in
      writer.int64(2, 0)
      writer.structField(3) { writeMetadata(&$0) }
      if let offsetIndex {
        writer.int64(4, offsetIndex.lowerBound)
        writer.int32(5, offsetIndex.count)
      }
      if let columnIndex {
        writer.int64(6, columnIndex.lowerBound)
        writer.int32(7, columnIndex.count)
      }
    }
  }

  /// Writes the struct `ColumnMetaData`.
  private func writeMetadata(_ writer: inout ThriftCompactWriter) {
    let encodings = [0, 3] + (dictionaryOffset == nil ? [] : [8])
    writer.int32(1, leaf.physicalType)
    writer.list(2, .int32, count: encodings.count)
    for encoding in encodings { writer.integerElement(encoding) }
    writer.list(3, .binary, count: leaf.path.count)
    for name in leaf.path { writer.binaryElement(name.utf8) }
    writer.int32(4, compression.number)
    writer.int64(5, valueCount)
    writer.int64(6, uncompressedSize)
    writer.int64(7, compressedSize)
    writer.int64(9, dataOffset)
    if let dictionaryOffset { writer.int64(11, dictionaryOffset) }
    writer.structField(12) { writeStatistics(&$0) }
    writeEncodingStatistics(&writer)
  }

  /// Writes the struct `Statistics`.
  private func writeStatistics(_ writer: inout ThriftCompactWriter) {
    writer.int64(3, bounds.nullCount)
    let (minimum, maximum) = (bounds.minimum, bounds.maximum)
    if let maximum { writer.binary(5, maximum.bytes) }
    if let minimum { writer.binary(6, minimum.bytes) }
    if let maximum { writer.bool(7, maximum.isExact) }
    if let minimum { writer.bool(8, minimum.isExact) }
  }

  /// Writes a list of the struct `PageEncodingStats`: kind of page, encoding, number of pages.
  private func writeEncodingStatistics(_ writer: inout ThriftCompactWriter) {
    let counts = [
      (2, 0, dictionaryOffset == nil ? 0 : 1), (0, 8, dictionaryPageCount), (0, 0, plainPageCount),
    ].filter { $0.2 > 0 }
    writer.list(13, .struct, count: counts.count)
    for (kind, encoding, count) in counts {
      writer.structElement { writer in
        writer.int32(1, kind)
        writer.int32(2, encoding)
        writer.int32(3, count)
      }
    }
  }

  /// Replaces what is known of the pages by the page index.
  ///
  /// - Parameter chunkOffset: offset in the file of the first data page.
  mutating func encodeIndexes(chunkOffset: Int) {
    columnIndexBytes = encodedColumnIndex()
    offsetIndexBytes = encodedOffsetIndex(chunkOffset)
    pages = []
  }

  /// Makes the struct `ColumnIndex`: bounds and nulls of each page; nil if a page has values but no bounds.
  private func encodedColumnIndex() -> [UInt8]? {
    let isNull = pages.map { $0.bounds.nullCount == $0.valueCount }
    for (page, isNull) in zip(pages, isNull) where !isNull {
      if page.bounds.minimum == nil || page.bounds.maximum == nil { return nil }
    }
    var writer = ThriftCompactWriter()
    writer.structElement { writer in
      writer.list(1, .true, count: pages.count)
      for value in isNull { writer.boolElement(value) }
      writer.list(2, .binary, count: pages.count)
      for page in pages { writer.binaryElement(page.bounds.minimum?.bytes ?? []) }
      writer.list(3, .binary, count: pages.count)
      for page in pages { writer.binaryElement(page.bounds.maximum?.bytes ?? []) }
      // The bounds are in no particular order.
      writer.int32(4, 0)
      writer.list(5, .int64, count: pages.count)
      for page in pages { writer.integerElement(page.bounds.nullCount) }
    }
    return writer.bytes
  }

  /// Makes the struct `OffsetIndex`: where each page is and with which row it begins.
  private func encodedOffsetIndex(_ chunkOffset: Int) -> [UInt8] {
    var writer = ThriftCompactWriter()
    writer.structElement { writer in
      writer.list(1, .struct, count: pages.count)
      for page in pages {
        writer.structElement { writer in
          writer.int64(1, chunkOffset + page.offset)
          writer.int32(2, page.size)
          writer.int64(3, page.firstRow)
        }
      }
    }
    return writer.bytes
  }
}
