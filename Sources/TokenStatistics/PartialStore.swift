public import Support
import JSON

/// The folder of exact results beside a statistics document: `{document}.partials/{dataset}.json`.
public struct PartialStore: Sendable, Hashable {
  /// The folder.
  public let folder: String

  /// Makes the store that belongs to the statistics document at `path`; nothing is read or written yet.
  public init(document path: String) {
    folder = path + ".partials"
  }

  /// The path of the partial result of `dataset`.
  ///
  /// - Throws: `FileError` where no file can be named after the dataset.
  public func path(of dataset: String) throws(FileError) -> String {
    try FileName(dataset, suffix: ".json").path(in: folder)
  }

  /// Makes the folder where it is missing.
  public func prepare() throws(FileError) {
    try Files.makeDirectories(folder)
  }

  /// Whether there is a file for the result of `dataset`.
  ///
  /// - Throws: ``StatisticsError/file(_:)`` where no file can be named after the dataset.
  func holds(_ dataset: String) throws(StatisticsError) -> Bool {
    do { return Files.exists(try path(of: dataset)) } catch { throw .file(error) }
  }

  /// The stored result of `dataset`; nil where there is none.
  ///
  /// - Throws: ``StatisticsError/file(_:)`` where it cannot be read, ``StatisticsError/damaged(path:reason:)`` where
  ///   it is no partial result of `dataset` in this version's form.
  public func load(_ dataset: String) throws(StatisticsError) -> DatasetPartial? {
    let path: String
    do { path = try self.path(of: dataset) } catch { throw .file(error) }
    guard Files.exists(path) else { return nil }
    let document = try StoredJSON.read(path)
    do {
      let partial = try DatasetPartial(FieldReader(document, place: ""))
      guard partial.identity.dataset.hasSameBytes(as: dataset) else {
        throw FieldError(place: "dataset", reason: "\"\(partial.identity.dataset)\" is not \"\(dataset)\"")
      }
      return partial
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }

  /// Writes `partial` in one step: a reader sees the old file or the new one, whole.
  ///
  /// It does not wait for the disk. What a power failure cuts short is noticed as damaged and counted again.
  public func save(_ partial: DatasetPartial) throws(FileError) {
    let bytes = partial.json.serialized()
    try AtomicFile.write(bytes, to: try path(of: partial.identity.dataset), isDurable: false)
  }

  /// The names of all stored datasets, sorted; empty where the folder is missing.
  public func datasets() throws(FileError) -> [String] {
    guard Files.isDirectory(folder) else { return [] }
    return try Files.list(folder).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
  }
}
