import Counting
import Support
import Datasets

extension DatasetSource {
  /// The SHA-256 of the data files, one after another, in hexadecimal.
  func digest() throws(FileError) -> String {
    var hash = SHA256()
    for file in files { try hash.update(contentsOf: file) }
    return hash.finalize().hex
  }

  /// Makes sure that the data files are still those that were found.
  func checkUnchanged() throws(DatasetFailure) {
    guard (try? DatasetSource(path: path, name: name)) == self else {
      throw DatasetFailure(
        dataset: name.description, message: "\(path) changed while it was read; run again when it is finished")
    }
  }
}
