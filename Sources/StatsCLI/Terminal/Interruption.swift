import Glibc
import Support

/// SIGINT and SIGTERM, turned into a flag that is passed to the work, so that what is finished is kept.
enum Interruption {
  /// Set when the user asks to stop.
  static let flag = StopFlag()

  /// Whether the user asked to stop.
  static var isRequested: Bool { flag.isRequested }

  /// Ends the program at once on a signal: for commands that leave nothing half-written.
  static func endAtOnce() {
    handle(endWithoutCleanup)
  }

  /// Lets the command come to a stop by itself on the first signal; the second one ends it at once.
  static func stopGently() {
    // A handler must not initialize anything: the flag exists from here on.
    _ = isRequested
    handle(countRequest)
  }

  private static func handle(_ handler: @escaping @convention(c) (Int32) -> Void) {
    // Without SA_RESTART a blocking read returns, and the reader sees the flag.
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    sigemptyset(&action.sa_mask)
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    // Parents that use libdispatch start programs with these signals blocked, and then nothing would stop a long run.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

private func endWithoutCleanup(_ signal: Int32) {
  _exit(ExitStatus.interrupted.rawValue)
}

private func countRequest(_ signal: Int32) {
  if !Interruption.flag.request() { _exit(ExitStatus.interrupted.rawValue) }
}
