import Glibc
import Reports
import Support

/// Messages for the person at the terminal, on standard error, one whole line at a time from any thread.
///
/// A progress line that is being redrawn is wiped before a message and drawn again after it. Names in a message may hold
/// anything: what a terminal would obey is written so that it is seen.
enum Messages {
  private static let liveLine = Guarded("")

  /// Something went wrong; the sentence says what, where and what to do.
  static func error(_ text: String) {
    line("error: " + text)
  }

  /// The run goes on, but the user should know.
  static func warning(_ text: String) {
    line("warning: " + text)
  }

  /// Something worth a line that is neither.
  static func notice(_ text: String) {
    line(text)
  }

  /// Replaces the live line at the bottom of the terminal; an empty text removes it.
  static func showLive(_ text: String) {
    liveLine.withLock { live in
      guard live != text else { return }
      live = text
      write("\r\u{1B}[K" + text)
    }
  }

  private static func line(_ text: String) {
    let text = TerminalText.visible(text, keepsLines: true)
    liveLine.withLock { live in
      write(live.isEmpty ? text + "\n" : "\r\u{1B}[K" + text + "\n" + live)
    }
  }

  // A message that cannot be written has nowhere left to be reported.
  private static func write(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
  }
}
