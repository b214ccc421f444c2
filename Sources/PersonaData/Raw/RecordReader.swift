import Datasets
import Support
import Glibc

/// Reads raw records from a file, line by line, in memory that does not grow with the file.
struct RecordReader: ~Copyable {
  /// The next thing that a file holds.
  enum Entry {
    /// A record was read.
    case record
    /// The line is damaged; reading can go on with the next one.
    case damaged(RecordFault)
  }

  let path: String
  /// Number of the line that was read last, from 1.
  private(set) var lineNumber = 0
  /// Bytes read so far.
  private(set) var byteCount = 0

  private var file: FileReader
  private var hash = ContentHash()
  private var buffer: [UInt8]
  private var pending = 0..<0
  /// Bytes at the start of ``pending`` that hold no newline.
  private var searched = 0
  private var isAtEnd = false
  /// Bytes that are read at a time.
  private let blockSize: Int

  /// A line longer than this is not read: no record is, and memory must not grow with the file.
  static let maximumLineLength = 64 << 20
  /// A buffer that a longer line made larger than this is not kept.
  private static let keptSize = 4 << 20

  /// Opens a file.
  ///
  /// - Parameter blockSize: bytes that are read at a time; they should stay in a core's own cache until they are parsed.
  init(path: String, blockSize: Int = 1 << 18) throws(FileError) {
    self.path = path
    file = try FileReader(path: path)
    self.blockSize = blockSize
    buffer = [UInt8](repeating: 0, count: blockSize)
  }

  /// Reads the next line that is not blank; nil at the end of the file.
  mutating func next(into record: inout RawRecord) throws(FileError) -> Entry? {
    while let line = try nextLine() {
      lineNumber += 1
      defer { if buffer.count > Self.keptSize { resize(to: max(blockSize, pending.count)) } }
      do throws(RecordFault) {
        let isBlank = try buffer.span.bytes.withUnsafeBytes { (bytes) throws(RecordFault) in
          let line = UnsafeRawBufferPointer(rebasing: bytes[line])
          guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return true }
          try RecordParser.parse(line, into: &record)
          return false
        }
        if !isBlank { return .record }
      } catch { return .damaged(error) }
    }
    return nil
  }

  /// The hash of all bytes read.
  var contentHash: UInt64 { hash.value }

  /// Where the next line stands in the buffer, without its newline.
  private mutating func nextLine() throws(FileError) -> Range<Int>? {
    while true {
      if let end = endOfLine() {
        let line = pending.lowerBound..<end
        pending = min(end + 1, pending.upperBound)..<pending.upperBound
        return line
      }
      if isAtEnd { return nil }
      try fill()
    }
  }

  private mutating func endOfLine() -> Int? {
    guard !pending.isEmpty else { return nil }
    let start = pending.lowerBound + searched
    let found = buffer.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress else { return nil }
      return memchr(base + start, 0x0A, pending.upperBound - start).map { UnsafeRawPointer($0) - base }
    }
    searched = found == nil ? pending.count : 0
    return found ?? (isAtEnd ? pending.upperBound : nil)
  }

  /// Moves what is pending to the front and reads more behind it, into a larger buffer where it is full.
  private mutating func fill() throws(FileError) {
    let kept = pending.count
    guard kept <= Self.maximumLineLength else {
      throw FileError("read", path, reason: "line \(lineNumber + 1) is longer than \(Self.maximumLineLength) bytes")
    }
    if kept == buffer.count {
      resize(to: min(2 * kept, Self.maximumLineLength + blockSize))
    } else if pending.lowerBound > 0 {
      let range = pending
      buffer.withUnsafeMutableBytes {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[range]))
      }
    }
    // No more than a block into a large buffer either, so that little has to be moved when the line ends.
    let received = try file.read(into: &buffer, from: kept, limit: blockSize)
    Self.add(buffer, kept..<kept + received, to: &hash)
    byteCount += received
    isAtEnd = received == 0
    pending = 0..<kept + received
  }

  /// Moves what is pending to the front of a buffer of another size.
  ///
  /// - Precondition: there it has room.
  private mutating func resize(to size: Int) {
    var resized = [UInt8](repeating: 0, count: size)
    resized.withUnsafeMutableBytes { target in
      buffer.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[pending])) }
    }
    buffer = resized
    pending = 0..<pending.count
  }

  private static func add(_ bytes: [UInt8], _ range: Range<Int>, to hash: inout ContentHash) {
    hash.update(bytes.span.bytes.extracting(range))
  }
}
