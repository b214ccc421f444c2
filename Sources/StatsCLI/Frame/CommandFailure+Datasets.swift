import Datasets
import PersonaData

extension CommandFailure {
  /// A failure to find, read or make a dataset with the status that belongs to it.
  init(_ error: DatasetError) {
    self.init(error.description, status: error.kind == .nothingFound ? .nothingMatched : .failure)
  }
}
