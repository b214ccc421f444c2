import Glibc

/// Reads a file or standard input line by line, in memory that does not grow with the input.
///
///     var reader = try LineReader(path: "rows.jsonl")
///     while try reader.next() { handle(reader.line) }
public struct LineReader: ~Copyable {
  /// The input's name in messages: its path, or "standard input".
  public let name: String
  /// Number of the line that was read last, from 1.
  public private(set) var lineNumber = 0
  /// Number of bytes read so far.
  public private(set) var byteCount = 0

  private let descriptor: Int32
  /// Keeps the descriptor open; nil for standard input, which stays open.
  private let file: FileDescriptor?
  private var buffer = GrownMemory()
  /// The line that was read last, without its line feed.
  private var current = 0..<0
  /// What the buffer holds beyond that line and its line feed.
  private var pending = 0..<0
  /// Bytes at the start of ``pending`` that hold no line feed.
  private var searched = 0
  private var isAtEnd = false
  private let blockSize: Int
  private let maximumLineLength: Int

  /// A buffer that grew beyond this for a long line is not kept.
  private static let keptSize = 4 << 20

  /// Opens a file or a pipe.
  ///
  /// - Parameters:
  ///   - path: nil or `-` for standard input.
  ///   - blockSize: bytes that are read at a time.
  ///   - maximumLineLength: a longer line, in bytes, is an error.
  /// - Throws: `FileError` if it cannot be opened, or is a device that may have no end.
  public init(path: String?, blockSize: Int = 1 << 16, maximumLineLength: Int = Limits().rowBytes) throws(FileError) {
    let opened = try Self.open(path)
    name = Self.name(path)
    descriptor = Self.raw(opened)
    file = opened
    self.blockSize = blockSize
    self.maximumLineLength = maximumLineLength
  }

  /// The file or pipe under a path; nil for standard input.
  private static func open(_ path: String?) throws(FileError) -> FileDescriptor? {
    guard let path, path != "-" else {
      try Files.checkInput(STDIN_FILENO, path: name(nil))
      return nil
    }
    let file = try FileDescriptor(path, flags: O_RDONLY, operation: "read")
    try Files.checkInput(file.raw, path: path)
    return file
  }

  private static func raw(_ file: borrowing FileDescriptor?) -> Int32 {
    switch file {
    case .some(let file): file.raw
    case nil: STDIN_FILENO
    }
  }

  private static func name(_ path: String?) -> String { path.flatMap { $0 == "-" ? nil : $0 } ?? "standard input" }

  /// Opens a regular file.
  public init(
    file path: String, blockSize: Int = 1 << 18, maximumLineLength: Int = Limits().rowBytes
  ) throws(FileError) {
    let opened = try FileDescriptor.regular(path)
    name = path
    descriptor = opened.raw
    file = consume opened
    self.blockSize = blockSize
    self.maximumLineLength = maximumLineLength
  }

  /// Reads the next line; false at the end of the input. A last line without a line feed counts.
  ///
  /// - Throws: `FileError` if the input cannot be read or the line is too long.
  public mutating func next() throws(FileError) -> Bool {
    if buffer.bytes.count > Self.keptSize, pending.count <= blockSize {
      buffer.moveToFront(pending)
      pending = 0..<pending.count
      try resize(to: blockSize)
    }
    current = pending.lowerBound..<pending.lowerBound
    while !isNextBuffered() {
      if isAtEnd { return false }
      try fill()
    }
    let end = pending.lowerBound + searched
    current = pending.lowerBound..<end
    pending = min(end + 1, pending.upperBound)..<pending.upperBound
    searched = 0
    lineNumber += 1
    return true
  }

  /// Whether ``next()`` can return a line without reading, which may have to wait.
  public mutating func isNextBuffered() -> Bool {
    guard !pending.isEmpty else { return false }
    let start = pending.lowerBound + searched
    let end = pending.upperBound
    var found: Int?
    if start < end, let base = buffer.bytes.baseAddress {
      found = memchr(base + start, 0x0A, end - start).map { $0 - base }
    }
    searched = (found ?? end) - pending.lowerBound
    return found != nil || isAtEnd
  }

  /// The line that was read last, without its line feed.
  public var line: RawSpan {
    @_lifetime(borrow self)
    get { buffer.span(current) }
  }

  /// The line that was read last with its line feed, which the last line of the input may lack.
  public var terminatedLine: RawSpan {
    @_lifetime(borrow self)
    get { buffer.span(current.lowerBound..<pending.lowerBound) }
  }

  /// Moves what is pending to the front and reads more after it, into a larger buffer if it is full.
  private mutating func fill() throws(FileError) {
    let kept = pending.count
    guard kept <= maximumLineLength else {
      throw FileError("read", name, reason: "line \(lineNumber + 1) is longer than \(maximumLineLength) bytes")
    }
    buffer.moveToFront(pending)
    pending = 0..<kept
    if kept == buffer.bytes.count { try resize(to: max(blockSize, min(2 * kept, maximumLineLength + blockSize))) }
    // Even a large buffer takes one block at a time, so that little has to be moved when the line ends.
    let received = try read(into: kept..<min(buffer.bytes.count, kept + blockSize))
    byteCount += received
    isAtEnd = received == 0
    pending = 0..<kept + received
  }

  private mutating func read(into range: Range<Int>) throws(FileError) -> Int {
    let descriptor = descriptor
    while true {
      let count = Glibc.read(descriptor, buffer.bytes.baseAddress.map { $0 + range.lowerBound }, range.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .last("read", name) }
    }
  }

  private mutating func resize(to size: Int) throws(FileError) {
    do throws(FileError) { try buffer.resize(to: size) } catch { throw error.located(path: name) }
  }
}
