import Analysis
import ArgumentParser
import Datasets
import Glibc
import JSON
import PersonaData
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
  var style: ProgressStyle { Messages.isSilenced ? .none : progress ?? .fitting }
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

/// Shows how far an analysis has come.
struct ProgressDisplay {
  private let line: ProgressLine

  init(_ style: ProgressStyle) {
    line = ProgressLine(style)
  }

  /// Takes the state of the analysis; may be called from any thread.
  func update(_ progress: AnalysisProgress) {
    line.update(
      seconds: progress.elapsedSeconds, share: Double(progress.finishedBytes) / Double(max(1, progress.totalBytes)),
      sentence: { Self.sentence(progress) }, json: { Self.json(progress) })
  }

  /// Removes the live line.
  func end() { line.end() }

  private static func sentence(_ progress: AnalysisProgress) -> String {
    var parts = [
      "\(progress.finishedDatasets) of \(progress.totalDatasets) datasets",
      "\(NumberFormat.grouped(progress.conversations)) conversations",
      "\(NumberFormat.short(progress.tokens, from: 1_000)) tokens",
      "\(NumberFormat.short(Int(progress.tokensPerSecond.rounded()), from: 1_000)) tokens/s",
    ]
    if let seconds = progress.secondsLeft { parts.append("\(NumberFormat.duration(seconds)) left") }
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
}

/// Shows how far the making of datasets has come, and what went wrong as soon as it does.
struct GenerationDisplay: Sendable {
  private let line: ProgressLine
  private let watch = Stopwatch()

  init(_ style: ProgressStyle) {
    line = ProgressLine(style)
  }

  /// Takes the state of the work; may be called from any thread.
  func update(_ progress: DatasetGenerator.Progress) {
    tell(progress.outcome)
    let seconds = watch.seconds
    line.update(
      seconds: seconds, share: Double(progress.doneBytes) / Double(max(1, progress.totalBytes)),
      sentence: { Self.sentence(progress, seconds) }, json: { Self.json(progress, seconds) })
  }

  /// Removes the live line.
  func end() { line.end() }

  private func tell(_ outcome: DatasetGenerator.Outcome) {
    switch outcome.result {
    case .failure(let error):
      error.kind == .nothingFound ? Messages.notice(error.description) : Messages.error(error.description)
    case .success(let made):
      guard let report = made.contents?.report else { return }
      for warning in report.warnings { Messages.warning("\(made.name): \(warning)") }
      for line in report.damagedLines { Messages.warning(line.description) }
    }
  }

  private static func sentence(_ progress: DatasetGenerator.Progress, _ seconds: Double) -> String {
    let done = "\(progress.done) of \(progress.total) datasets"
    let speed = NumberFormat.short(Int(Double(progress.doneBytes) / max(seconds, 0.001)), from: 1_000)
    guard progress.doneBytes > 0 else { return done }
    let left = Double(progress.totalBytes - progress.doneBytes) * seconds / Double(progress.doneBytes)
    return "\(done), \(speed)B/s of raw records, \(NumberFormat.duration(left)) left"
  }

  private static func json(_ progress: DatasetGenerator.Progress, _ seconds: Double) -> JSONValue {
    .object(
      JSONObject([
        ("datasets", .number(progress.done)), ("total_datasets", .number(progress.total)),
        ("bytes", .number(progress.doneBytes)), ("total_bytes", .number(progress.totalBytes)),
        ("seconds", .double((seconds * 10).rounded() / 10)),
      ]))
  }
}
