/// A physical type of the Arrow format: what buffers a column has and how they are read.
///
/// Numbers and layouts: https://arrow.apache.org/docs/format/Columnar.html and `Schema.fbs`.
indirect enum ArrowType: Sendable, Hashable {
  case null
  case bool
  case integer(bits: Int, isSigned: Bool)
  case float
  case double
  /// Text or bytes with 32-bit, or 64-bit (`isWide`) offsets.
  case utf8(isWide: Bool)
  /// Text or bytes in views of 16 bytes and any number of data buffers.
  case view
  case list(isWide: Bool)
  case fixedSizeList(Int)
  case structure
  /// A type that is passed over: `buffers` of its own, then those of its children.
  case other(String, buffers: Int)

  /// How many buffers of the column itself precede its children's, without the data buffers of views.
  var bufferCount: Int {
    switch self {
    case .null: 0
    case .bool, .integer, .float, .double, .list, .view: 2
    case .utf8: 3
    case .fixedSizeList, .structure: 1
    case .other(_, let buffers): buffers
    }
  }

  /// How many children the layout demands, nil for any number.
  var childCount: Int? {
    switch self {
    case .list, .fixedSizeList: 1
    case .structure, .other: nil
    default: 0
    }
  }
}
