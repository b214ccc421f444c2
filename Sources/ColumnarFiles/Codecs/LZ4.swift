import CLZ4
import Support

/// Decompression with liblz4.
enum LZ4 {
  /// Expands one block without a frame. The corresponding C function is `LZ4_decompress_safe`.
  static func decompressBlock(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    guard let inputSize = Int32(exactly: input.count), let outputSize = Int32(exactly: output.count) else {
      throw .unsupported("blocks of LZ4 beyond 2 GiB are not supported")
    }
    let source = input.baseAddress?.assumingMemoryBound(to: CChar.self)
    let target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    let count = LZ4_decompress_safe(source, target, inputSize, outputSize)
    guard count >= 0 else { throw .damaged("data compressed with LZ4 is damaged") }
    return Int(count)
  }

  /// Expands the sequence of blocks that Hadoop writes, each after its uncompressed and compressed sizes, big-endian.
  static func decompressHadoop(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    var read = 0
    var written = 0
    while read < input.count {
      guard input.count - read >= 8 else { throw .damaged("data compressed with LZ4 ends in the middle of a size") }
      let expanded = Int(UInt32(bigEndian: input.loadUnaligned(fromByteOffset: read, as: UInt32.self)))
      let size = Int(UInt32(bigEndian: input.loadUnaligned(fromByteOffset: read + 4, as: UInt32.self)))
      read += 8
      guard size <= input.count - read, expanded <= output.count - written else {
        throw .damaged("a block compressed with LZ4 leads beyond its page")
      }
      let count = try decompressBlock(
        UnsafeRawBufferPointer(rebasing: input[read..<read + size]),
        into: UnsafeMutableRawBufferPointer(rebasing: output[written..<written + expanded]))
      guard count == expanded else { throw .damaged("a block compressed with LZ4 has another size than it says") }
      read += size
      written += expanded
    }
    return written
  }

  /// Expands a frame. The corresponding C function is `LZ4F_decompress`.
  static func decompressFrame(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    var created: OpaquePointer?
    guard LZ4F_isError(LZ4F_createDecompressionContext(&created, UInt32(LZ4F_VERSION))) == 0, let context = created
    else {
      throw .damaged("there is no memory for the codec LZ4_FRAME")
    }
    defer { LZ4F_freeDecompressionContext(context) }
    var read = 0
    var written = 0
    while read < input.count, let source = input.baseAddress, let target = output.baseAddress {
      var inputSize = input.count - read
      var outputSize = output.count - written
      let hint = LZ4F_decompress(context, target + written, &outputSize, source + read, &inputSize, nil)
      guard LZ4F_isError(hint) == 0 else {
        throw .damaged("data compressed with LZ4_FRAME: \(String(cString: LZ4F_getErrorName(hint)))")
      }
      read += inputSize
      written += outputSize
      if hint == 0 { return written }
      guard inputSize > 0 || outputSize > 0 else {
        throw .damaged(
          "data compressed with LZ4_FRAME expands to more than the \(output.count) bytes that are promised")
      }
    }
    throw .damaged("data compressed with LZ4_FRAME is truncated")
  }
}
