import CBrotli
import CZlib
import CZstd
import Support

/// Decompression with zlib.
enum Gzip {
  /// Window size 2^15 with recognition of gzip and zlib headers, as `inflateInit2` documents it.
  private static let windowBits: Int32 = 15 + 32

  /// Expands `input`, which may be several members one after another; returns the number of bytes written. The
  /// corresponding C function is `inflate`.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    guard let inputSize = UInt32(exactly: input.count), let outputSize = UInt32(exactly: output.count) else {
      throw .unsupported("pieces compressed with GZIP beyond 4 GiB are not supported")
    }
    var stream = z_stream()
    let version = ZLIB_VERSION
    guard inflateInit2_(&stream, windowBits, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .damaged("there is no memory for the codec GZIP")
    }
    defer { inflateEnd(&stream) }
    // zlib only reads what next_in points to; its type lacks the const.
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = inputSize
    stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = outputSize
    while true {
      let status = inflate(&stream, Z_FINISH)
      guard status == Z_STREAM_END else {
        let reason = stream.msg.map { String(cString: $0) } ?? "it is truncated or longer than promised"
        throw .damaged("data compressed with GZIP: \(reason)")
      }
      if stream.avail_in == 0 { return output.count - Int(stream.avail_out) }
      guard inflateReset(&stream) == Z_OK else { throw .damaged("data compressed with GZIP is damaged") }
    }
  }
}

/// Decompression with libbrotlidec.
enum Brotli {
  /// Expands `input`; returns the number of bytes written. The corresponding C function is `BrotliDecoderDecompress`.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
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

/// Decompression with libzstd.
enum Zstd {
  /// Expands `input`; returns the number of bytes written. The corresponding C function is `ZSTD_decompress`.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    let count = ZSTD_decompress(output.baseAddress, output.count, input.baseAddress, input.count)
    guard ZSTD_isError(count) == 0 else {
      throw .damaged("data compressed with ZSTD: \(String(cString: ZSTD_getErrorName(count)))")
    }
    return count
  }
}

extension Zstd {
  /// The library's default balance of speed and size.
  private static let level: Int32 = 3

  /// Compresses `input`, nil if the library has no memory. The corresponding C function is `ZSTD_compress`.
  static func compress(
    _ input: UnsafeRawBufferPointer, pool: inout MemoryPool
  ) throws(FileError) -> CompressedBytes? {
    let block = try pool.take(ZSTD_compressBound(input.count))
    let count = ZSTD_compress(block.base, block.capacity, input.baseAddress, input.count, level)
    return ZSTD_isError(count) == 0 ? CompressedBytes(block: block, count: count) : nil
  }
}
