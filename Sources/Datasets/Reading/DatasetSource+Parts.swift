import Support

extension DatasetSource {
  /// The path of the dataset that a file is a part of, for what must not be written over; nil where it is of none.
  ///
  /// - Parameters:
  ///   - file: the file, by any path that leads to it.
  ///   - datasets: names or paths of datasets, wherever they are.
  ///   - folder: the folder with the datasets, all of which are looked at.
  public static func dataset(holding file: String, of datasets: [String], inFolder folder: String) -> String? {
    guard Files.status(file)?.isRegular ?? false else { return nil }
    let named = datasets.flatMap { [$0, $0 + ".parquet"] }
    let entries = ((try? Files.list(folder)) ?? []).filter { isDatasetName($0) }.map { Files.join(folder, $0) }
    let place = Files.resolved(file)
    return (named + entries).first { isPart(place, of: $0) }
  }

  private static func isDatasetName(_ entry: String) -> Bool {
    let name = entry.hasSuffix(".parquet") ? String(entry.dropLast(".parquet".count)) : entry
    return (try? DatasetName(parsing: name)) != nil
  }

  /// Whether the file with the resolved path is the dataset, or one of those that make up its folder.
  private static func isPart(_ file: String, of dataset: String) -> Bool {
    guard let status = Files.status(dataset) else { return false }
    guard status.isDirectory else { return Files.areSame(file, dataset) }
    let isNamedAsPart =
      file.hasSuffix(".arrow")
      || ["dataset_dict.json", "dataset_info.json", "state.json"].contains(Files.lastComponent(file))
    return isNamedAsPart && isDatasetFolder(dataset) && file.hasPrefix(Files.resolved(dataset) + "/")
  }
}
