import Support

/// How the pages of a Parquet file are compressed.
public enum ParquetCompression: String, Sendable, CaseIterable {
  /// Fast, and what the Hugging Face libraries write.
  case snappy
  /// Smaller, and read as fast.
  case zstd
  /// No compression.
  case none

  /// Number in the enumeration `CompressionCodec`.
  var number: Int {
    switch self {
    case .none: 0
    case .snappy: 1
    case .zstd: 6
    }
  }

  /// The compressed form of `input`, in a block of `pool`.
  func compress(
    _ input: UnsafeRawBufferPointer, pool: inout MemoryPool
  ) throws(FileError) -> CompressedBytes {
    let compressed: CompressedBytes?
    switch self {
    case .none:
      let block = try pool.take(input.count)
      block.bytes.copyMemory(from: input)
      compressed = CompressedBytes(block: block, count: input.count)
    case .snappy: compressed = try Snappy.compress(input, pool: &pool)
    case .zstd: compressed = try Zstd.compress(input, pool: &pool)
    }
    guard let compressed else {
      throw FileError(.invalidInput, "\(input.count) bytes could not be compressed with \(rawValue)")
    }
    return compressed
  }
}

/// A compressed page.
struct CompressedBytes: Sendable {
  /// The block that begins with the bytes; it may be longer.
  let block: MemoryBlock
  let count: Int

  var slice: BufferSlice { BufferSlice(block, count: count) }
}
