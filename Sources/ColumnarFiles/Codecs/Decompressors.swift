/// Expands compressed buffers; keeps the contexts that are dear to make.
struct Decompressors: ~Copyable, Sendable {
  private var zstd: ZstdDecompressor?

  init() { zstd = nil }

  /// Expands `input` so that it fills `output`.
  ///
  /// - Throws: where the data is damaged or expands to more or less than `output`.
  mutating func decompress(
    _ codec: Codec, _ input: RawSpan, into output: UnsafeMutableRawBufferPointer
  ) throws(ColumnarFileError) {
    // Some libraries do not take the null pointer that stands for nothing.
    guard !output.isEmpty else { return }
    var failure: ColumnarFileError?
    input.withUnsafeBytes { input in
      do throws(ColumnarFileError) {
        let count = try expand(codec, input, into: output)
        guard count == output.count else {
          throw ColumnarFileError.damaged(
            "data compressed with \(codec.name) expands to \(count) bytes where \(output.count) are promised")
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private mutating func expand(
    _ codec: Codec, _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ColumnarFileError) -> Int {
    switch codec {
    case .none:
      guard input.count <= output.count else { return input.count }
      output.copyMemory(from: input)
      return input.count
    case .snappy: return try Snappy.decompress(input, into: output)
    case .gzip: return try Gzip.decompress(input, into: output)
    case .brotli: return try Brotli.decompress(input, into: output)
    case .lz4Raw: return try LZ4.decompressBlock(input, into: output)
    case .lz4Frame: return try LZ4.decompressFrame(input, into: output)
    case .lz4Hadoop: return try LZ4.decompressHadoop(input, into: output)
    case .zstd:
      if zstd == nil { zstd = try ZstdDecompressor() }
      return try zstd?.decompress(input, into: output) ?? 0
    }
  }
}
