public import Support
import TokenStatistics

/// The datasets in a folder.
public struct DatasetDirectory: Sendable {
  /// The folder.
  public let path: String
  /// The datasets, by name.
  public private(set) var datasets: [DatasetSource] = []
  /// What was skipped because it is no dataset.
  public private(set) var notices: [String] = []
  /// Datasets that cannot be read, by name.
  public private(set) var failures: [InputError] = []
  /// The models of all datasets in the folder, whichever were asked for.
  public private(set) var models: [String] = []

  /// Looks through a folder.
  ///
  /// A dataset is a folder as `save_to_disk` writes it or a `.parquet` file, named as ``DatasetName`` says. Where both
  /// are there the folder is taken. Hidden entries are skipped without a notice.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - models: the models whose datasets are wanted; nil for all.
  /// - Throws: `InputError` if the folder is missing or cannot be read, holds no dataset, or none of the models.
  public static func scan(_ path: String, models: [String]? = nil) throws(InputError) -> DatasetDirectory {
    var directory = DatasetDirectory(path: path)
    try directory.collect(models: models)
    return directory
  }

  private init(path: String) { self.path = path }

  private mutating func collect(models wanted: [String]?) throws(InputError) {
    let entries = try list()
    var candidates: [TextKey: (folder: String?, file: String?)] = [:]
    for entry in entries where !entry.hasPrefix(".") {
      let isFolder = Files.isDirectory(Files.join(path, entry))
      if isFolder {
        guard isCandidate(entry) else {
          notices.append("\(entry): passed over, the folder is no dataset")
          continue
        }
        candidates[TextKey(entry), default: (nil, nil)].folder = entry
      } else if entry.hasSuffix(".parquet") {
        candidates[TextKey(String(entry.dropLast(".parquet".count))), default: (nil, nil)].file = entry
      } else {
        notices.append("\(entry): passed over, it is neither a dataset folder nor a .parquet file")
      }
    }
    guard !candidates.isEmpty else {
      throw InputError(.nothingFound, dataset: path, "the folder holds no datasets (\(DatasetName.grammar))")
    }
    for (text, entry) in candidates.sorted(by: { $0.key < $1.key }) {
      add(text.text, folder: entry.folder, file: entry.file, wanted: wanted)
    }
    guard let wanted, datasets.isEmpty, failures.isEmpty else { return }
    throw InputError(
      .nothingFound, dataset: path,
      "no dataset of \(wanted.joined(separator: ", ")); there are datasets of \(models.joined(separator: ", "))")
  }

  private func list() throws(InputError) -> [String] {
    guard let status = Files.status(path) else {
      throw InputError(.missing, dataset: path, "there is no such folder")
    }
    guard status.isDirectory else { throw InputError(.missing, dataset: path, "this is a file, no folder") }
    do { return try Files.list(path) } catch { throw InputError(.unreadable, dataset: path, error.description) }
  }

  /// A folder with a dataset's name counts as one even if nothing of it was written yet.
  private func isCandidate(_ entry: String) -> Bool {
    if DatasetSource.isDatasetFolder(Files.join(path, entry)) { return true }
    return (try? DatasetName(parsing: entry)) != nil
  }

  private mutating func add(_ text: String, folder: String?, file: String?, wanted: [String]?) {
    let name: DatasetName
    do throws(InputError) {
      name = try DatasetName(parsing: text)
    } catch {
      failures.append(error.named(folder ?? file ?? text))
      return
    }
    if !models.contains(name.model) { models.append(name.model) }
    if let wanted, !wanted.contains(name.model) { return }
    // A folder that was never finished is ignored if there is a file beside it.
    let isWritten = folder.map { DatasetSource.isDatasetFolder(Files.join(path, $0)) } ?? false
    if let folder, file != nil, !isWritten {
      notices.append("\(folder): passed over, the folder holds no dataset; \(text).parquet is read instead")
    }
    guard let entry = isWritten || file == nil ? folder : file else { return }
    do throws(InputError) {
      datasets.append(try DatasetSource(path: Files.join(path, entry), name: name))
    } catch { failures.append(error) }
  }
}
