public import Datasets
public import ModelHub
public import TokenStatistics

/// Why an analysis or a scan could not begin or could not write its results.
public enum AnalysisError: Error, Sendable, CustomStringConvertible {
  /// A model or template that is not known.
  case model(ModelHubError)
  /// The statistics document or its checkpoints.
  case statistics(StatisticsError)
  /// The datasets cannot be found or read, or nothing is left of them.
  case input(InputError)
  /// A file beside the statistics cannot be written.
  case output(reason: String)
  /// The tokenizer of a model is not there or cannot be loaded.
  case tokenizer(ModelHubError)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .model(let error): error.description
    case .statistics(let error): error.description
    case .input(let error): error.description
    case .output(let reason): reason
    case .tokenizer(let error): error.description
    }
  }
}
