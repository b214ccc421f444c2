import Datasets
import Support

/// The part of a file of scores that memory holds.
struct ScoreWindow: ~Copyable {
  private var file: FileReader
  private var hash = SHA256()
  private var buffer: [UInt8]
  /// Where what is not read yet stands in the buffer.
  private var pending = 0..<0
  /// Place in the file of the first byte that is not read yet.
  private(set) var offset = 0
  /// Whether the file has no more than what is pending.
  private(set) var isAtEnd = false

  /// The longest member that is read, in bytes.
  static let limit = 1 << 20

  /// Opens a file.
  ///
  /// - Parameter size: bytes that memory holds; more where a member is longer.
  init(path: String, size: Int) throws(FileError) {
    file = try FileReader(path: path)
    buffer = [UInt8](repeating: 0, count: size)
  }

  /// Number of bytes that are not read yet.
  var count: Int { pending.count }

  /// Whether no more bytes fit in before some are taken.
  var isFull: Bool { pending.count >= Self.limit }

  /// The bytes that are not read yet.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get { buffer.span.bytes.extracting(pending) }
  }

  /// Takes the first bytes.
  ///
  /// - Precondition: there are as many.
  mutating func take(_ count: Int) {
    pending = pending.lowerBound + count..<pending.upperBound
    offset += count
  }

  /// Reads more bytes behind those that are pending.
  mutating func fill() throws(FileError) {
    let kept = pending.count
    if kept == buffer.count { buffer += [UInt8](repeating: 0, count: max(1, kept)) }
    buffer.replaceSubrange(0..<kept, with: Array(buffer[pending]))
    let received = try file.read(into: &buffer, from: kept)
    Self.add(buffer, kept..<kept + received, to: &hash)
    isAtEnd = received == 0
    pending = 0..<kept + received
  }

  /// SHA-256 of all bytes read.
  consuming func digest() -> SHA256Digest { hash.finalize() }

  private static func add(_ bytes: [UInt8], _ range: Range<Int>, to hash: inout SHA256) {
    hash.update(bytes.span.bytes.extracting(range))
  }
}
