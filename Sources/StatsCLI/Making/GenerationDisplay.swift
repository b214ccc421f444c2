import JSON
import Datasets
import PersonaData
import Synchronization

/// Shows how far the making of datasets has come, and what went wrong as soon as it does.
final class GenerationDisplay: Sendable {
  private let style: ProgressStyle
  private let start = ContinuousClock.now
  private let lastShown = Mutex(0.0)

  init(_ style: ProgressStyle) {
    self.style = style
  }

  /// Takes the state of the work; may be called from any thread.
  func update(_ progress: DatasetGenerator.Progress) {
    tell(progress.outcome)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let interval = style == .bar ? 0.1 : style == .json ? 1 : 5
    let isDue = lastShown.withLock { last in
      guard style != .none, seconds - last >= interval else { return false }
      last = seconds
      return true
    }
    guard isDue else { return }
    switch style {
    case .bar: Messages.showLive(Self.sentence(progress, seconds))
    case .plain: Messages.notice(Self.sentence(progress, seconds))
    case .json: Messages.notice(String(decoding: Self.json(progress, seconds).serialized(), as: UTF8.self))
    case .none: break
    }
  }

  /// Removes the live line.
  func end() {
    if style == .bar { Messages.showLive("") }
  }

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
    let speed = NumberText.short(Double(progress.doneBytes) / max(seconds, 0.001))
    guard progress.doneBytes > 0 else { return done }
    let left = Double(progress.totalBytes - progress.doneBytes) * seconds / Double(progress.doneBytes)
    return "\(done), \(speed)B/s of raw records, \(NumberText.duration(left)) left"
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
