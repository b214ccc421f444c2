import CSnappy
import CTextKernels

/// Decompression with libsnappy, compression with an encoder that is made for texts.
enum Snappy {
  /// Expands `input`; returns how many bytes came out. The corresponding C function is `snappy_uncompress`.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ColumnarFileError) -> Int {
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
}

extension Snappy {
  /// Compresses `input` with the project's own encoder; nil where it is too long for the format or for memory.
  static func compress(
    _ input: UnsafeRawBufferPointer, pool: inout MemoryPool
  ) throws(ColumnarFileError) -> CompressedBytes? {
    let bound = rk_snappy_bound(input.count)
    guard bound > 0, bound <= MemoryBlock.limit else { return nil }
    let block = try pool.take(bound)
    let source = input.assumingMemoryBound(to: UInt8.self).baseAddress
    let target = block.base.assumingMemoryBound(to: UInt8.self)
    let count = withUnsafeTemporaryAllocation(byteCount: rk_snappy_scratch_size(), alignment: 64) { scratch in
      guard let source, let places = scratch.baseAddress else {
        // The stream of nothing is the length 0.
        target.pointee = 0
        return 1
      }
      return rk_snappy_compress(source, input.count, target, places, 0)
    }
    return count == 0 ? nil : CompressedBytes(block: block, count: count)
  }
}
