import JSON
import Datasets
import PersonaData
import Support

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
