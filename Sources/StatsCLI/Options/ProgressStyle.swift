import ArgumentParser
import Glibc

/// How progress is shown on standard error.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  /// One live line.
  case bar
  /// A line now and then.
  case plain
  /// A JSON object a line now and then.
  case json
  /// Nothing.
  case none

  /// A live line on a terminal, plain lines elsewhere.
  static var fitting: ProgressStyle { isatty(STDERR_FILENO) == 1 ? .bar : .plain }
}
