import Support

/// Reads an Arrow IPC stream, or an Arrow IPC file by its footer.
struct ArrowReader: Sendable {
  private(set) var schema: Schema
  private var fields: [ArrowField]
  private let limits: Limits
  private var decoder: ArrowBatchDecoder
  /// Offsets of a file's dictionaries; none for a stream, whose messages are walked.
  private let dictionaryBlocks: [Int]
  /// Offsets of a file's record batches; nil for a stream.
  private let blocks: [Int]?
  /// Offset of a stream's first message after the schema.
  private let start: Int

  /// Offsets of the dictionaries that are to be read before the next record batch.
  private var pendingDictionaries: ArraySlice<Int>
  /// Offset of a stream's next message, and of the one before.
  private var position: Int
  private var lastPosition = 0
  private var batchIndex = 0
  /// Bytes of the messages so far that the footer, or a part, leads to.
  private var blockBytes = 0
  /// The record batch at which the part that is read ends.
  private var batchEnd = Int.max
  private var firstRow = 0
  /// A record batch that is handed out in slices, and how many of its rows were.
  private var sliced: RecordBatch?
  private var slicedRows = 0

  /// The first and last bytes of the file format.
  static let magic: [UInt8] = Array("ARROW1".utf8)
  /// The most rows of a batch, so that callers can stop often enough. A multiple of 8.
  static let sliceSize = 4096

  /// Opens a stream, which begins with its schema message.
  init(stream file: borrowing InputFile, limits: Limits, keepsStoredTypes: Bool) throws(FileError) {
    guard case .message(let message) = try ArrowMessage.read(file, at: 0, limits: limits), message.kind == .schema
    else {
      throw .damaged("the stream does not begin with a schema", at: 0)
    }
    let table = try FlatbufferTable(root: message.metadata.span.bytes, origin: message.metadataOffset)
    guard let header = try table.table(2) else {
      throw .damaged("a schema message without a schema", at: message.metadataOffset)
    }
    let schema = try ArrowSchema(
      header, isVersion4: message.isVersion4, limits: limits, keepsStoredTypes: keepsStoredTypes)
    self.init(schema, dictionaryBlocks: [], blocks: nil, start: message.end, fileSize: file.size, limits: limits)
  }

  /// Opens a file, whose footer holds the schema and the offsets of all messages.
  init(file: borrowing InputFile, limits: Limits, keepsStoredTypes: Bool) throws(FileError) {
    let footer = try ArrowFooter(file, limits: limits, keepsStoredTypes: keepsStoredTypes)
    self.init(
      footer.schema, dictionaryBlocks: footer.dictionaries, blocks: footer.recordBatches, start: 0,
      fileSize: file.size, limits: limits)
  }

  private init(
    _ parsed: ArrowSchema, dictionaryBlocks: [Int], blocks: [Int]?, start: Int, fileSize: Int, limits: Limits
  ) {
    fields = parsed.fields
    schema = parsed.schema
    self.limits = limits
    decoder = ArrowBatchDecoder(limits: limits, fileSize: fileSize)
    self.dictionaryBlocks = dictionaryBlocks
    self.blocks = blocks
    self.start = start
    pendingDictionaries = dictionaryBlocks[...]
    position = start
  }

  /// Leaves out members of structs that cannot be read.
  mutating func passOverMembers() {
    for index in fields.indices { fields[index].passOverMembers() }
    schema.fields = fields.map(\.field)
  }

  /// The fields of the selected columns that refer to dictionaries, by the dictionaries' numbers.
  private func dictionaryFields(_ selection: [SelectedColumn]) -> [Int64: ArrowField] {
    var found: [Int64: ArrowField] = [:]
    for field in selection.flatMap({ fields[$0.place.column].dictionaries }) {
      if let id = field.dictionary { found[id] = field }
    }
    return found
  }

  /// Throws if a page of the last batch was missing when it was read.
  func checkIntact() throws(FileError) {
    do throws(FileError) { try decoder.checkIntact() } catch {
      throw error.located(part: "record batch \(batchIndex - 1)")
    }
  }

  /// About how much of a file of `size` bytes was handed out, from 0 to 1.
  func share(ofSize size: Int) -> Double {
    let ofBatch = sliced.map { Double(slicedRows) / Double(max(1, $0.rowCount)) } ?? 1
    guard let blocks else {
      return (Double(lastPosition) + Double(position - lastPosition) * ofBatch) / Double(max(1, size))
    }
    return (Double(max(0, batchIndex - 1)) + (batchIndex > 0 ? ofBatch : 0)) / Double(max(1, blocks.count))
  }

  /// Reads the selected columns of the next rows, nil after the last: a record batch, or a slice of a large one.
  mutating func nextBatch(
    _ file: borrowing InputFile, selection: [SelectedColumn]
  ) throws(FileError) -> RecordBatch? {
    if let slice = nextSlice() { return slice }
    do throws(FileError) {
      while let message = try nextMessage(file) {
        switch message.kind {
        case .recordBatch: return try batch(file, message, selection: selection)
        case .dictionaryBatch:
          try decoder.decodeDictionary(
            file, message, dictionaries: dictionaryFields(selection), replaces: blocks == nil)
        case .schema: throw FileError.damaged("a second schema", at: message.metadataOffset)
        }
      }
      return nil
    } catch { throw error.located(part: "record batch \(batchIndex)") }
  }

  private mutating func batch(
    _ file: borrowing InputFile, _ message: ArrowMessage, selection: [SelectedColumn]
  ) throws(FileError) -> RecordBatch? {
    let (columns, rowCount) = try decoder.decode(file, message, fields: fields, selection: selection.map(\.place))
    let selected = Schema(selection.map(\.field), metadata: schema.metadata)
    let batch = try RecordBatch(schema: selected, columns: columns, rowCount: rowCount, firstRow: firstRow)
    firstRow += rowCount
    batchIndex += 1
    guard rowCount > Self.sliceSize else { return batch }
    sliced = batch
    slicedRows = 0
    return nextSlice()
  }

  private mutating func nextSlice() -> RecordBatch? {
    guard let batch = sliced else { return nil }
    let rows = slicedRows..<min(slicedRows + Self.sliceSize, batch.rowCount)
    slicedRows = rows.upperBound
    if rows.upperBound == batch.rowCount { sliced = nil }
    return batch.slice(rows)
  }

  private mutating func nextMessage(_ file: borrowing InputFile) throws(FileError) -> ArrowMessage? {
    if let block = pendingDictionaries.popFirst() {
      let message = try message(file, at: block, .dictionaryBatch)
      blockBytes += message.end - block
      try Self.checkBlocks(blockBytes, in: file)
      return message
    }
    guard batchIndex < batchEnd else { return nil }
    if let blocks {
      guard batchIndex < blocks.count else { return nil }
      let message = try message(file, at: blocks[batchIndex], .recordBatch)
      blockBytes += message.end - blocks[batchIndex]
      try Self.checkBlocks(blockBytes, in: file)
      return message
    }
    guard let message = try message(file, at: position) else { return nil }
    lastPosition = position
    position = message.end
    return message
  }

  /// Refuses messages that lie upon each other: a short file could have any number of them.
  private static func checkBlocks(_ bytes: Int, in file: borrowing InputFile) throws(FileError) {
    guard bytes <= file.size else {
      throw .damaged("the messages have more bytes than the file: some lie upon each other")
    }
  }

  /// A message whose kind is known from the footer.
  private func message(
    _ file: borrowing InputFile, at offset: Int, _ kind: ArrowMessage.Kind
  ) throws(FileError) -> ArrowMessage {
    guard case .message(let message) = try ArrowMessage.read(file, at: offset, limits: limits), message.kind == kind
    else { throw .damaged("the footer promises a message of another kind here", at: offset) }
    return message
  }

  /// A message of a stream, nil at its end.
  private func message(_ file: borrowing InputFile, at position: Int) throws(FileError) -> ArrowMessage? {
    switch try ArrowMessage.read(file, at: position, limits: limits) {
    case .message(let message): return message
    // The mark that ends a stream may be missing.
    case .endOfStream, .endOfFile: return nil
    }
  }
}

// Parts.
extension ArrowReader {
  /// Divides the record batches into parts of at least `size` bytes; reads the headers of all messages, but no column.
  func parts(_ file: borrowing InputFile, size: Int) throws(FileError) -> [TablePart] {
    var builder = TablePartBuilder(size: size, version: file.version)
    if let blocks {
      var bytes = 0
      for (index, block) in blocks.enumerated() {
        do throws(FileError) {
          let message = try message(file, at: block, .recordBatch)
          bytes += message.end - block
          try Self.checkBlocks(bytes, in: file)
          try builder.append(
            rowCount: rowCount(message), byteCount: message.end - block, dictionaries: dictionaryBlocks)
        } catch { throw error.located(part: "record batch \(index)") }
      }
      return builder.finish()
    }
    var dictionaries: [ArrowDictionaries.Message] = []
    var position = start
    var index = 0
    // Dictionaries that change between two record batches are read with the second.
    var unit = (offset: start, dictionaries: 0)
    do throws(FileError) {
      while let message = try message(file, at: position) {
        switch message.kind {
        case .recordBatch:
          try builder.append(
            rowCount: rowCount(message), byteCount: message.end - unit.offset, offset: unit.offset,
            dictionaries: ArrowDictionaries.offsets(after: dictionaries[..<unit.dictionaries]))
          index += 1
          unit = (message.end, dictionaries.count)
        case .dictionaryBatch:
          guard let (id, isDelta) = try ArrowBatchDecoder.dictionary(of: message) else { break }
          dictionaries.append(ArrowDictionaries.Message(id: id, isDelta: isDelta, offset: position))
        case .schema: throw FileError.damaged("a second schema", at: message.metadataOffset)
        }
        position = message.end
      }
    } catch { throw error.located(part: "record batch \(index)") }
    return builder.finish()
  }

  /// Goes to the first row of a part, to read only its rows.
  mutating func seek(to part: TablePart) {
    decoder.removeDictionaries()
    pendingDictionaries = part.dictionaries[...]
    position = part.offset
    batchIndex = part.units.lowerBound
    batchEnd = part.units.upperBound
    blockBytes = 0
    firstRow = part.firstRow
    sliced = nil
  }

  private func rowCount(_ message: ArrowMessage) throws(FileError) -> Int {
    let table = try FlatbufferTable(root: message.metadata.span.bytes, origin: message.metadataOffset)
    guard let batch = try table.table(2) else {
      throw .damaged("a record batch without a description", at: message.metadataOffset)
    }
    return try ArrowBatchHeader.rowCount(batch, bodyLength: message.bodyLength, limits: limits)
  }

  /// Counts the rows of all batches from their headers; no column is read.
  func countRows(_ file: borrowing InputFile) throws(FileError) -> Int {
    try parts(file, size: .max).reduce(0) { $0 + $1.rowCount }
  }
}
