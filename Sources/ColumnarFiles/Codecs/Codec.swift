import Support

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

  /// The name in the formats' documentation.
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

  /// A number of compressed bytes, and the most bytes that they can expand to.
  private var expansion: (from: Int, to: Int) {
    switch self {
    case .none: (1, 1)
    // A copy of 3 bytes makes up to 64: https://github.com/google/snappy/blob/main/format_description.txt.
    case .snappy: (3, 64)
    // A match of 2 bits makes up to 258 bytes: https://www.rfc-editor.org/rfc/rfc1951.
    case .gzip: (1, 1032)
    // A meta-block of up to 2^24 bytes takes more than 8 bytes:
    // https://www.rfc-editor.org/rfc/rfc7932#section-9.2.
    case .brotli: (8, 1 << 24)
    // A block of up to 128 KiB has a header of 3 bytes and at least one byte: https://www.rfc-editor.org/rfc/rfc8878.
    case .zstd: (4, 1 << 17)
    // A byte of a match's length makes up to 255:
    // https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
    case .lz4Raw, .lz4Frame, .lz4Hadoop: (1, 255)
    }
  }

  /// Throws if `count` compressed bytes cannot expand to `size`, or only in a file made to exhaust memory; before memory
  /// is allocated for that.
  func checkExpansion(of count: Int, to size: Int, _ limits: Limits = Limits()) throws(FileError) {
    let (from, to) = expansion
    let units = count / from + (count % from == 0 ? 0 : 1)
    let (limit, overflow) = units.multipliedReportingOverflow(by: to)
    guard size >= 0, overflow || size <= limit else {
      throw .damaged("\(count) bytes compressed with \(name) cannot expand to the \(size) that are promised")
    }
    guard limits.allows(expanding: count, to: size) else {
      throw .damaged(
        "\(count) bytes compressed with \(name) expand to \(size), more than \(limits.expansion) times as many")
    }
  }

  /// Expands `input` so that it fills `output`.
  ///
  /// - Throws: `FileError` if the data is damaged or expands to more or less than `output`.
  func decompress(_ input: RawSpan, into output: UnsafeMutableRawBufferPointer) throws(FileError) {
    // Some libraries do not accept a null pointer for an empty buffer.
    guard !output.isEmpty else { return }
    let count = try input.withUnsafeBytes { (input) throws(FileError) in try expand(input, into: output) }
    guard count == output.count else {
      throw .damaged("data compressed with \(name) expands to \(count) bytes where \(output.count) are promised")
    }
  }

  private func expand(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
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
      do throws(FileError) {
        let count = try LZ4.decompressHadoop(input, into: output)
        if count == output.count { return count }
      } catch {}
      return try LZ4.decompressBlock(input, into: output)
    }
  }
}
