import CDeflate

/// A compressor of whole buffers.
///
/// The corresponding C type is `libdeflate_compressor`.
struct DeflateCompressor: ~Copyable {
  private let handle: OpaquePointer

  /// Makes a compressor of `level` 1 (quick) to 12 (small).
  init(level: Int32) throws(PlotError) {
    guard let handle = libdeflate_alloc_compressor(level) else { throw .compression }
    self.handle = handle
  }

  deinit {
    libdeflate_free_compressor(handle)
  }

  /// Compresses `bytes` in zlib format into the start of `buffer`, which grows as needed; returns the bytes used.
  func compress(_ bytes: [UInt8], into buffer: inout [UInt8]) throws(PlotError) -> Int {
    let bound = libdeflate_zlib_compress_bound(handle, bytes.count)
    if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
    let used = buffer.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { source in
        libdeflate_zlib_compress(handle, source.baseAddress, source.count, target.baseAddress, target.count)
      }
    }
    guard used > 0 else { throw .compression }
    return used
  }

  /// The CRC-32 of PNG, zlib and gzip.
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
  }
}
