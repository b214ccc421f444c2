/// A compression method of columnar files.
enum Codec: Sendable, Hashable {
  case none
  case snappy
  case gzip
  case brotli
  case zstd
  /// LZ4 blocks without a frame.
  case lz4Raw
  case lz4Frame
  /// LZ4 blocks as Hadoop frames them, in Parquet files under the number of the deprecated codec LZ4.
  case lz4Hadoop

  /// The name that the formats' documents use.
  var name: String {
    switch self {
    case .none: "UNCOMPRESSED"
    case .snappy: "SNAPPY"
    case .gzip: "GZIP"
    case .brotli: "BROTLI"
    case .zstd: "ZSTD"
    case .lz4Raw: "LZ4_RAW"
    case .lz4Frame: "LZ4_FRAME"
    case .lz4Hadoop: "LZ4"
    }
  }
}
