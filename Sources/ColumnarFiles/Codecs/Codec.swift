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

extension Codec {
  /// Expands `input` so that it fills `output`.
  ///
  /// - Throws: where the data is damaged or expands to more or less than `output`.
  func decompress(_ input: RawSpan, into output: UnsafeMutableRawBufferPointer) throws(ColumnarFileError) {
    // Some libraries do not take the null pointer that stands for nothing.
    guard !output.isEmpty else { return }
    let count = try input.withUnsafeBytes { (input) throws(ColumnarFileError) in try expand(input, into: output) }
    guard count == output.count else {
      throw .damaged("data compressed with \(name) expands to \(count) bytes where \(output.count) are promised")
    }
  }

  private func expand(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ColumnarFileError) -> Int {
    switch self {
    case .none:
      if input.count == output.count { output.copyMemory(from: input) }
      return input.count
    case .snappy: return try Snappy.decompress(input, into: output)
    case .gzip: return try Gzip.decompress(input, into: output)
    case .brotli: return try Brotli.decompress(input, into: output)
    case .zstd: return try Zstd.decompress(input, into: output)
    case .lz4Raw: return try LZ4.decompressBlock(input, into: output)
    case .lz4Frame: return try LZ4.decompressFrame(input, into: output)
    case .lz4Hadoop:
      // Some writers put a bare block under the same number.
      do throws(ColumnarFileError) {
        let count = try LZ4.decompressHadoop(input, into: output)
        if count == output.count { return count }
      } catch {}
      return try LZ4.decompressBlock(input, into: output)
    }
  }
}
