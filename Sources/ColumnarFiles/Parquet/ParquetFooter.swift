/// The metadata at the end of a Parquet file.
struct ParquetFooter: Sendable {
  struct RowGroup: Sendable {
    var chunks: [ParquetChunk] = []
    var rowCount = 0
  }

  var elements: [ParquetSchemaElement] = []
  var rowCount = 0
  var rowGroups: [RowGroup] = []
  var notes: [Schema.Note] = []

  /// The first and last bytes of a Parquet file.
  static let magic: [UInt8] = Array("PAR1".utf8)
  /// The same of a file whose footer is encrypted.
  static let encryptedMagic: [UInt8] = Array("PARE".utf8)

  init(_ file: borrowing InputFile) throws(ColumnarFileError) {
    guard file.size >= 12 else { throw .damaged("the file is too short to have a footer") }
    let tail = try file.read(count: 8, at: file.size - 8)
    if tail[4...].elementsEqual(Self.encryptedMagic) { throw .unsupported("encrypted files are not supported") }
    guard tail[4...].elementsEqual(Self.magic) else {
      throw .damaged("the file does not end with PAR1, so it may be truncated", at: file.size - 4)
    }
    let size = Int(try tail.span.bytes.integer(at: 0, as: UInt32.self))
    guard size <= file.size - 12 else {
      throw .damaged("a footer of \(size) bytes does not fit into the file", at: file.size - 8)
    }
    let origin = file.size - 8 - size
    let bytes = try file.read(count: size, at: origin)
    var reader = CompactReader(bytes.span.bytes, origin: origin)
    try read(&reader)
    let (sum, overflow) = rowGroups.reduce((0, false)) {
      let (sum, overflow) = $0.0.addingReportingOverflow($1.rowCount)
      return (sum, $0.1 || overflow)
    }
    guard !overflow, sum == rowCount else {
      throw .damaged("the row groups have \(sum) rows, but the file claims \(rowCount)", at: origin)
    }
  }

  /// Reads the struct `FileMetaData`.
  private mutating func read(_ reader: inout CompactReader) throws(ColumnarFileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 2:
        for _ in 0..<(try reader.structures(field)) { elements.append(try ParquetSchemaElement(&reader)) }
      case 3: rowCount = try reader.size(field)
      case 4:
        for _ in 0..<(try reader.structures(field)) { rowGroups.append(try Self.rowGroup(&reader)) }
      case 5:
        for _ in 0..<(try reader.structures(field)) { notes.append(try Self.note(&reader)) }
      default: try reader.skip(field)
      }
    }
  }

  private static func rowGroup(_ reader: inout CompactReader) throws(ColumnarFileError) -> RowGroup {
    var group = RowGroup()
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1:
        for _ in 0..<(try reader.structures(field)) { group.chunks.append(try ParquetChunk(&reader)) }
      case 3: group.rowCount = try reader.size(field)
      default: try reader.skip(field)
      }
    }
    return group
  }

  private static func note(_ reader: inout CompactReader) throws(ColumnarFileError) -> Schema.Note {
    var note = Schema.Note("", "")
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: note.key = try reader.text(field)
      case 2: note.value = try reader.text(field)
      default: try reader.skip(field)
      }
    }
    return note
  }
}
