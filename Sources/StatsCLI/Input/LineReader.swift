import Support
import Glibc

/// Reads lines from a file or from standard input, each as a view of the reader's buffer.
struct LineReader: ~Copyable {
  /// What messages call the input.
  let name: String
  /// Number of the line that was handed out last, from 1.
  private(set) var lineNumber = 0

  private let descriptor: Int32
  private let closesDescriptor: Bool
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var pending = 0..<0
  /// Bytes at the start of `pending` that hold no line feed.
  private var searched = 0
  private var isAtEnd = false

  /// Opens a file; `nil` or `-` stands for standard input.
  init(path: String?) throws(CommandFailure) {
    guard let path, path != "-" else {
      try Self.check(STDIN_FILENO, "standard input")
      (name, descriptor, closesDescriptor) = ("standard input", STDIN_FILENO, false)
      return
    }
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw CommandFailure("cannot read \(path): \(systemMessage(errno))") }
    do throws(CommandFailure) { try Self.check(opened, path) } catch {
      close(opened)
      throw error
    }
    (name, descriptor, closesDescriptor) = (path, opened, true)
  }

  /// Throws where the input may have no end.
  private static func check(_ descriptor: Int32, _ name: String) throws(CommandFailure) {
    do throws(FileError) { try Files.checkInput(descriptor, path: name) } catch {
      throw CommandFailure(error.description)
    }
  }

  deinit {
    if closesDescriptor { close(descriptor) }
  }

  /// Hands out every line without its line feed; a last line without one counts.
  ///
  /// - Parameters:
  ///   - beforeWaiting: called before each read, which may block: the moment to flush output.
  ///   - body: called with the bytes of each line, valid during the call.
  mutating func forEachLine(
    beforeWaiting: () throws(CommandFailure) -> Void, _ body: (RawSpan, Int) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    while true {
      while let length = lengthOfNextLine() {
        lineNumber += 1
        let start = pending.lowerBound
        pending = min(start + length + 1, pending.upperBound)..<pending.upperBound
        try body(buffer.span.bytes.extracting(start..<start + length), lineNumber)
      }
      if isAtEnd { return }
      try beforeWaiting()
      try fill()
    }
  }

  /// Bytes before the next line feed; at the end of the input, all that are left.
  private mutating func lengthOfNextLine() -> Int? {
    guard !pending.isEmpty else { return nil }
    let length = buffer.withUnsafeBytes { raw -> Int? in
      guard let start = raw.baseAddress?.advanced(by: pending.lowerBound) else { return nil }
      return memchr(start + searched, 0x0A, pending.count - searched).map { UnsafeRawPointer($0) - start }
    }
    searched = length == nil ? pending.count : 0
    return length ?? (isAtEnd ? pending.count : nil)
  }

  /// Moves what is pending to the front and reads more behind it, into a larger buffer where it is full.
  private mutating func fill() throws(CommandFailure) {
    let kept = pending.count
    if kept == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
    var received = -1
    while received < 0 {
      received = buffer.withUnsafeMutableBytes { raw in
        guard let start = raw.baseAddress else { return 0 }
        memmove(start, start + pending.lowerBound, kept)
        return read(descriptor, start + kept, raw.count - kept)
      }
      pending = 0..<kept
      guard received >= 0 || errno == EINTR else {
        throw CommandFailure("cannot read \(name): \(systemMessage(errno))")
      }
    }
    isAtEnd = received == 0
    pending = 0..<kept + received
  }
}
