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
  ///   - parts: The state for people, clause by clause; asked for only where it is shown.
  ///   - json: The state for programs; asked for only where it is shown.
  func update(seconds: Double, share: Double, parts: () -> [ProgressPart], json: () -> JSONValue) {
    let isDue = lastShown.withLock { last in
      guard seconds - last >= interval else { return false }
      last = seconds
      return true
    }
    guard isDue else { return }
    switch style {
    case .bar:
      // A line that wraps cannot be wiped.
      let columns = TerminalScreen.standardErrorColumns.map { $0 - 1 }
      Messages.showLive(Self.fitted(Self.bar(share), parts(), columns: columns))
    case .plain: Messages.notice(parts().map(\.text).joined(separator: ", "))
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

  /// The bar and the clauses that fit: those of least worth are left out first, and the bar before the last clause.
  static func fitted(_ bar: String, _ parts: [ProgressPart], columns: Int?) -> String {
    var parts = parts
    func line(_ bar: String) -> String { bar + parts.map(\.text).joined(separator: ", ") }
    guard let columns else { return line(bar) }
    while line(bar).unicodeScalars.count > columns, parts.count > 1,
      let least = parts.indices.min(by: { parts[$0].worth < parts[$1].worth })
    {
      parts.remove(at: least)
    }
    if line(bar).unicodeScalars.count <= columns { return line(bar) }
    return line("").unicodeScalars.count <= columns ? line("") : ""
  }
}

/// A clause of a line of progress.
struct ProgressPart {
  /// What it says.
  let text: String
  /// How long it stays where there is little room: the greater the longer.
  let worth: Int

  init(_ text: String, worth: Int) {
    self.text = text
    self.worth = worth
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

  /// A live line on a terminal that can redraw one, plain lines elsewhere and where `CI` says that nobody watches.
  static var fitting: ProgressStyle {
    let redraws = isatty(STDERR_FILENO) == 1 && Files.environment("TERM") != "dumb" && Files.environment("CI") == nil
    return redraws ? .bar : .plain
  }
}

/// Shows how far an analysis has come.
struct ProgressDisplay: Sendable {
  private let line: ProgressLine
  private let last = Guarded(AnalysisProgress())

  init(_ style: ProgressStyle) {
    line = ProgressLine(style)
  }

  /// Takes the state of the analysis; may be called from any thread.
  func update(_ progress: AnalysisProgress) {
    line.update(
      seconds: progress.elapsedSeconds, share: Double(progress.finishedBytes) / Double(max(1, progress.totalBytes)),
      parts: { Self.parts(progress) }, json: { Self.json(progress) })
    last.withLock { $0 = progress }
  }

  /// Removes the live line and says in one what was done, unless nothing was or no progress is shown.
  func end() {
    line.end()
    let progress = last.withLock { $0 }
    guard [.bar, .plain].contains(line.style), progress.tokens > 0 else { return }
    Messages.notice(Self.summary(progress))
  }

  /// What was done, and how fast.
  static func summary(_ progress: AnalysisProgress) -> String {
    let datasets = progress.finishedDatasets
    let elapsed = progress.elapsedSeconds
    let seconds = NumberFormat.fixed(elapsed, digits: elapsed < 0.0095 ? 3 : elapsed < 0.095 ? 2 : 1)
    return "\(NumberFormat.short(progress.tokens, from: 1_000)) tokens of \(NumberFormat.grouped(datasets)) "
      + "dataset\(datasets == 1 ? "" : "s") in \(seconds) s, "
      + "\(NumberFormat.short(Int(progress.tokensPerSecond.rounded()), from: 1_000)) tokens/s"
  }

  static func parts(_ progress: AnalysisProgress) -> [ProgressPart] {
    var parts = [
      ProgressPart("\(progress.finishedDatasets) of \(progress.totalDatasets) datasets", worth: 5),
      ProgressPart("\(NumberFormat.grouped(progress.conversations)) conversations", worth: 1),
      ProgressPart("\(NumberFormat.short(progress.tokens, from: 1_000)) tokens", worth: 2),
      ProgressPart(
        "\(NumberFormat.short(Int(progress.tokensPerSecond.rounded()), from: 1_000)) tokens/s", worth: 3),
    ]
    if let seconds = progress.secondsLeft {
      parts.append(ProgressPart("\(NumberFormat.duration(seconds)) left", worth: 4))
    }
    return parts
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
      parts: { Self.parts(progress, seconds) }, json: { Self.json(progress, seconds) })
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

  private static func parts(_ progress: DatasetGenerator.Progress, _ seconds: Double) -> [ProgressPart] {
    let done = ProgressPart("\(progress.done) of \(progress.total) datasets", worth: 3)
    let speed = NumberFormat.short(Int(Double(progress.doneBytes) / max(seconds, 0.001)), from: 1_000)
    guard progress.doneBytes > 0 else { return [done] }
    let left = Double(progress.totalBytes - progress.doneBytes) * seconds / Double(progress.doneBytes)
    return [
      done, ProgressPart("\(speed)B/s of raw records", worth: 1),
      ProgressPart("\(NumberFormat.duration(left)) left", worth: 2),
    ]
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
