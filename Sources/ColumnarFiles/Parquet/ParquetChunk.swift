/// Where the pages of one column in one row group stand and how they are compressed.
struct ParquetChunk: Sendable {
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

  /// Place of the first page.
  var start: Int {
    // Some writers put 0 where there is no dictionary.
    guard let dictionaryOffset, dictionaryOffset > 0 else { return dataOffset }
    return min(dictionaryOffset, dataOffset)
  }

  /// Reads the struct `ColumnChunk`.
  init(_ reader: inout CompactReader) throws(ColumnarFileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: filePath = try reader.text(field)
      case 3:
        try reader.structure(field)
        try readMetadata(&reader)
      case 8:
        isEncrypted = true
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
  }

  /// Reads the struct `ColumnMetaData`.
  private mutating func readMetadata(_ reader: inout CompactReader) throws(ColumnarFileError) {
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
  /// - Throws: where this reader lacks it.
  func codec() throws(ColumnarFileError) -> Codec {
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
