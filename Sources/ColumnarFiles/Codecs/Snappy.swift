import CSnappy
import Support

/// Compression and decompression with libsnappy.
enum Snappy {
  /// Expands `input`; returns the number of bytes written. The corresponding C function is `snappy_uncompress`.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    let source = input.baseAddress?.assumingMemoryBound(to: CChar.self)
    var promised = 0
    guard snappy_uncompressed_length(source, input.count, &promised) == SNAPPY_OK, promised <= output.count else {
      throw .damaged("data compressed with SNAPPY expands to another size than is promised")
    }
    var count = output.count
    let target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    guard snappy_uncompress(source, input.count, target, &count) == SNAPPY_OK else {
      throw .damaged("data compressed with SNAPPY is damaged")
    }
    return count
  }

  /// Compresses `input`; nil if it is too long for the format or for memory. The corresponding C function is
  /// `snappy_compress`.
  static func compress(
    _ input: UnsafeRawBufferPointer, pool: inout MemoryPool
  ) throws(FileError) -> CompressedBytes? {
    guard input.count <= Int(UInt32.max) else { return nil }
    var count = snappy_max_compressed_length(input.count)
    guard count <= MemoryBlock.limit else { return nil }
    let block = try pool.take(count)
    let source = input.baseAddress?.assumingMemoryBound(to: CChar.self)
    let target = block.base.assumingMemoryBound(to: CChar.self)
    guard snappy_compress(source, input.count, target, &count) == SNAPPY_OK else { return nil }
    return CompressedBytes(block: block, count: count)
  }
}
