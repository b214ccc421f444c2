/// The footer of the Arrow file format: the schema and the places of all messages.
///
/// Layout: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format.
struct ArrowFooter: Sendable {
  let schema: ArrowSchema
  /// Places of the dictionaries' messages.
  let dictionaries: [Int]
  /// Places of the record batches' messages.
  let recordBatches: [Int]

  init(_ file: borrowing InputFile) throws(ColumnarFileError) {
    let magic = ArrowReader.magic
    // The magic number and its padding, a footer, its size and the magic number again.
    guard file.size >= 8 + 4 + magic.count else { throw .damaged("the file is too short to have a footer") }
    let tailOffset = file.size - magic.count - 4
    let tail = try file.read(count: magic.count + 4, at: tailOffset)
    guard tail[4...].elementsEqual(magic) else {
      throw .damaged("the file does not end with ARROW1, so it may be truncated", at: tailOffset + 4)
    }
    let size = Int(try tail.span.bytes.integer(at: 0, origin: tailOffset, as: UInt32.self))
    guard size <= tailOffset - 8 else {
      throw .damaged("a footer of \(size) bytes does not fit into the file", at: tailOffset)
    }
    let origin = tailOffset - size
    let bytes = try file.read(count: size, at: origin)
    let table = try FlatTable(root: bytes.span.bytes, origin: origin)
    let version = try table.integer(0, absent: Int16(0))
    guard version == 3 || version == 4 else {
      throw .unsupported("metadata version V\(Int(version) + 1) is not supported", at: origin)
    }
    guard let schema = try table.table(1) else { throw .damaged("the footer has no schema", at: origin) }
    self.schema = try ArrowSchema(schema, isVersion4: version == 3)
    dictionaries = try Self.blocks(table, 2, fileSize: file.size)
    recordBatches = try Self.blocks(table, 3, fileSize: file.size)
  }

  /// Reads a vector of structs `Block`: place, size of the metadata, size of the body.
  private static func blocks(
    _ table: borrowing FlatTable, _ field: Int, fileSize: Int
  ) throws(ColumnarFileError) -> [Int] {
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
