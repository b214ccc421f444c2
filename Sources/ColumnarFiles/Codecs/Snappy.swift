internal import CSnappy

/// Decompression with libsnappy.
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
  /// Compresses `input`, nil where it is too long. The corresponding C function is `snappy_compress`.
  static func compress(_ input: [UInt8]) -> [UInt8]? {
    var isDone = false
    let output = [UInt8](unsafeUninitializedCapacity: snappy_max_compressed_length(input.count)) { output, count in
      count = output.count
      let status = input.withUnsafeBytes { input in
        snappy_compress(
          input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
          UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self), &count)
      }
      isDone = status == SNAPPY_OK
      if !isDone { count = 0 }
    }
    return isDone ? output : nil
  }
}
