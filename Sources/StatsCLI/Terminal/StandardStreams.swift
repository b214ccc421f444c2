import Glibc
import Reports
import Support

/// Buffered bytes on their way to standard output.
///
/// Results go here and nothing else does. Only the main thread writes; what is still in the buffer is written by
/// ``flush()``, which each command calls before it returns, so that a full disk is an error and not a silent loss. Where
/// standard output is a terminal, what a terminal would obey is written so that it is seen.
struct StandardOutput: ~Copyable {
  private static let capacity = 1 << 16

  private var buffer: [UInt8] = []
  private let isTerminal = isatty(STDOUT_FILENO) == 1

  init() {
    buffer.reserveCapacity(Self.capacity)
  }

  /// Appends text.
  mutating func write(_ text: String) throws(CommandFailure) {
    append(text)
    try flushIfFull()
  }

  /// Appends bytes.
  mutating func write(bytes: [UInt8]) throws(CommandFailure) {
    append(bytes)
    try flushIfFull()
  }

  /// Appends text and a line feed.
  mutating func writeLine(_ text: String) throws(CommandFailure) {
    append(text)
    buffer.append(UInt8(ascii: "\n"))
    try flushIfFull()
  }

  /// Appends bytes and a line feed.
  mutating func writeLine(_ bytes: [UInt8]) throws(CommandFailure) {
    append(bytes)
    buffer.append(UInt8(ascii: "\n"))
    try flushIfFull()
  }

  /// Appends bytes that hold sequences for the terminal, and nothing of data that a terminal would obey, and a line feed.
  mutating func writeLine(styled bytes: [UInt8]) throws(CommandFailure) {
    buffer.append(contentsOf: bytes)
    buffer.append(UInt8(ascii: "\n"))
    try flushIfFull()
  }

  private mutating func append(_ text: String) {
    buffer.append(contentsOf: (isTerminal ? TerminalText.visible(text, keepsLines: true) : text).utf8)
  }

  private mutating func append(_ bytes: [UInt8]) {
    if isTerminal { append(String(decoding: bytes, as: UTF8.self)) } else { buffer.append(contentsOf: bytes) }
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

/// Messages for the person at the terminal, on standard error, one whole line at a time from any thread.
///
/// A progress line that is being redrawn is wiped before a message and drawn again after it. Names in a message may hold
/// anything: what a terminal would obey is written so that it is seen, and so is a line feed, behind which a name could
/// pass for a message of its own.
enum Messages {
  private static let liveLine = Guarded("")
  private static let silenced = Guarded(false)

  /// Whether only warnings and errors are said.
  static var isSilenced: Bool { silenced.withLock { $0 } }

  /// Says only warnings and errors from now on.
  static func silence() { silenced.withLock { $0 = true } }

  /// Something went wrong; the sentence says what, where and what to do.
  static func error(_ text: String) {
    line("error: " + text)
  }

  /// Several things went wrong; what is the same of many datasets is said once.
  static func errors(_ failures: [InputError]) {
    for line in InputError.lines(of: failures) { error(line) }
  }

  /// The run goes on, but the user should know.
  static func warning(_ text: String) {
    line("warning: " + text)
  }

  /// Something worth a line that is neither.
  static func notice(_ text: String) {
    if !isSilenced { line(text) }
  }

  /// Why the command line is not understood, in the parser's words.
  static func usage(_ text: String) { line(text, keepsLines: true) }

  /// Replaces the live line at the bottom of the terminal; an empty text removes it.
  static func showLive(_ text: String) {
    liveLine.withLock { live in
      let text = TerminalText.visible(text)
      guard live != text else { return }
      live = text
      write("\r\u{1B}[K" + text)
    }
  }

  private static func line(_ text: String, keepsLines: Bool = false) {
    let text = TerminalText.folded(
      TerminalText.visible(text, keepsLines: keepsLines), width: TerminalScreen.standardErrorColumns)
    liveLine.withLock { live in
      write(live.isEmpty ? text + "\n" : "\r\u{1B}[K" + text + "\n" + live)
    }
  }

  // A message that cannot be written has nowhere left to be reported.
  private static func write(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
  }
}
