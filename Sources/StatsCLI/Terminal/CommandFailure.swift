import Analysis
import Datasets
import ModelHub

/// A failure that ends the command: what to tell the user, and the exit status.
struct CommandFailure: Error {
  let message: String
  let status: ExitStatus

  init(_ message: String, status: ExitStatus = .failure) {
    self.message = message
    self.status = status
  }
}

/// How a run of the program ended, as the shell sees it.
enum ExitStatus: Int32 {
  /// Everything that was asked for is done.
  case success = 0
  /// Nothing useful came of it: a missing folder, a damaged statistics file, a write error.
  case failure = 1
  /// Finished, but some datasets or rows failed; each was named.
  case partialFailure = 3
  /// The request was fine and nothing matched it.
  case nothingMatched = 4
  /// A model nobody knows, or a tokenizer that is not on this machine.
  case unknownModel = 5
  /// A condition that was asked for does not hold.
  case conditionFailed = 6
  /// The command line was wrong (`EX_USAGE`).
  case usage = 64
  /// Stopped by a signal; what was finished by then is kept.
  case interrupted = 130
}

extension CommandFailure {
  /// A failure of the analysis with the status that belongs to it.
  init(_ error: AnalysisError) {
    switch error {
    case .model(let reason): self.init(reason)
    case .tokenizer: self.init(error.description, status: .unknownModel)
    case .input(let reason) where reason.kind == .nothingFound || reason.kind == .unwritable: self.init(reason)
    case .input: self.init("\(error); name the folder of the datasets with --dataset-dir")
    case .statistics: self.init(error.description)
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
