import CBrotli

/// Decompression with libbrotlidec.
enum Brotli {
  /// Expands `input`; returns how many bytes came out. The corresponding C function is `BrotliDecoderDecompress`.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ColumnarFileError) -> Int {
    var count = output.count
    let status = BrotliDecoderDecompress(
      input.count, input.baseAddress?.assumingMemoryBound(to: UInt8.self), &count,
      output.baseAddress?.assumingMemoryBound(to: UInt8.self))
    guard status == BROTLI_DECODER_RESULT_SUCCESS else {
      throw .damaged("data compressed with BROTLI is damaged")
    }
    return count
  }
}
