/// Reads the pages of a column chunk one after another into memory that is used again.
struct PageReader: Sendable {
  /// A page that was expanded; valid until the next is read.
  struct Page {
    let header: PageHeader
    /// Place in the file.
    let offset: Int
    let bytes: BufferSlice
  }

  private var window = ChunkWindow(0..<0)
  private var codec = Codec.none
  private var block: MemoryBlock?

  /// The longest header that is believed. Longer ones come from damaged files.
  private static let headerLimit = 1 << 24

  /// Begins a chunk.
  ///
  /// - Throws: where it leads beyond the file, or uses what this reader lacks.
  mutating func begin(_ chunk: ParquetChunk, fileSize: Int) throws(ColumnarFileError) {
    guard !chunk.isEncrypted else { throw .unsupported("encrypted columns are not supported") }
    guard chunk.filePath == nil else { throw .unsupported("columns in other files are not supported") }
    codec = try chunk.codec()
    guard chunk.start >= 4, chunk.start <= fileSize, chunk.compressedSize <= fileSize - chunk.start else {
      throw .damaged(
        "a column chunk of \(chunk.compressedSize) bytes leads beyond the file of \(fileSize)", at: chunk.start)
    }
    window.begin(chunk.start..<chunk.start + chunk.compressedSize)
  }

  /// The next page, nil at the end of the chunk.
  mutating func next(_ file: borrowing InputFile) throws(ColumnarFileError) -> Page? {
    guard window.position < window.end else { return nil }
    let offset = window.position
    let header = try header(file)
    do throws(ColumnarFileError) {
      guard header.compressedSize <= window.end - window.position else {
        throw ColumnarFileError.damaged("a page of \(header.compressedSize) bytes leads beyond its column chunk")
      }
      let stored = try window.peek(header.compressedSize, file)
      let content = BufferSlice(stored.block, start: stored.start, count: header.compressedSize)
      try window.advance(header.compressedSize)
      return Page(header: header, offset: offset, bytes: try expand(content, header))
    } catch { throw error.located(offset: offset) }
  }

  /// Reads a header, whose size nothing tells: it is tried with more and more bytes.
  private mutating func header(_ file: borrowing InputFile) throws(ColumnarFileError) -> PageHeader {
    var size = 1024
    while true {
      let bytes = try window.peek(size, file)
      var reader = CompactReader(bytes.bytes, origin: window.position)
      do throws(ColumnarFileError) {
        let header = try PageHeader(&reader)
        try window.advance(reader.position)
        return header
      } catch {
        let isWhole = bytes.count >= window.end - window.position
        guard !isWhole, bytes.count < Self.headerLimit else { throw error.located(offset: window.position) }
        size = bytes.count * 4
      }
    }
  }

  private mutating func expand(
    _ content: BufferSlice, _ header: PageHeader
  ) throws(ColumnarFileError) -> BufferSlice {
    // Levels of data page V2 stand uncompressed before the values.
    let isSecond = header.kind == .data2
    let (sum, overflow) = header.definitionSize.addingReportingOverflow(header.repetitionSize)
    let levels = isSecond ? sum : 0
    guard !isSecond || !overflow, levels <= content.count, levels <= header.expandedSize else {
      let sizes = "\(header.definitionSize) and \(header.repetitionSize)"
      throw .damaged("levels of \(sizes) bytes in a page of \(content.count)")
    }
    if codec == .none || (isSecond && !header.isCompressed) {
      guard content.count == header.expandedSize else {
        throw .damaged("an uncompressed page has \(content.count) bytes where \(header.expandedSize) are promised")
      }
      return content
    }
    guard header.expandedSize <= Int(Int32.max) else { throw .damaged("a page of \(header.expandedSize) bytes") }
    let target: MemoryBlock
    if let block, block.capacity >= header.expandedSize {
      target = block
    } else {
      target = try MemoryBlock(capacity: header.expandedSize)
      block = target
    }
    target.base.copyMemory(from: content.block.base + content.start, byteCount: levels)
    let values = BufferSlice(content.block, start: content.start + levels, count: content.count - levels)
    let output = UnsafeMutableRawBufferPointer(rebasing: target.bytes[levels..<header.expandedSize])
    try codec.decompress(values.bytes, into: output)
    return BufferSlice(target, count: header.expandedSize)
  }
}
