import Analysis
import Glibc
import JSON
import Synchronization

/// Shows how far an analysis has come, as often as a reader can follow.
final class ProgressDisplay: Sendable {
  private let style: ProgressStyle
  private let lastShown = Mutex(-Double.infinity)

  init(_ style: ProgressStyle) {
    self.style = style
  }

  /// Seconds between two lines.
  private var interval: Double {
    switch style {
    case .bar: 0.1
    case .json: 1
    case .plain: 5
    case .none: .infinity
    }
  }

  /// Takes the state of the analysis; may be called from any thread.
  func update(_ progress: AnalysisProgress) {
    guard style != .none else { return }
    let isDue = lastShown.withLock { last in
      guard progress.elapsedSeconds - last >= interval else { return false }
      // The first line waits as long as the others: a short run needs none.
      let isFirst = last == -.infinity
      last = progress.elapsedSeconds
      return !isFirst
    }
    if isDue { show(progress) }
  }

  /// Removes the live line.
  func end() {
    if style == .bar { Messages.showLive("") }
  }

  private func show(_ progress: AnalysisProgress) {
    switch style {
    case .bar: Messages.showLive(Self.fitted(Self.bar(progress)))
    case .plain: Messages.notice(Self.sentence(progress))
    case .json: Messages.notice(String(decoding: Self.json(progress).serialized(), as: UTF8.self))
    case .none: break
    }
  }

  private static func bar(_ progress: AnalysisProgress) -> String {
    let width = 20
    let share = Double(progress.finishedBytes) / Double(max(1, progress.totalBytes))
    let filled = min(width, Int(share * Double(width)))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    return "[\(bar)] " + sentence(progress)
  }

  private static func sentence(_ progress: AnalysisProgress) -> String {
    var parts = [
      "\(progress.finishedDatasets) of \(progress.totalDatasets) datasets",
      "\(NumberText.grouped(progress.conversations)) conversations",
      "\(NumberText.short(Double(progress.tokens))) tokens",
      "\(NumberText.short(progress.tokensPerSecond)) tokens/s",
    ]
    if let seconds = progress.secondsLeft { parts.append("\(NumberText.duration(seconds)) left") }
    return parts.joined(separator: ", ")
  }

  private static func json(_ progress: AnalysisProgress) -> JSONValue {
    .object(
      JSONObject([
        ("datasets", .number(progress.finishedDatasets)), ("total_datasets", .number(progress.totalDatasets)),
        ("conversations", .number(progress.conversations)), ("tokens", .number(progress.tokens)),
        ("tokens_per_second", .double(progress.tokensPerSecond.rounded())),
        ("seconds", .double((progress.elapsedSeconds * 10).rounded() / 10)),
        ("seconds_left", progress.secondsLeft.map { .double($0.rounded()) } ?? .null),
      ]))
  }

  /// A line that wraps cannot be wiped: it is cut to the terminal's width.
  private static func fitted(_ line: String) -> String {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return line }
    return String(line.prefix(Int(size.ws_col) - 1))
  }
}
