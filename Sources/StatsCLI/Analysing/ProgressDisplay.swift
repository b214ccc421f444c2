import Analysis
import JSON
import Support

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
