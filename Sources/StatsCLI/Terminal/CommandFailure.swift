import Support

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
  /// A failure to find, read or make what was asked for, with the status that belongs to it.
  init(_ error: InputError) {
    let status: ExitStatus =
      switch error.kind {
      case .nothingFound: .nothingMatched
      // An unknown template is a wrong command line; a model that cannot be used has a status of its own.
      case .template: .usage
      case .model, .unknownModel: .unknownModel
      case .hub(.interrupted): .interrupted
      default: .failure
      }
    self.init(error.description, status: status)
  }

  /// A failure of a scan of the folder of datasets; where that cannot be read, another one can be named.
  ///
  /// - Parameter folder: the folder that the user named; nil for the usual one.
  init(scanning error: InputError, folder: String? = nil) {
    guard error.kind == .missing, folder == nil else {
      self.init(error)
      return
    }
    self.init("\(error); name the folder of the datasets with --dataset-dir")
  }
}
