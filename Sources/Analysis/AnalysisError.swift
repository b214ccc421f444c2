public import ModelHub
public import TokenStatistics

/// Why an analysis could not begin or could not write its document.
public enum AnalysisError: Error, Sendable, CustomStringConvertible {
  /// A model or template that is not known.
  case model(ModelError)
  /// The statistics document or its checkpoints.
  case statistics(StatisticsError)
  /// The dataset folder cannot be read.
  case datasets(reason: String)
  /// The folder has no dataset that was asked for.
  case nothingMatched(reason: String)
  /// A file beside the statistics cannot be written.
  case output(reason: String)
  /// The tokenizer of a model is not there or cannot be loaded.
  case tokenizer(model: String, reason: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .model(let error): error.description
    case .statistics(let error): error.description
    case .datasets(let reason), .nothingMatched(let reason), .output(let reason): reason
    case .tokenizer(let model, let reason): "the tokenizer of \(model) cannot be used: \(reason)"
    }
  }
}
