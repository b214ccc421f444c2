internal import CZstd

/// Sole owner of a zstd decompression context.
struct ZstdDecompressor: ~Copyable, @unchecked Sendable {
  // Sendable: the only owner of the context, which holds no reference to the thread that made it.
  private let context: OpaquePointer

  /// The corresponding C function is `ZSTD_createDCtx`.
  init() throws(ColumnarFileError) {
    guard let context = ZSTD_createDCtx() else { throw .damaged("there is no memory for the codec ZSTD") }
    self.context = context
  }

  deinit { _ = ZSTD_freeDCtx(context) }

  /// Expands `input`; returns how many bytes came out. The corresponding C function is `ZSTD_decompressDCtx`.
  func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ColumnarFileError) -> Int {
    let count = ZSTD_decompressDCtx(context, output.baseAddress, output.count, input.baseAddress, input.count)
    guard ZSTD_isError(count) == 0 else {
      throw .damaged("data compressed with ZSTD: \(String(cString: ZSTD_getErrorName(count)))")
    }
    return count
  }
}
