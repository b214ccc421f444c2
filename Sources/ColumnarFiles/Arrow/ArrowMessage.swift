import Support

/// The header of an encapsulated message: what it is and where its body is.
///
/// Layout: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format.
struct ArrowMessage: Sendable {
  /// The union `MessageHeader`, numbered as in `Message.fbs`.
  enum Kind: UInt8 {
    case schema = 1
    case dictionaryBatch = 2
    case recordBatch = 3
  }

  let kind: Kind
  let isVersion4: Bool
  /// The flatbuffer.
  let metadata: [UInt8]
  /// Offset of the flatbuffer in the file.
  let metadataOffset: Int
  let bodyOffset: Int
  let bodyLength: Int
  /// Where the next message begins.
  var end: Int { bodyOffset + bodyLength }

  /// What was found where a message should begin.
  enum Found {
    case message(ArrowMessage)
    /// The mark that ends a stream.
    case endOfStream
    /// The file ends here without the mark.
    case endOfFile
  }

  /// Reads the header at `offset`.
  static func read(
    _ file: borrowing InputFile, at offset: Int, limits: Limits
  ) throws(FileError) -> Found {
    if offset == file.size { return .endOfFile }
    let prefix = try file.read(count: min(8, file.size - offset), at: offset)
    var length = try prefix.span.bytes.integer(at: 0, origin: offset, as: UInt32.self)
    // Files before Arrow 0.15 have no continuation mark before the length.
    let isMarked = length == UInt32.max
    if isMarked { length = try prefix.span.bytes.integer(at: 4, origin: offset, as: UInt32.self) }
    if length == 0 { return .endOfStream }
    let start = offset + (isMarked ? 8 : 4)
    guard length <= limits.metadataBytes else {
      throw .damaged("a header of \(length) bytes is beyond the limit of \(limits.metadataBytes)", at: offset)
    }
    let metadata = try file.read(count: Int(length), at: start)
    return .message(try ArrowMessage(metadata, at: start, fileSize: file.size))
  }

  private init(_ metadata: [UInt8], at start: Int, fileSize: Int) throws(FileError) {
    let table = try FlatbufferTable(root: metadata.span.bytes, origin: start)
    let version = try table.integer(0, absent: Int16(0))
    // V4 has the number 3 and V5 the number 4.
    guard version == 3 || version == 4 else {
      throw .unsupported("metadata version V\(Int(version) + 1) is not supported", at: start)
    }
    let number = try table.integer(1, absent: UInt8(0))
    guard let kind = Kind(rawValue: number) else {
      throw .unsupported("messages of kind \(number) are not supported", at: start)
    }
    let length = try table.integer(3, absent: Int64(0))
    let bodyOffset = start + metadata.count
    guard length >= 0, length <= Int64(fileSize - bodyOffset) else {
      throw .damaged("a message of \(length) bytes leads beyond the end of the file at \(fileSize)", at: bodyOffset)
    }
    self.kind = kind
    self.metadata = metadata
    isVersion4 = version == 3
    metadataOffset = start
    self.bodyOffset = bodyOffset
    bodyLength = Int(length)
  }
}

/// The footer of the Arrow file format: the schema and the offsets of all messages.
///
/// Layout: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format.
struct ArrowFooter: Sendable {
  let schema: ArrowSchema
  /// Offsets of the dictionaries' messages.
  let dictionaries: [Int]
  /// Offsets of the record batches' messages.
  let recordBatches: [Int]

  init(_ file: borrowing InputFile, limits: Limits, keepsStoredTypes: Bool) throws(FileError) {
    let magic = ArrowReader.magic
    // The magic number and its padding, a footer, its size and the magic number again.
    guard file.size >= 8 + 4 + magic.count else { throw .damaged("the file is too short to have a footer") }
    let tailOffset = file.size - magic.count - 4
    let tail = try file.read(count: magic.count + 4, at: tailOffset)
    guard tail[4...].elementsEqual(magic) else {
      throw .damaged("the file does not end with ARROW1, so it may be truncated", at: tailOffset + 4)
    }
    let size = Int(try tail.span.bytes.integer(at: 0, origin: tailOffset, as: UInt32.self))
    guard size <= tailOffset - 8, size <= limits.metadataBytes else {
      throw .damaged("a footer of \(size) bytes does not fit into the file or the limits", at: tailOffset)
    }
    let origin = tailOffset - size
    let bytes = try file.read(count: size, at: origin)
    let table = try FlatbufferTable(root: bytes.span.bytes, origin: origin)
    // A footer without batches may lack its version; that of a message decides whether it can be read.
    let version = try table.integer(0, absent: Int16(0))
    guard (0...4).contains(version) else {
      throw .unsupported("metadata version V\(Int(version) + 1) is not supported", at: origin)
    }
    guard let schema = try table.table(1) else { throw .damaged("the footer has no schema", at: origin) }
    self.schema = try ArrowSchema(
      schema, isVersion4: version <= 3, limits: limits, keepsStoredTypes: keepsStoredTypes)
    dictionaries = try Self.blocks(table, 2, fileSize: file.size)
    recordBatches = try Self.blocks(table, 3, fileSize: file.size)
  }

  /// Reads a vector of structs `Block`: offset, size of the metadata, size of the body.
  private static func blocks(
    _ table: borrowing FlatbufferTable, _ field: Int, fileSize: Int
  ) throws(FileError) -> [Int] {
    guard let vector = try table.vector(field, stride: 24) else { return [] }
    var blocks: [Int] = []
    for index in 0..<vector.count {
      let offset = try table.integer(index, of: vector, as: Int64.self)
      guard offset >= 0, offset < Int64(fileSize) else {
        throw .damaged("the footer leads to byte \(offset), beyond the file", at: table.origin)
      }
      blocks.append(Int(offset))
    }
    return blocks
  }
}
