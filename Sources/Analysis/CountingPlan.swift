import Counting
import Datasets
import TokenStatistics

/// What every worker of an analysis needs to know; it never changes while they work.
struct CountingPlan: Sendable {
  let formats: [String: LoadedFormat]
  let countMode: CountMode
  let limits: [Int]
  let onError: ErrorPolicy
  let groupColumns: [String]
  let force: Bool
  let measuresRendering: Bool
  let toolVersion: String
  let store: CheckpointStore
  let lengths: LengthsTable?

  /// Whether stored results are of use: they hold no single rows.
  var takesOver: Bool { !force && lengths == nil }

  /// Whether a conversation whose template raises is counted by its joined contents.
  var countsFallback: Bool { countMode == .legacy || onError == .fallback }

  func options(for format: LoadedFormat, filters: ScoreFilters) -> Fingerprint.Options {
    Fingerprint.Options(
      countMode: countMode, limits: limits, tokenizer: format.record(mode: countMode), onError: onError.rawValue,
      groupColumns: groupColumns, selection: filters.selectionText)
  }

  /// The settings for the statistics document.
  var settings: RunSettings {
    RunSettings(
      toolVersion: toolVersion, countMode: countMode, limits: limits,
      tokenizers: formats.mapValues { $0.record(mode: countMode) })
  }
}
