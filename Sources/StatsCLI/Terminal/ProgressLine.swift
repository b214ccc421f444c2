import ArgumentParser
import Glibc
import JSON
import Support

/// Shows how far a command has come, as often as a reader can follow.
final class ProgressLine: Sendable {
  /// How progress is shown.
  let style: ProgressStyle
  private let lastShown = Guarded(0.0)

  private static let barWidth = 20

  init(_ style: ProgressStyle) {
    self.style = style
  }

  /// Seconds between two lines, and before the first: a short run needs none.
  private var interval: Double {
    switch style {
    case .bar: 0.1
    case .json: 1
    case .plain: 5
    case .none: .infinity
    }
  }

  /// Takes the state of the work; may be called from any thread.
  ///
  /// - Parameters:
  ///   - seconds: The time since the work began.
  ///   - share: How much of it is done, from 0 to 1.
  ///   - sentence: The state for people; asked for only where it is shown.
  ///   - json: The state for programs; asked for only where it is shown.
  func update(seconds: Double, share: Double, sentence: () -> String, json: () -> JSONValue) {
    let isDue = lastShown.withLock { last in
      guard seconds - last >= interval else { return false }
      last = seconds
      return true
    }
    guard isDue else { return }
    switch style {
    case .bar: Messages.showLive(Self.fitted(Self.bar(share) + sentence()))
    case .plain: Messages.notice(sentence())
    case .json: Messages.notice(String(decoding: json().serialized(), as: UTF8.self))
    case .none: break
    }
  }

  /// Removes the live line.
  func end() {
    if style == .bar { Messages.showLive("") }
  }

  private static func bar(_ share: Double) -> String {
    let filled = min(barWidth, Int(share * Double(barWidth)))
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: barWidth - filled) + "] "
  }

  /// A line that wraps cannot be wiped: it is cut to the terminal's width.
  private static func fitted(_ line: String) -> String {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return line }
    return String(line.prefix(Int(size.ws_col) - 1))
  }
}

/// Whether and how progress is shown.
struct ProgressOptions: ParsableArguments {
  @Option(help: "Progress on standard error: bar on a terminal, plain elsewhere.")
  var progress: ProgressStyle?

  /// The style to use.
  var style: ProgressStyle { progress ?? .fitting }
}

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
