import Support

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

  /// nil for kinds that are skipped.
  var kind: Kind?
  var uncompressedSize = 0
  var compressedSize = 0
  var valueCount = 0
  var encodingNumber: Int64 = 0
  /// Encodings of the levels, RLE in files written today; data page V1 only.
  var definitionEncodingNumber = Encoding.rle.rawValue
  var repetitionEncodingNumber = Encoding.rle.rawValue
  /// Sizes of the levels; data page V2 only.
  var definitionSize = 0
  var repetitionSize = 0
  var isCompressed = true
  /// The CRC-32 of the page as it is stored; nil where the writer left it out.
  var checksum: UInt32?

  /// Field numbers, within the struct `PageHeader`, of the structs for the kinds of pages.
  private enum Details: Int {
    case data = 5
    case dictionary = 7
    case data2 = 8
  }

  /// Reads the struct `PageHeader`.
  init(_ reader: inout ThriftCompactReader) throws(FileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      if let details = Details(rawValue: field.id) {
        try reader.structField(field)
        try read(details, &reader)
        continue
      }
      switch field.id {
      case 1: kind = Kind(rawValue: try reader.integer(field))
      case 2: uncompressedSize = try reader.size(field)
      case 3: compressedSize = try reader.size(field)
      case 4: checksum = UInt32(truncatingIfNeeded: try reader.integer(field))
      default: try reader.skip(field)
      }
    }
  }

  /// Reads the struct `DataPageHeader`, `DictionaryPageHeader` or `DataPageHeaderV2`.
  private mutating func read(
    _ details: Details, _ reader: inout ThriftCompactReader
  ) throws(FileError) {
    var last = 0
    while let field = try reader.field(after: &last) {
      switch (details, field.id) {
      case (_, 1): valueCount = try reader.size(field)
      case (.data, 2), (.dictionary, 2), (.data2, 4): encodingNumber = try reader.integer(field)
      case (.data, 3): definitionEncodingNumber = try reader.integer(field)
      case (.data, 4): repetitionEncodingNumber = try reader.integer(field)
      case (.data2, 5): definitionSize = try reader.size(field)
      case (.data2, 6): repetitionSize = try reader.size(field)
      case (.data2, 7): isCompressed = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
  }

  /// The encoding of the values.
  ///
  /// - Throws: `FileError` if it is not supported.
  func encoding() throws(FileError) -> Encoding {
    guard let encoding = Encoding(rawValue: encodingNumber), encoding != .bitPacked else {
      throw .unsupported("encoding number \(encodingNumber) is not supported")
    }
    return encoding
  }
}
