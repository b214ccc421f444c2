internal import CZstd

/// Decompression with libzstd.
enum Zstd {
  /// Expands `input`; returns how many bytes came out. The corresponding C function is `ZSTD_decompress`.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ColumnarFileError) -> Int {
    let count = ZSTD_decompress(output.baseAddress, output.count, input.baseAddress, input.count)
    guard ZSTD_isError(count) == 0 else {
      throw .damaged("data compressed with ZSTD: \(String(cString: ZSTD_getErrorName(count)))")
    }
    return count
  }
}
