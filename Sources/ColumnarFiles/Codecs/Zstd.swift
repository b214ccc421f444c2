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

extension Zstd {
  /// The library's usual balance of speed and size.
  private static let level: Int32 = 3

  /// Compresses `input`, nil where there is no memory. The corresponding C function is `ZSTD_compress`.
  static func compress(_ input: [UInt8]) -> [UInt8]? {
    var isDone = false
    let output = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(input.count)) { output, count in
      let size = input.withUnsafeBytes { input in
        ZSTD_compress(output.baseAddress, output.count, input.baseAddress, input.count, level)
      }
      isDone = ZSTD_isError(size) == 0
      count = isDone ? size : 0
    }
    return isDone ? output : nil
  }
}
