/// The header before each page.
struct PageHeader: Sendable {
  enum Kind: Int64, Sendable {
    case data = 0
    case index, dictionary, data2
  }

  enum Encoding: Int64, Sendable {
    case plain = 0
    case plainDictionary = 2
    case rle = 3
    case bitPacked = 4
    case deltaBinaryPacked = 5
    case deltaLengthByteArray = 6
    case deltaByteArray = 7
    case rleDictionary = 8
    case byteStreamSplit = 9
  }

  /// nil for kinds that are passed over.
  var kind: Kind?
  var uncompressedSize = 0
  var compressedSize = 0
  var valueCount = 0
  var encodingNumber: Int64 = 0
  /// Encodings of the levels, RLE in what is written today; data page V1 only.
  var definitionEncodingNumber = Encoding.rle.rawValue
  var repetitionEncodingNumber = Encoding.rle.rawValue
  /// Sizes of the levels; data page V2 only.
  var definitionSize = 0
  var repetitionSize = 0
  var isCompressed = true

  /// Reads the struct `PageHeader`.
  init(_ reader: inout ThriftCompactReader) throws(ColumnarFileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: kind = Kind(rawValue: try reader.integer(field))
      case 2: uncompressedSize = try reader.size(field)
      case 3: compressedSize = try reader.size(field)
      case 5: try readDataPage(field, &reader)
      case 7: try readDictionaryPage(field, &reader)
      case 8: try readDataPage2(field, &reader)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readDataPage(
    _ field: ThriftCompactReader.Field, _ reader: inout ThriftCompactReader
  ) throws(ColumnarFileError) {
    try reader.structField(field)
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: valueCount = try reader.size(field)
      case 2: encodingNumber = try reader.integer(field)
      case 3: definitionEncodingNumber = try reader.integer(field)
      case 4: repetitionEncodingNumber = try reader.integer(field)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readDictionaryPage(
    _ field: ThriftCompactReader.Field, _ reader: inout ThriftCompactReader
  ) throws(ColumnarFileError) {
    try reader.structField(field)
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: valueCount = try reader.size(field)
      case 2: encodingNumber = try reader.integer(field)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readDataPage2(
    _ field: ThriftCompactReader.Field, _ reader: inout ThriftCompactReader
  ) throws(ColumnarFileError) {
    try reader.structField(field)
    var last = 0
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: valueCount = try reader.size(field)
      case 4: encodingNumber = try reader.integer(field)
      case 5: definitionSize = try reader.size(field)
      case 6: repetitionSize = try reader.size(field)
      case 7: isCompressed = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
  }

  /// The encoding of the values.
  ///
  /// - Throws: where this reader lacks it.
  func encoding() throws(ColumnarFileError) -> Encoding {
    guard let encoding = Encoding(rawValue: encodingNumber), encoding != .bitPacked else {
      throw .unsupported("encoding number \(encodingNumber) is not supported")
    }
    return encoding
  }
}
