import Support

/// Reads the values of one leaf, row by row across its pages.
struct ColumnChunkReader: Sendable {
  let leaf: ParquetLeaf
  private let limits: Limits
  private var pages: PageReader
  private var page: PageReader.Page?
  private var dictionary: ParquetDictionary?
  private var definition: RunLengthDecoder?
  private var repetition: RunLengthDecoder?
  private var decoder = ValueDecoder.none
  private var window = LevelWindow()
  /// Levels of the page and of the chunk that were not decoded yet.
  private var pageRemaining = 0
  private var chunkRemaining = 0

  /// The levels of the batch that was read last; empty if the leaf has none.
  private(set) var definitions: [UInt8] = []
  private(set) var repetitions: [UInt8] = []
  /// The values of the batch that was read last, without nulls.
  private(set) var values = ColumnValues()

  init(_ leaf: ParquetLeaf, limits: Limits) {
    self.leaf = leaf
    self.limits = limits
    pages = PageReader(limits: limits)
  }

  /// Begins a row group.
  ///
  /// - Parameter missedBytes: bytes by which the chunk may be longer than it says.
  mutating func begin(_ chunk: ParquetColumnChunk, fileSize: Int, missedBytes: Int = 0) throws(FileError) {
    if case .unsupported(let name) = leaf.kind { throw .unsupported("the type \(name) is not supported") }
    dictionary = nil
    page = nil
    window.reset()
    pageRemaining = 0
    chunkRemaining = chunk.valueCount
    try pages.begin(chunk, fileSize: fileSize, missedBytes: missedBytes)
  }

  /// Whether all values of the chunk were read.
  var isAtEnd: Bool { chunkRemaining == 0 && window.isEmpty }

  /// Releases the batch that was read last.
  mutating func reset() {
    dictionary?.beginBatch()
    values.reset()
    definitions.removeAll(keepingCapacity: true)
    repetitions.removeAll(keepingCapacity: true)
  }

  /// Reads the next `count` rows, after `reset`.
  mutating func read(
    _ count: Int, _ file: borrowing InputFile, pool: inout MemoryPool
  ) throws(FileError) {
    var rows = 0
    var isComplete = false
    while !isComplete {
      if window.isEmpty {
        // A row without lists ends with its one value; a list ends where the next row begins.
        if leaf.repetition == 0 && rows == count { break }
        guard chunkRemaining > 0 else { break }
        try fillWindow(file, wanted: leaf.repetition == 0 ? count - rows : LevelWindow.size)
      }
      let start = window.position
      isComplete = advance(to: count, &rows)
      if start == 0 || isComplete || window.isEmpty { try take(start..<window.position, pool: &pool) }
    }
    guard rows == count else { throw .damaged("the column chunk ends \(count - rows) rows too early") }
    // The last values are in the batch: an unusually long text is not kept twice.
    if isAtEnd {
      dictionary = nil
      page = nil
    }
    if page == nil || pageRemaining == 0 { pages.release() }
  }

  /// Moves past the levels of the first `count` rows; returns whether the next row has begun.
  private mutating func advance(to count: Int, _ rows: inout Int) -> Bool {
    if leaf.repetition == 0 {
      let taken = min(window.count - window.position, count - rows)
      rows += taken
      window.position += taken
      return rows == count
    }
    while window.position < window.count {
      if window.repetitions[window.position] == 0 {
        if rows == count { return true }
        rows += 1
      }
      window.position += 1
    }
    return false
  }

  /// Adds levels of the window and their values to the batch.
  private mutating func take(_ range: Range<Int>, pool: inout MemoryPool) throws(FileError) {
    guard !range.isEmpty, let page else { return }
    if repetitions.isEmpty && leaf.repetition > 0 && window.repetitions[range.lowerBound] != 0 {
      throw .damaged("a row begins in the middle of a list", at: page.offset)
    }
    guard definitions.count + range.count <= limits.batchValues else {
      throw .damaged("a batch has more than \(limits.batchValues) elements", at: page.offset)
    }
    var present = range.count
    if leaf.definition > 0 {
      definitions += window.definitions[range]
      let highest = UInt8(leaf.definition)
      present = window.definitions[range].reduce(0) { $0 + ($1 == highest ? 1 : 0) }
    }
    if leaf.repetition > 0 { repetitions += window.repetitions[range] }
    do throws(FileError) {
      try decoder.decode(
        present, leaf, from: page.bytes.bytes, dictionary: &dictionary, into: &values, pool: &pool)
    } catch { throw error.located(offset: page.offset) }
  }

  private mutating func fillWindow(
    _ file: borrowing InputFile, wanted: Int
  ) throws(FileError) {
    while pageRemaining == 0 { try nextPage(file) }
    guard let page else { return }
    let count = min(wanted, pageRemaining, LevelWindow.size)
    do throws(FileError) {
      try window.fill(count, &definition, &repetition, from: page.bytes.bytes, leaf)
    } catch { throw error.located(offset: page.offset) }
    pageRemaining -= count
    chunkRemaining -= count
  }

  /// Reads pages up to and including the next data page.
  private mutating func nextPage(_ file: borrowing InputFile) throws(FileError) {
    page = nil
    while let next = try pages.next(file) {
      do throws(FileError) {
        switch next.header.kind {
        case .dictionary: try readDictionary(next)
        case .data, .data2:
          try begin(next)
          return
        case .index, nil: break
        }
      } catch { throw error.located(offset: next.offset) }
    }
    throw .damaged("the column chunk ends \(chunkRemaining) values too early")
  }

  private mutating func readDictionary(_ page: PageReader.Page) throws(FileError) {
    guard dictionary == nil else { throw .damaged("a second dictionary") }
    let encoding = try page.header.encoding()
    guard encoding == .plain || encoding == .plainDictionary else {
      throw .unsupported("dictionaries in encoding \(encoding) are not supported")
    }
    // The page's memory is reused, but the dictionary must last for the chunk: it takes over what is not kept.
    let isTakenOver = pages.releaseLarge(page.bytes.block)
    var bytes = page.bytes
    if !isTakenOver {
      let block = try MemoryBlock(capacity: bytes.count)
      block.base.copyMemory(from: bytes.block.base + bytes.start, byteCount: bytes.count)
      bytes = BufferSlice(block, count: bytes.count)
    }
    dictionary = try ParquetDictionary(leaf, bytes, count: page.header.valueCount)
  }

  /// Prepares the levels and values of a data page.
  private mutating func begin(_ page: PageReader.Page) throws(FileError) {
    let header = page.header
    guard header.valueCount <= chunkRemaining else {
      throw .damaged("a page of \(header.valueCount) values where \(chunkRemaining) are left in the column chunk")
    }
    guard header.valueCount <= limits.batchValues else {
      throw .damaged("a page of \(header.valueCount) values is beyond the limit of \(limits.batchValues)")
    }
    let bytes = page.bytes.bytes
    var start = 0
    if header.kind == .data2 {
      start = header.repetitionSize + header.definitionSize
      repetition = try Self.levels(0..<header.repetitionSize, highest: leaf.repetition)
      definition = try Self.levels(header.repetitionSize..<start, highest: leaf.definition)
    } else {
      repetition = try Self.levels(&start, bytes, header.repetitionEncodingNumber, highest: leaf.repetition)
      definition = try Self.levels(&start, bytes, header.definitionEncodingNumber, highest: leaf.definition)
    }
    decoder = try ValueDecoder(
      header.encoding(), leaf, start..<bytes.byteCount, of: bytes, count: header.valueCount)
    pageRemaining = header.valueCount
    self.page = page
  }

  private static func levels(_ range: Range<Int>, highest: Int) throws(FileError) -> RunLengthDecoder? {
    highest == 0 ? nil : try RunLengthDecoder(range, bitWidth: Int.bitWidth - highest.leadingZeroBitCount)
  }

  /// Levels of a data page V1, which follow their size of 4 bytes.
  private static func levels(
    _ start: inout Int, _ page: RawSpan, _ encoding: Int64, highest: Int
  ) throws(FileError) -> RunLengthDecoder? {
    guard highest > 0 else { return nil }
    guard encoding == PageHeader.Encoding.rle.rawValue else {
      throw .unsupported("levels in encoding number \(encoding) are not supported")
    }
    let size = Int(try page.integer(at: start, as: UInt32.self))
    let begin = start + 4
    guard size <= page.byteCount - begin else { throw .damaged("levels of \(size) bytes lead beyond their page") }
    start = begin + size
    return try levels(begin..<start, highest: highest)
  }
}

/// Definition and repetition levels that were decoded ahead, because only the next row's first level shows that a row
/// has ended.
struct LevelWindow: Sendable {
  private(set) var definitions: [UInt8] = []
  private(set) var repetitions: [UInt8] = []
  /// Number of levels that were taken.
  var position = 0
  /// Number of levels that were decoded.
  private(set) var count = 0

  /// How many levels are decoded at once.
  static let size = 1024

  var isEmpty: Bool { position == count }

  /// Decodes the next levels; without a decoder all are 0.
  mutating func fill(
    _ wanted: Int, _ definition: inout RunLengthDecoder?, _ repetition: inout RunLengthDecoder?, from page: RawSpan,
    _ leaf: ParquetLeaf
  ) throws(FileError) {
    count = min(wanted, Self.size)
    position = 0
    try Self.decode(&definition, count, into: &definitions, from: page, limit: leaf.definition)
    try Self.decode(&repetition, count, into: &repetitions, from: page, limit: leaf.repetition)
  }

  private static func decode(
    _ decoder: inout RunLengthDecoder?, _ count: Int, into levels: inout [UInt8], from page: RawSpan, limit: Int
  ) throws(FileError) {
    if levels.count < size { levels = [UInt8](repeating: 0, count: size) }
    guard decoder != nil else { return }
    var failure: FileError?
    var highest: UInt8 = 0
    levels.withUnsafeMutableBufferPointer { levels in
      let output = UnsafeMutableBufferPointer(rebasing: levels[..<count])
      do throws(FileError) { try decoder?.decode(into: output, from: page) } catch { failure = error }
      for level in output { highest = max(highest, level) }
    }
    if let failure { throw failure }
    guard highest <= limit else { throw .damaged("a level of \(highest) where \(limit) is the highest") }
  }

  /// Forgets what was decoded.
  mutating func reset() {
    position = 0
    count = 0
    definitions.removeAll(keepingCapacity: true)
    repetitions.removeAll(keepingCapacity: true)
  }
}
