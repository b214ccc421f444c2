import CZlib
import Support

/// Reads the pages of a column chunk one after another into memory that is reused.
struct PageReader: Sendable {
  /// A page after decompression; valid until the next is read.
  struct Page {
    let header: PageHeader
    /// Offset in the file.
    let offset: Int
    let bytes: BufferSlice
  }

  private var window = ChunkWindow(0..<0)
  private var codec = Codec.none
  private var block: MemoryBlock?
  private let limits: Limits

  /// The longest header that is read; only damaged files have longer ones.
  private static let headerLimit = 1 << 24
  /// A block beyond this is not kept for the next page.
  fileprivate static let keptSize = 16 << 20

  init(limits: Limits) { self.limits = limits }

  /// Begins a chunk.
  ///
  /// - Throws: `FileError` if it leads beyond the file, or uses something that is not supported.
  mutating func begin(_ chunk: ParquetColumnChunk, fileSize: Int, missedBytes: Int = 0) throws(FileError) {
    guard !chunk.isEncrypted else { throw .unsupported("encrypted columns are not supported") }
    guard chunk.filePath == nil else { throw .unsupported("columns in other files are not supported") }
    codec = try chunk.codec()
    guard chunk.start >= 4, chunk.start <= fileSize, chunk.compressedSize <= fileSize - chunk.start else {
      throw .damaged(
        "a column chunk of \(chunk.compressedSize) bytes leads beyond the file of \(fileSize)", at: chunk.start)
    }
    let end = chunk.start + chunk.compressedSize
    window.begin(chunk.start..<min(end + missedBytes, fileSize))
  }

  /// The next page, nil at the end of the chunk.
  mutating func next(_ file: borrowing InputFile) throws(FileError) -> Page? {
    guard window.position < window.end else { return nil }
    let offset = window.position
    let header = try header(file)
    do throws(FileError) {
      guard header.compressedSize <= window.end - window.position else {
        throw FileError.damaged("a page of \(header.compressedSize) bytes leads beyond its column chunk")
      }
      let stored = try window.peek(header.compressedSize, file)
      let content = BufferSlice(stored.block, start: stored.start, count: header.compressedSize)
      try window.advance(header.compressedSize)
      if let checksum = header.checksum { try Self.check(content, checksum) }
      return Page(header: header, offset: offset, bytes: try expand(content, header))
    } catch { throw error.located(offset: offset) }
  }

  /// Lets go of the memory of a page if it is unusually large; false if it will be used again.
  mutating func releaseLarge(_ page: MemoryBlock) -> Bool {
    guard page.capacity > Self.keptSize else { return false }
    release()
    return true
  }

  /// Lets go of the memory of an unusually large page, to which the caller may still refer.
  mutating func release() {
    if (block?.capacity ?? 0) > Self.keptSize { block = nil }
    window.release()
  }

  /// Makes sure that a page as it is stored has its checksum.
  private static func check(_ content: BufferSlice, _ checksum: UInt32) throws(FileError) {
    let found = content.bytes.withUnsafeBytes { bytes in
      UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
    }
    guard found == checksum else { throw .damaged("the checksum of a page is not that of its bytes") }
  }

  /// Reads a header. Its size is not stored, so it is parsed from more and more bytes until it is complete.
  private mutating func header(_ file: borrowing InputFile) throws(FileError) -> PageHeader {
    var size = 1024
    while true {
      let bytes = try window.peek(size, file)
      var reader = ThriftCompactReader(bytes.bytes, origin: window.position)
      do throws(FileError) {
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
  ) throws(FileError) -> BufferSlice {
    // The levels of a data page V2 precede the values and are not compressed.
    let isSecond = header.kind == .data2
    let (sum, overflow) = header.definitionSize.addingReportingOverflow(header.repetitionSize)
    let levels = isSecond ? sum : 0
    guard !isSecond || !overflow, levels <= content.count, levels <= header.uncompressedSize else {
      let sizes = "\(header.definitionSize) and \(header.repetitionSize)"
      throw .damaged("levels of \(sizes) bytes in a page of \(content.count)")
    }
    // pyarrow before 3.0 compressed such pages and said that it did not: then the sizes differ.
    let isPlain = isSecond && !header.isCompressed && content.count == header.uncompressedSize
    if codec == .none || isPlain {
      guard content.count == header.uncompressedSize else {
        throw .damaged("an uncompressed page has \(content.count) bytes where \(header.uncompressedSize) are promised")
      }
      return content
    }
    try codec.checkExpansion(of: content.count - levels, to: header.uncompressedSize - levels, limits)
    guard header.uncompressedSize <= limits.bufferBytes else {
      throw .tooMuch("a page of \(header.uncompressedSize) bytes is beyond the limit of \(limits.bufferBytes)")
    }
    let target: MemoryBlock
    if let block, block.capacity >= header.uncompressedSize {
      target = block
    } else {
      block = nil
      target = try MemoryBlock(capacity: header.uncompressedSize)
      block = target
    }
    target.base.copyMemory(from: content.block.base + content.start, byteCount: levels)
    let values = BufferSlice(content.block, start: content.start + levels, count: content.count - levels)
    let output = UnsafeMutableRawBufferPointer(rebasing: target.bytes[levels..<header.uncompressedSize])
    try codec.decompress(values.bytes, into: output)
    window.release()
    return BufferSlice(target, count: header.uncompressedSize)
  }
}

/// A moving piece of a column chunk in memory.
struct ChunkWindow: Sendable {
  private var block: MemoryBlock?
  /// The range of the file that the block holds.
  private var range = 0..<0
  /// Offset in the file of the next byte to be read.
  private(set) var position: Int
  /// End of the chunk.
  let end: Int

  /// The least that is read at once.
  private static let step = 1 << 18

  /// - Parameter range: the chunk's range of the file, checked against the file's size.
  init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// Begins another chunk with the memory of this one.
  mutating func begin(_ chunk: Range<Int>) {
    let block = block
    self = ChunkWindow(chunk)
    self.block = block
  }

  /// Lets go of an unusually large block, to which the caller may still refer; what follows is read again.
  mutating func release() {
    guard let block, block.capacity > PageReader.keptSize else { return }
    self.block = nil
    range = position..<position
  }

  /// The next bytes: at least `count`, or as many as are left in the chunk.
  mutating func peek(_ count: Int, _ file: borrowing InputFile) throws(FileError) -> BufferSlice {
    let wanted = min(count, end - position)
    if !(range.lowerBound <= position && position + wanted <= range.upperBound) {
      let size = min(max(wanted, Self.step), end - position)
      if (block?.capacity ?? -1) < size { block = try MemoryBlock(capacity: size) }
      range = position..<position
      if let block { try file.read(into: UnsafeMutableRawBufferPointer(rebasing: block.bytes[..<size]), at: position) }
      range = position..<position + size
    }
    let held: MemoryBlock
    if let block { held = block } else { held = try MemoryBlock(capacity: 0) }
    return BufferSlice(held, start: position - range.lowerBound, count: range.upperBound - position)
  }

  /// Skips bytes.
  ///
  /// - Throws: `FileError` if the chunk has fewer.
  mutating func advance(_ count: Int) throws(FileError) {
    guard count <= end - position else {
      throw .damaged("a page of \(count) bytes leads beyond its column chunk, which ends at \(end)", at: position)
    }
    position += count
  }
}
