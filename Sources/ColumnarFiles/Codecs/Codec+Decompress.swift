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
