import Support

/// The metadata at the end of a Parquet file.
struct ParquetFooter: Sendable {
  struct RowGroup: Sendable {
    var chunks: [ParquetColumnChunk] = []
    var rowCount = 0
  }

  var elements: [ParquetSchemaElement] = []
  var rowCount = 0
  var rowGroups: [RowGroup] = []
  var metadata: [Schema.KeyValue] = []
  /// The program that wrote the file.
  private var creator = ""

  /// The first and last bytes of a Parquet file.
  static let magic: [UInt8] = Array("PAR1".utf8)
  /// The same for a file whose footer is encrypted.
  static let encryptedMagic: [UInt8] = Array("PARE".utf8)

  init(_ file: borrowing InputFile, limits: Limits) throws(FileError) {
    guard file.size >= 12 else { throw .damaged("the file is too short to have a footer") }
    let tail = try file.read(count: 8, at: file.size - 8)
    if tail[4...].elementsEqual(Self.encryptedMagic) { throw .unsupported("encrypted files are not supported") }
    guard tail[4...].elementsEqual(Self.magic) else {
      throw .damaged("the file does not end with PAR1, so it may be truncated", at: file.size - 4)
    }
    let size = Int(try tail.span.bytes.integer(at: 0, as: UInt32.self))
    guard size <= file.size - 12, size <= limits.metadataBytes else {
      throw .damaged("a footer of \(size) bytes does not fit into the file or the limits", at: file.size - 8)
    }
    let origin = file.size - 8 - size
    let bytes = try file.read(count: size, at: origin)
    var reader = ThriftCompactReader(bytes.span.bytes, origin: origin)
    try read(&reader, limits)
    let (sum, overflow) = rowGroups.reduce((0, false)) {
      let (sum, overflow) = $0.0.addingReportingOverflow($1.rowCount)
      return (sum, $0.1 || overflow)
    }
    guard !overflow, sum == rowCount else {
      throw .damaged("the row groups have \(sum) rows, but the file claims \(rowCount)", at: origin)
    }
    try checkSizes(file.size, origin: origin)
  }

  /// Refuses column chunks that lie upon each other: a short file could have any number of them.
  private func checkSizes(_ fileSize: Int, origin: Int) throws(FileError) {
    var bytes = 0
    for group in rowGroups {
      for chunk in group.chunks where chunk.filePath == nil {
        // What leads beyond the file is refused when it is read.
        bytes += min(chunk.compressedSize, fileSize)
        guard bytes <= 2 * fileSize else {
          throw .damaged("the column chunks have more bytes than the file: some lie upon each other", at: origin)
        }
      }
    }
  }

  /// Reads the struct `FileMetaData`.
  private mutating func read(_ reader: inout ThriftCompactReader, _ limits: Limits) throws(FileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 2:
        let count = try reader.structList(field)
        guard count <= limits.columns else {
          throw .damaged("the schema has \(count) columns, more than the limit of \(limits.columns)", at: reader.origin)
        }
        for _ in 0..<count { elements.append(try ParquetSchemaElement(&reader)) }
      case 3: rowCount = try reader.size(field)
      case 4:
        for _ in 0..<(try reader.structList(field)) { rowGroups.append(try Self.rowGroup(&reader)) }
      case 5:
        for _ in 0..<(try reader.structList(field)) { metadata.append(try Self.keyValue(&reader)) }
      case 6: creator = try reader.text(field)
      default: try reader.skip(field)
      }
    }
  }

  /// Bytes by which column chunks may be longer than they say: parquet-mr before 1.2.9 left out the header of the
  /// dictionary (https://issues.apache.org/jira/browse/PARQUET-816).
  var missedBytes: Int {
    let words = creator.split(separator: " ")
    guard words.first == "parquet-mr" else { return 0 }
    let version = words.count >= 3 && words[1] == "version" ? words[2] : ""
    let numbers = version.split(whereSeparator: { !$0.isNumber }).prefix(3).map { Int($0) ?? 0 }
    return numbers.lexicographicallyPrecedes([1, 2, 9]) ? 100 : 0
  }

  private static func rowGroup(_ reader: inout ThriftCompactReader) throws(FileError) -> RowGroup {
    var group = RowGroup()
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1:
        for _ in 0..<(try reader.structList(field)) { group.chunks.append(try ParquetColumnChunk(&reader)) }
      case 3: group.rowCount = try reader.size(field)
      default: try reader.skip(field)
      }
    }
    return group
  }

  private static func keyValue(_ reader: inout ThriftCompactReader) throws(FileError) -> Schema.KeyValue {
    var pair = Schema.KeyValue("", "")
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: pair.key = try reader.text(field)
      case 2: pair.value = try reader.text(field)
      default: try reader.skip(field)
      }
    }
    return pair
  }
}

/// Where the pages of one column in one row group are, and how they are compressed.
struct ParquetColumnChunk: Sendable {
  /// Number of values, nulls and the marks of empty lists included.
  var valueCount = 0
  var compressedSize = 0
  /// Number of the codec in the enumeration `CompressionCodec`.
  var codecNumber: Int64 = 0
  var dataOffset = 0
  var dictionaryOffset: Int?
  var isEncrypted = false
  /// Another file that holds the pages.
  var filePath: String?

  /// Offset of the first page.
  var start: Int {
    // Some writers put 0 if there is no dictionary.
    guard let dictionaryOffset, dictionaryOffset > 0 else { return dataOffset }
    return min(dictionaryOffset, dataOffset)
  }

  /// Reads the struct `ColumnChunk`.
  init(_ reader: inout ThriftCompactReader) throws(FileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: filePath = try reader.text(field)
      case 3:
        try reader.structField(field)
        try readMetadata(&reader)
      case 8:
        isEncrypted = true
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
  }

  /// Reads the struct `ColumnMetaData`.
  private mutating func readMetadata(_ reader: inout ThriftCompactReader) throws(FileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 4: codecNumber = try reader.integer(field)
      case 5: valueCount = try reader.size(field)
      case 7: compressedSize = try reader.size(field)
      case 9: dataOffset = try reader.size(field)
      case 11: dictionaryOffset = try reader.size(field)
      default: try reader.skip(field)
      }
    }
  }

  /// The codec.
  ///
  /// - Throws: `FileError` if it is not supported.
  func codec() throws(FileError) -> Codec {
    switch codecNumber {
    case 0: return .none
    case 1: return .snappy
    case 2: return .gzip
    case 3: throw .unsupported("codec LZO is not supported")
    case 4: return .brotli
    case 5: return .lz4Hadoop
    case 6: return .zstd
    case 7: return .lz4Raw
    default: throw .unsupported("codec number \(codecNumber) is not supported")
    }
  }
}
