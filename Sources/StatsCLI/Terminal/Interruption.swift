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
    handle(endWithoutCleanup, SIGINT, SIGTERM)
  }

  /// How long work may go on after the first signal: one message can be as long as a file.
  fileprivate static let patience = timeval(tv_sec: 0, tv_usec: 400_000)

  /// Lets the command come to a stop by itself on the first signal. The second one ends it at once, and so does work that
  /// does not see the flag for a while, for what is finished is on the disk then.
  static func stopGently() {
    // A handler must not initialize anything: the flag and the time exist from here on.
    _ = isRequested
    _ = patience
    handle(countRequest, SIGINT, SIGTERM)
    handle(endImpatiently, SIGALRM)
  }

  private static func handle(_ handler: @escaping @convention(c) (Int32) -> Void, _ numbers: Int32...) {
    // Without SA_RESTART a blocking read returns, and the reader sees the flag.
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    sigemptyset(&action.sa_mask)
    for number in numbers { sigaction(number, &action, nil) }
    // Parents that use libdispatch start programs with these signals blocked, and then nothing would stop a long run.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGALRM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

private func endWithoutCleanup(_ signal: Int32) {
  _exit(ExitStatus.interrupted.rawValue)
}

private func countRequest(_ signal: Int32) {
  if !Interruption.flag.request() { _exit(ExitStatus.interrupted.rawValue) }
  var timer = itimerval(it_interval: timeval(), it_value: Interruption.patience)
  setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
}

private func endImpatiently(_ signal: Int32) {
  guard !Interruption.flag.isGranted else { return }
  let message: StaticString = "error: interrupted; what was finished is kept, the next run goes on from there\n"
  // Where it cannot be written, the exit status tells.
  _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
  _exit(ExitStatus.interrupted.rawValue)
}
