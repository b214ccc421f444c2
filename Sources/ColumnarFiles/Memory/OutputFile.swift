import Support

/// Collects small pieces before they are written, and counts the bytes.
struct OutputFile: ~Copyable {
  private var file: AtomicFile
  private var pending: [UInt8] = []
  /// Number of bytes so far, written or pending.
  private(set) var count = 0

  /// Pieces are written once that many bytes are pending.
  private static let limit = 1 << 18

  /// Opens a file that appears under `path` when it is complete.
  init(path: String, isDurable: Bool) throws(FileError) {
    file = try AtomicFile(path: path, isDurable: isDurable)
    pending.reserveCapacity(Self.limit)
  }

  /// Appends bytes.
  mutating func write(_ bytes: RawSpan) throws(FileError) {
    count += bytes.byteCount
    if bytes.byteCount + pending.count > Self.limit {
      try flush()
      if bytes.byteCount > Self.limit / 2 { return try put(bytes) }
    }
    bytes.withUnsafeBytes { pending.append(contentsOf: $0) }
  }

  /// Appends zeros up to the next multiple of `alignment`.
  mutating func pad(to alignment: Int) throws(FileError) {
    let zeros = (alignment - count % alignment) % alignment
    guard zeros > 0 else { return }
    try write([UInt8](repeating: 0, count: zeros).span.bytes)
  }

  private mutating func flush() throws(FileError) {
    guard !pending.isEmpty else { return }
    var bytes: [UInt8] = []
    swap(&bytes, &pending)
    try put(bytes.span.bytes)
    bytes.removeAll(keepingCapacity: true)
    swap(&bytes, &pending)
  }

  private mutating func put(_ bytes: RawSpan) throws(FileError) { try file.write(bytes) }

  /// Puts the complete file under its name.
  consuming func commit() throws(FileError) {
    try flush()
    try file.commit()
  }
}
