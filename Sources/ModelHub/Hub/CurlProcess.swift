@preconcurrency import Glibc
import Support

/// The `curl` program at work on one request.
///
/// Its settings, the token among them, go to its standard input, so that neither the list of processes nor a log shows
/// them. What the server sends comes back through a socket: curl never opens a file, and everything that is written is
/// written and bounded here.
struct CurlProcess: ~Copyable {
  private let process: pid_t
  private let output: Int32
  private let messages: Int32
  private var messageBytes: [UInt8] = []
  private var isMessageEnd = false
  private var isReaped = false
  private let stop: StopFlag?

  /// What ``read(into:within:)`` came to.
  enum Reading: Sendable, Hashable {
    /// So many bytes came.
    case bytes(Int)
    /// The program has sent everything.
    case end
    /// Nothing came in time.
    case stalled
    /// The user asked to stop.
    case stopped
  }

  /// How many bytes of its messages are kept.
  private static let maximumMessage = 4_096
  /// Milliseconds between two looks at the stop flag.
  private static let tick: Int32 = 200

  /// Starts curl.
  ///
  /// - Parameters:
  ///   - program: the path of curl.
  ///   - settings: the lines of its configuration.
  ///   - stop: tells when to give up.
  init(_ program: String, settings: [String], stop: StopFlag?) throws(InputError) {
    let ends = try Self.start(program, settings: settings)
    process = ends.process
    output = ends.output
    messages = ends.messages
    self.stop = stop
  }

  /// Starts curl and sends it its configuration.
  private static func start(
    _ program: String, settings: [String]
  ) throws(InputError) -> (process: pid_t, output: Int32, messages: Int32) {
    var opened: [Int32] = []
    defer { for descriptor in opened { _ = close(descriptor) } }
    func pair() throws(InputError) -> (ours: Int32, theirs: Int32) {
      let ends = try Self.pair(program)
      opened += [ends.ours, ends.theirs]
      return ends
    }
    let (input, output, messages) = (try pair(), try pair(), try pair())
    // The first argument must be first: the user's own configuration may say anything.
    let process = try ChildProcess.start(
      program, ["--disable", "--config", "-"], input: input.theirs, output: output.theirs, messages: messages.theirs)
    send(Array((settings.joined(separator: "\n") + "\n").utf8), to: input.ours)
    opened.removeAll { $0 == output.ours || $0 == messages.ours }
    return (process, output.ours, messages.ours)
  }

  deinit {
    if !isReaped {
      _ = kill(process, SIGKILL)
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
    _ = close(output)
    _ = close(messages)
  }

  /// Two ends of a socket, which no other program inherits.
  private static func pair(_ program: String) throws(InputError) -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw .notStarted(program: program, reason: String(cString: strerror(errno)))
    }
    return (ends[0], ends[1])
  }

  /// Sends everything; a curl that has ended takes nothing, and says why elsewhere.
  private static func send(_ bytes: [UInt8], to socket: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 {
        guard errno == EINTR else { return }
      } else {
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Reads what the server sends, its header first.
  ///
  /// - Parameters:
  ///   - buffer: takes the bytes.
  ///   - seconds: how long to wait for the first of them.
  mutating func read(into buffer: inout [UInt8], within seconds: Double) -> Reading {
    let watch = Stopwatch()
    while true {
      if stop?.isRequested == true { return .stopped }
      var ready = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isMessageEnd ? -1 : messages, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&ready, 2, Self.tick)
      guard count > 0 else {
        if watch.seconds > seconds { return .stalled }
        continue
      }
      if ready[1].revents != 0 { readMessage() }
      if ready[0].revents != 0 {
        let count = buffer.withUnsafeMutableBytes { Glibc.read(output, $0.baseAddress, $0.count) }
        if count > 0 { return .bytes(count) }
        if count == 0 || errno != EINTR { return .end }
      }
    }
  }

  private mutating func readMessage() {
    var bytes = [UInt8](repeating: 0, count: Self.maximumMessage)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(messages, $0.baseAddress, $0.count) }
    if count > 0 {
      messageBytes += bytes[..<min(count, max(0, Self.maximumMessage - messageBytes.count))]
    } else if count == 0 || errno != EINTR {
      isMessageEnd = true
    }
  }

  /// Waits for the end of the program.
  ///
  /// - Returns: How it ended, and what it said, as one line.
  mutating func finish() -> (ending: ChildProcess.Ending, message: String) {
    while !isMessageEnd { readMessage() }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { break }
    }
    isReaped = true
    let text = String(decoding: messageBytes, as: UTF8.self)
    return (ChildProcess.Ending(status: status), text.split { $0.isNewline }.joined(separator: "; "))
  }
}
