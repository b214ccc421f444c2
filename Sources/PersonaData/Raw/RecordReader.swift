import CTextKernels
import Support

/// Reads raw records from a file, line by line, in memory that does not grow with the file.
struct RecordReader: ~Copyable {
  /// The next thing that a file holds.
  enum Entry {
    /// A record was read.
    case record
    /// The line is damaged; reading can continue with the next one.
    case damaged(FileError)
  }

  private var lines: LineReader
  private var hash = ContentHash()

  /// A longer line is not read: no record is that long, and memory must not grow with the file.
  static let maximumLineLength = 64 << 20

  /// Opens a file.
  ///
  /// - Parameter blockSize: bytes that are read at a time; they should stay in a core's own cache until they are
  ///   parsed.
  init(path: String, blockSize: Int = 1 << 18) throws(FileError) {
    lines = try LineReader(file: path, blockSize: blockSize, maximumLineLength: Self.maximumLineLength)
  }

  /// Number of the line that was read last, from 1.
  var lineNumber: Int { lines.lineNumber }

  /// Bytes read so far.
  var byteCount: Int { lines.byteCount }

  /// Reads the next line that is not blank; nil at the end of the file.
  mutating func next(into record: inout RawRecord) throws(FileError) -> Entry? {
    while try lines.next() {
      hash.update(lines.terminatedLine)
      if Self.isBlank(lines.line) { continue }
      do throws(FileError) {
        try RecordParser.parse(lines.line, into: &record)
        return .record
      } catch { return .damaged(error) }
    }
    return nil
  }

  /// The hash of all lines read.
  var contentHash: UInt64 { hash.value }

  private static func isBlank(_ line: RawSpan) -> Bool {
    line.withUnsafeBytes { $0.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
  }
}

/// A hash of 64 bits over bytes that arrive in pieces, to notice that a file has changed.
///
/// It is faster than SHA-256 by an order of magnitude. It distinguishes contents that were not crafted to collide with
/// all of its 64 bits, which is as many as a dataset's fingerprint holds.
struct ContentHash {
  private var state = rk_hash()

  /// Begins a hash.
  init() { rk_hash_begin(&state) }

  /// Adds bytes; the hash does not depend on how they are divided into pieces.
  mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      rk_hash_add(&state, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
  }

  /// The hash of all bytes added.
  var value: UInt64 {
    var state = state
    return rk_hash_end(&state)
  }
}
