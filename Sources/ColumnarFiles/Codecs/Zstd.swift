import CZstd

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

extension Zstd {
  /// The library's usual balance of speed and size.
  private static let level: Int32 = 3

  /// Compresses `input`, nil where the library has no memory. The corresponding C function is `ZSTD_compress`.
  static func compress(
    _ input: UnsafeRawBufferPointer, pool: inout MemoryPool
  ) throws(ColumnarFileError) -> CompressedBytes? {
    let block = try pool.take(ZSTD_compressBound(input.count))
    let count = ZSTD_compress(block.base, block.capacity, input.baseAddress, input.count, level)
    return ZSTD_isError(count) == 0 ? CompressedBytes(block: block, count: count) : nil
  }
}
