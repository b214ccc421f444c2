/// The header of an encapsulated message: what it is and where its body stands.
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
  /// Place of the flatbuffer in the file.
  let metadataOffset: Int
  let bodyOffset: Int
  let bodyLength: Int
  /// Where the next message begins.
  var end: Int { bodyOffset + bodyLength }

  /// What stands at a message's place.
  enum Found {
    case message(ArrowMessage)
    /// The mark that ends a stream.
    case endOfStream
    /// The file ends here without the mark.
    case endOfFile
  }

  /// Reads the header at `offset`.
  static func read(_ file: borrowing InputFile, at offset: Int) throws(ColumnarFileError) -> Found {
    if offset == file.size { return .endOfFile }
    let prefix = try file.read(count: min(8, file.size - offset), at: offset)
    var length = try prefix.span.bytes.integer(at: 0, origin: offset, as: UInt32.self)
    // Files before Arrow 0.15 have no continuation mark before the length.
    let isMarked = length == UInt32.max
    if isMarked { length = try prefix.span.bytes.integer(at: 4, origin: offset, as: UInt32.self) }
    if length == 0 { return .endOfStream }
    let start = offset + (isMarked ? 8 : 4)
    let metadata = try file.read(count: Int(length), at: start)
    return .message(try ArrowMessage(metadata, at: start, fileSize: file.size))
  }

  private init(_ metadata: [UInt8], at start: Int, fileSize: Int) throws(ColumnarFileError) {
    let table = try FlatTable(root: metadata.span.bytes, origin: start)
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
