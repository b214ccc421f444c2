import Analysis
import Datasets
import ModelHub

extension CommandFailure {
  /// A failure of the analysis with the status that belongs to it.
  init(_ error: AnalysisError) {
    switch error {
    case .model(let reason): self.init(reason)
    case .tokenizer: self.init(error.description, status: .unknownModel)
    case .input(let reason) where reason.kind == .nothingFound: self.init(reason)
    case .input: self.init("\(error); name the folder of the datasets with --dataset-dir")
    case .statistics, .output: self.init(error.description)
    }
  }

  /// A model that cannot be used has a status of its own; an unknown template is a wrong command line.
  init(_ error: ModelHubError) {
    switch error {
    case .unknownTemplate, .malformedOverride: self.init(error.description, status: .usage)
    default: self.init(error.description, status: .unknownModel)
    }
  }

  /// A failure to find, read or make a dataset with the status that belongs to it.
  init(_ error: InputError) {
    self.init(error.description, status: error.kind == .nothingFound ? .nothingMatched : .failure)
  }
}
