import Glibc
import Support

/// Sole owner of a text that is read once: the part of it at hand, which grows as far as it is asked to.
struct TextWindow: ~Copyable {
  private static let blockSize = 1 << 18
  /// Memory beyond this is not kept for a text that was unusually long.
  private static let keptSize = 8 << 20
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private var stream: ByteStream
  private var buffer = GrownMemory()
  private let limits: Limits
  /// The bytes at hand.
  private(set) var pending = 0..<0
  /// Whether nothing follows the bytes at hand.
  private(set) var isAtEnd = false
  /// The offset in the text of the first byte at hand.
  private(set) var offset = 0

  /// What messages call the input.
  var name: String { stream.name }

  /// How many bytes the text has, where that is known.
  var size: Int? { stream.size }

  /// How many bytes of the input were read, compressed as they are.
  var bytesRead: Int { stream.bytesRead }

  /// Begins a text.
  ///
  /// - Parameter limits: how long a row may be.
  init(_ stream: consuming ByteStream, limits: Limits = Limits()) {
    self.stream = stream
    self.limits = limits
  }

  /// Begins the text of a file, or of standard input; a byte order mark at its start is passed over.
  static func open(
    _ path: String, range: Range<Int>? = nil, limits: Limits = Limits()
  ) throws(FileError) -> TextWindow {
    let stream = try ByteStream.open(path, range: range, limits: limits)
    var window = TextWindow(stream, limits: limits)
    // A part of a file may begin with a character that is a mark at the start of the file only.
    guard range == nil || range?.lowerBound == 0 else { return window }
    while window.pending.count < byteOrderMark.count, window.lineFeed(from: 0) == nil, try window.fill() {}
    window.dropMark()
    return window
  }

  /// Forgets a byte order mark at the start.
  mutating func dropMark() {
    if bytes.withUnsafeBytes({ $0.starts(with: Self.byteOrderMark) }) { consume(Self.byteOrderMark.count) }
  }

  /// The bytes at hand.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get { buffer.span(pending) }
  }

  /// Some of the bytes at hand.
  @_lifetime(borrow self)
  func bytes(_ range: Range<Int>) -> RawSpan {
    buffer.span(pending.lowerBound + range.lowerBound..<pending.lowerBound + range.upperBound)
  }

  /// A byte at hand.
  func byte(_ index: Int) -> UInt8 { buffer.bytes[pending.lowerBound + index] }

  /// Reads more; false at the end of the text.
  mutating func fill() throws(FileError) -> Bool {
    guard !isAtEnd else { return false }
    if pending.isEmpty { try release() }
    try makeRoom()
    let end = pending.upperBound
    let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[end...]))
    pending = pending.lowerBound..<end + count
    isAtEnd = count == 0
    return count > 0
  }

  /// Moves what is at hand to the front, and to a larger buffer if it is about full.
  private mutating func makeRoom() throws(FileError) {
    guard buffer.bytes.count - pending.upperBound < Self.blockSize / 2 else { return }
    buffer.moveToFront(pending)
    pending = 0..<pending.count
    guard buffer.bytes.count - pending.upperBound < Self.blockSize / 2 else { return }
    guard pending.count < limits.rowBytes else {
      throw error(
        "what begins here has more than \(limits.rowBytes) bytes without an end; a larger --memory-limit allows more")
    }
    guard stream.compression == .none || limits.allows(text: pending.count, inFileOf: stream.bytesRead) else {
      throw error(
        "what begins here has more than \(pending.count) bytes in \(stream.bytesRead) compressed ones; "
          + "expand the file first if that is meant")
    }
    do throws(FileError) { try buffer.resize(to: max(Self.blockSize, 2 * buffer.bytes.count)) } catch {
      throw self.error(error.reason)
    }
  }

  /// Lets go of the memory of a text that was unusually long, if nothing of it is at hand any more.
  mutating func release() throws(FileError) {
    guard pending.isEmpty, buffer.bytes.count > Self.keptSize else { return }
    try buffer.resize(to: Self.blockSize)
    pending = 0..<0
  }

  /// Takes bytes, as many as fit of those at hand; 0 at the end of the text.
  mutating func take(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    if pending.isEmpty { _ = try fill() }
    let count = min(buffer.count, pending.count)
    bytes(0..<count).withUnsafeBytes { buffer.copyMemory(from: $0) }
    consume(count)
    return count
  }

  /// Forgets the first bytes at hand.
  mutating func consume(_ count: Int) {
    pending = pending.lowerBound + count..<pending.upperBound
    offset += count
  }

  /// The index of the first line feed at hand from `start` on; nil if there is none.
  func lineFeed(from start: Int) -> Int? {
    bytes.withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress else { return nil }
      return memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
    }
  }

  /// An error at a byte of the text.
  func error(_ reason: String, at index: Int = 0) -> FileError {
    FileError("read", name, reason: "byte \(offset + index): \(reason)")
  }
}

// JSON.
extension TextWindow {
  /// The next byte after white space, which is forgotten; nil at the end.
  mutating func peekJSON() throws(FileError) -> UInt8? {
    while true {
      let space = bytes.withUnsafeBytes { bytes in bytes.firstIndex { !Self.isSpace($0) } ?? bytes.count }
      consume(space)
      if !pending.isEmpty { return byte(0) }
      guard try fill() else { return nil }
    }
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// Finds the end of the value that begins here; what is in it is checked by who reads it.
  ///
  /// - Parameter keeps: whether its bytes stay at hand; else they are forgotten as they are passed.
  /// - Returns: the number of bytes at hand that belong to it.
  mutating func valueEnd(keeps: Bool = true) throws(FileError) -> Int {
    var scan = JSONValueScan()
    var index = 0
    while true {
      let start = index
      let end = bytes.withUnsafeBytes { scan.end(in: $0, from: start) }
      if let end {
        guard keeps else {
          consume(end)
          return 0
        }
        return end
      }
      index = pending.count
      if !keeps {
        consume(index)
        index = 0
      }
      guard try fill() else {
        if scan.mayEnd { return index }
        throw error("the text ends within a value", at: index)
      }
    }
  }
}

/// Looks for the end of a JSON value, in pieces.
private struct JSONValueScan {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var isScalar = false

  /// Whether the value may end with the text: numbers and words have no mark at their end.
  var mayEnd: Bool { isScalar && depth == 0 }

  /// The index after the value's last byte; nil if it is not among these bytes.
  mutating func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
          if depth == 0 { return index + 1 }
        }
        index += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return index }
        depth -= 1
        if depth == 0 { return index + 1 }
      case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
        if depth == 0 { return index }
      default: isScalar = isScalar || depth == 0
      }
      index += 1
    }
    return nil
  }
}
