import Support

extension DatasetSource {
  /// Finds a dataset by its name in a folder, or by its path.
  ///
  /// A plain name is looked for in the folder first, what holds a `/` first as a path. A folder that was never finished
  /// gives way to a Parquet file beside it.
  ///
  /// - Parameters:
  ///   - dataset: the name, or the path of a dataset's folder or Parquet file.
  ///   - folder: the folder with the datasets.
  /// - Throws: `InputError` of kind ``InputError/Kind/missing`` where there is nothing, or what is wrong with it.
  public init(named dataset: String, inFolder folder: String) throws(InputError) {
    let inFolder = Files.join(folder, dataset)
    let places = dataset.utf8.contains(UInt8(ascii: "/")) ? [dataset, inFolder] : [inFolder, dataset]
    let candidates = places.flatMap { [$0, $0 + ".parquet"] }.filter(Files.exists)
    let whole = candidates.first { !Files.isDirectory($0) || Self.isDatasetFolder($0) }
    guard let path = whole ?? candidates.first else {
      throw InputError(.missing, dataset: dataset, "there is no such dataset in \(folder)")
    }
    var name = Files.lastComponent(path)
    if name.hasSuffix(".parquet") { name = String(name.dropLast(".parquet".count)) }
    let parsed: DatasetName
    do throws(DatasetNameError) {
      parsed = try DatasetName(parsing: name)
    } catch {
      throw InputError(.name, dataset: dataset, error.description)
    }
    try self.init(path: path, name: parsed)
  }

  /// The same rows under another name.
  public func renamed(_ name: DatasetName) -> DatasetSource {
    DatasetSource(name: name, path: path, format: format, files: files, bytes: bytes, modified: modified)
  }
}
