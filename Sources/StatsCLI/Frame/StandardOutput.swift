import Glibc

/// Buffered bytes on their way to standard output.
///
/// Results go here and nothing else does. Only the main thread writes; what is still in the buffer is written by
/// ``flush()``, which each command calls before it returns, so that a full disk is an error and not a silent loss.
struct StandardOutput: ~Copyable {
  private static let capacity = 1 << 16

  private var buffer: [UInt8] = []

  init() {
    buffer.reserveCapacity(Self.capacity)
  }

  /// Appends text.
  mutating func write(_ text: String) throws(CommandFailure) {
    buffer.append(contentsOf: text.utf8)
    try flushIfFull()
  }

  /// Appends bytes as they are.
  mutating func write(bytes: [UInt8]) throws(CommandFailure) {
    buffer.append(contentsOf: bytes)
    try flushIfFull()
  }

  /// Appends text and a line feed.
  mutating func writeLine(_ text: String) throws(CommandFailure) {
    buffer.append(contentsOf: text.utf8)
    buffer.append(UInt8(ascii: "\n"))
    try flushIfFull()
  }

  /// Appends bytes and a line feed.
  mutating func writeLine(_ bytes: [UInt8]) throws(CommandFailure) {
    buffer.append(contentsOf: bytes)
    buffer.append(UInt8(ascii: "\n"))
    try flushIfFull()
  }

  /// Hands everything to the system.
  mutating func flush() throws(CommandFailure) {
    let code = writeAll(buffer, to: STDOUT_FILENO)
    buffer.removeAll(keepingCapacity: true)
    switch code {
    case 0: return
    case EPIPE: endAsBrokenPipe()
    default: throw CommandFailure("cannot write to standard output: \(systemMessage(code))")
    }
  }

  private mutating func flushIfFull() throws(CommandFailure) {
    if buffer.count >= Self.capacity { try flush() }
  }
}

/// Writes all bytes and returns 0 or the error number.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  bytes.withUnsafeBytes { raw in
    var rest = raw[...]
    while !rest.isEmpty {
      let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}

/// What the system calls an error number.
func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code))
}

/// Ends the process the way every filter ends whose reader has gone (`| head`): quietly, by SIGPIPE.
private func endAsBrokenPipe() -> Never {
  signal(SIGPIPE, SIG_DFL)
  raise(SIGPIPE)
  exit(ExitStatus.failure.rawValue)
}
