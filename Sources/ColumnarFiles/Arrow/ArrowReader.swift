/// Reads an Arrow IPC stream, or an Arrow IPC file by its footer.
struct ArrowReader: Sendable {
  private let fields: [ArrowField]
  let schema: Schema
  private let dictionaries: [Int64: ArrowField]
  private var decoder = ArrowBatchDecoder()
  /// Where the dictionaries of a file stand that are still to be read.
  private var dictionaryBlocks: [Int]
  /// Where the record batches of a file stand; nil for a stream, whose messages are walked.
  private let blocks: [Int]?
  private var nextBlock = 0
  private var position: Int
  private let start: Int
  private var batchIndex = 0
  private var firstRow = 0

  /// The first and last bytes of the file format.
  static let magic: [UInt8] = Array("ARROW1".utf8)

  /// Opens a stream, which begins with its schema message.
  init(stream file: borrowing InputFile) throws(ColumnarFileError) {
    guard case .message(let message) = try ArrowMessage.read(file, at: 0), message.kind == .schema else {
      throw .damaged("the stream does not begin with a schema", at: 0)
    }
    let parsed = try Self.schema(message)
    self.init(parsed, dictionaryBlocks: [], blocks: nil, position: message.end)
  }

  /// Opens a file, whose footer holds the schema and the places of all messages.
  init(file: borrowing InputFile) throws(ColumnarFileError) {
    let footer = try ArrowFooter(file)
    self.init(
      footer.schema, dictionaryBlocks: footer.dictionaries, blocks: footer.recordBatches, position: 0)
  }

  private init(
    _ parsed: ArrowSchema, dictionaryBlocks: [Int], blocks: [Int]?, position: Int
  ) {
    self.dictionaryBlocks = dictionaryBlocks
    fields = parsed.fields
    schema = parsed.schema
    self.blocks = blocks
    self.position = position
    start = position
    var dictionaries: [Int64: ArrowField] = [:]
    for field in parsed.fields.flatMap(\.dictionaries) {
      if let id = field.dictionary { dictionaries[id] = field }
    }
    self.dictionaries = dictionaries
  }

  private static func schema(_ message: ArrowMessage) throws(ColumnarFileError) -> ArrowSchema {
    let table = try FlatbufferTable(root: message.metadata.span.bytes, origin: message.metadataOffset)
    guard let schema = try table.table(2) else {
      throw .damaged("a schema message without a schema", at: message.metadataOffset)
    }
    return try ArrowSchema(schema, isVersion4: message.isVersion4)
  }

  /// Throws where the last batch was not all there when it was looked at.
  func checkIntact() throws(ColumnarFileError) {
    do throws(ColumnarFileError) { try decoder.checkIntact() } catch {
      throw error.located(part: .batch(batchIndex - 1))
    }
  }

  /// Reads the selected columns of the next record batch, nil after the last.
  mutating func nextBatch(
    _ file: borrowing InputFile, selection: [Int]
  ) throws(ColumnarFileError) -> RecordBatch? {
    do throws(ColumnarFileError) {
      while let message = try nextMessage(file) {
        switch message.kind {
        case .recordBatch: return try batch(file, message, selection: selection)
        case .dictionaryBatch: try decoder.decodeDictionary(file, message, dictionaries: dictionaries)
        case .schema: throw ColumnarFileError.damaged("a second schema", at: message.metadataOffset)
        }
      }
      return nil
    } catch { throw error.located(part: .batch(batchIndex)) }
  }

  private mutating func batch(
    _ file: borrowing InputFile, _ message: ArrowMessage, selection: [Int]
  ) throws(ColumnarFileError) -> RecordBatch {
    let (columns, rowCount) = try decoder.decode(file, message, fields: fields, selection: selection)
    let selected = Schema(selection.map { schema.fields[$0] }, metadata: schema.metadata)
    let batch = try RecordBatch(schema: selected, columns: columns, rowCount: rowCount, firstRow: firstRow)
    firstRow += rowCount
    batchIndex += 1
    return batch
  }

  private mutating func nextMessage(_ file: borrowing InputFile) throws(ColumnarFileError) -> ArrowMessage? {
    if let block = dictionaryBlocks.first {
      dictionaryBlocks.removeFirst()
      return try message(file, at: block, .dictionaryBatch)
    }
    if let blocks {
      guard nextBlock < blocks.count else { return nil }
      let block = blocks[nextBlock]
      nextBlock += 1
      return try message(file, at: block, .recordBatch)
    }
    guard let message = try Self.message(file, at: position) else { return nil }
    position = message.end
    return message
  }

  /// A message that the footer promises.
  private func message(
    _ file: borrowing InputFile, at offset: Int, _ kind: ArrowMessage.Kind
  ) throws(ColumnarFileError) -> ArrowMessage {
    guard case .message(let message) = try ArrowMessage.read(file, at: offset), message.kind == kind else {
      throw .damaged("the footer promises a message of another kind here", at: offset)
    }
    return message
  }

  private static func message(
    _ file: borrowing InputFile, at position: Int
  ) throws(ColumnarFileError) -> ArrowMessage? {
    switch try ArrowMessage.read(file, at: position) {
    case .message(let message): return message
    case .endOfStream: return nil
    case .endOfFile:
      throw .damaged("the stream ends without the mark that ends a stream, so it may be truncated", at: position)
    }
  }

  /// Counts the rows of all batches from their headers; no column is read.
  func countRows(_ file: borrowing InputFile) throws(ColumnarFileError) -> Int {
    var total = 0
    if let blocks {
      for block in blocks {
        if case .message(let message) = try ArrowMessage.read(file, at: block) { total += try Self.rows(message) }
      }
      return total
    }
    var position = start
    while let message = try Self.message(file, at: position) {
      position = message.end
      if message.kind == .recordBatch { total += try Self.rows(message) }
    }
    return total
  }

  private static func rows(_ message: ArrowMessage) throws(ColumnarFileError) -> Int {
    let table = try FlatbufferTable(root: message.metadata.span.bytes, origin: message.metadataOffset)
    guard let batch = try table.table(2) else { return 0 }
    return try ArrowBatchHeader(batch, bodyLength: message.bodyLength).length
  }
}
