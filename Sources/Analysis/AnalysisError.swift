public import Datasets
public import ModelHub
public import TokenStatistics

/// Why an analysis or a scan could not begin or could not write its results.
public enum AnalysisError: Error, Sendable, CustomStringConvertible {
  /// A model or template that is not known.
  case model(ModelHubError)
  /// The statistics document or its checkpoints.
  case statistics(StatisticsError)
  /// The datasets cannot be found or read, nothing is left of them, or a file beside the statistics cannot be written.
  case input(InputError)
  /// The tokenizer of a model is not there or cannot be loaded.
  case tokenizer(ModelHubError)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .model(let error): error.description
    case .statistics(let error): error.description
    case .input(let error): error.description
    case .tokenizer(let error): error.description
    }
  }
}
