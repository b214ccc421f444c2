import JSON
public import Support
public import TokenStatistics

/// Where a dataset's rows are.
public struct DatasetSource: Sendable, Hashable {
  /// The form of a stored dataset.
  public enum Format: String, Sendable, Hashable {
    /// A folder as `save_to_disk` writes it.
    case arrow
    /// Parquet files.
    case parquet
    /// Arrow streams that no `state.json` describes.
    case arrowStream = "arrow-stream"
    /// Arrow files with a footer.
    case arrowFile = "arrow-file"
    /// A row of JSON a line.
    case jsonLines = "jsonl"
    /// A list of rows in a JSON document.
    case json
    /// Fields between commas.
    case csv
    /// Fields between tabs.
    case tsv
    /// Plain text.
    case text
  }

  /// The dataset's name.
  public private(set) var name: DatasetName
  /// The folder or file.
  public let path: String
  /// The form.
  public let format: Format
  /// The data files in the order of their rows.
  public private(set) var files: [String]
  /// Size of the data files together, in bytes.
  public private(set) var bytes: Int
  /// Latest change of a data file, in nanoseconds since 1970.
  public private(set) var modified: Int
  /// How rows of a text follow one another; nil for tables.
  let layout: RecordLayout?
  /// The shape of the rows; nil where their columns tell it.
  public let shape: RowShape?
  /// The split of a larger dataset that this is; nil where it is all of it.
  public let split: String?
  /// Whether the name is one that somebody gave the data, model included, and was not made of a path.
  public let isNamedByData: Bool
  /// How much the files may claim.
  public private(set) var limits = Limits()
  /// What keeps the file of standard input; nil for others.
  private var spool: SpooledInput?
  /// The scale of the scores that the source's own name told, before it was renamed; nil for none.
  public private(set) var keptScale: ScoreScale?

  /// Whether the rows are in columns.
  public var isTable: Bool { layout == nil }

  /// Whether the first file is compressed; false where it cannot be read.
  public var isCompressed: Bool { (try? files.first.map { try ByteStream.open($0).compression != .none }) ?? false }

  /// What bytes begin that are no text, such as `a compressed file`; nil for any others.
  public static func binaryKind(of head: RawSpan) -> String? {
    let head = head.withUnsafeBytes { Array($0.prefix(512)) }
    if TextCompression(head: head) != .none { return "a compressed file" }
    return StoredKind.table(head).map { "a table of the form \($0.rawValue)" }
  }

  /// Whether the rows are JSON, whose further members are arguments of the template where all are read.
  public var holdsJSON: Bool { format == .jsonLines || format == .json }

  /// Whether rows may be texts, for which no chat template is needed.
  public var mayHoldTexts: Bool {
    switch shape?.form {
    case .text?, .answer?: true
    case .messages?, .continued?, .replaced?, .instruction?: false
    // Rows of texts have no columns that would tell.
    case nil: layout != nil
    }
  }

  /// Makes a source of files that were found.
  init(
    name: DatasetName, path: String, format: Format, files: MeasuredFiles, layout: RecordLayout? = nil,
    shape: RowShape? = nil, split: String? = nil, isNamedByData: Bool = true
  ) {
    self.name = name
    self.path = path
    self.format = format
    self.files = files.paths
    bytes = files.bytes
    modified = files.modified
    self.layout = layout
    self.shape = shape
    self.split = split
    self.isNamedByData = isNamedByData
  }

  /// The same rows under another name.
  public func renamed(_ name: DatasetName) -> DatasetSource {
    var source = self
    source.name = name
    source.keptScale = keptScale ?? (name.kind.scoreScale == nil ? self.name.kind.scoreScale : nil)
    return source
  }

  /// The name with that of the folder that holds the source in front, for sources of one name.
  public var nameWithFolder: DatasetName {
    get throws(InputError) {
      let folder = SourceNaming.part(Files.lastComponent(Files.parent(of: Files.absolute(path))))
      return try DatasetName(
        model: name.model, kind: name.kind, subject: "\(folder)_\(name.subject)", filters: name.filters)
    }
  }

  /// The same source, whose file is kept as long as it.
  func keeping(_ spool: SpooledInput) -> DatasetSource {
    var source = self
    source.spool = spool
    return source
  }

  /// The same files, which may claim no more than some limits allow.
  public func bounded(by limits: Limits) -> DatasetSource {
    var source = self
    source.limits = limits
    return source
  }

  /// Which rows the source has and how they are read, whatever it is called.
  public var rows: SourceRows {
    SourceRows(path: path, files: files, bytes: bytes, modified: modified, layout: layout, shape: shape, limits: limits)
  }

  /// The same files as they are now.
  func remeasured() throws(InputError) -> DatasetSource {
    let measured = try MeasuredFiles(format == .arrow && split == nil ? Self.dataFiles(inFolder: path) : files)
    var source = self
    source.files = measured.paths
    source.bytes = measured.bytes
    source.modified = measured.modified
    return source
  }
}

/// The rows of a source and the way they are read; sources with equal ones have the same conversations and texts.
public struct SourceRows: Sendable, Hashable {
  let path: String
  let files: [String]
  let bytes: Int
  let modified: Int
  let layout: RecordLayout?
  let shape: RowShape?
  let limits: Limits
}

/// Files that are there, with what shows whether they change.
struct MeasuredFiles {
  let paths: [String]
  private(set) var bytes = 0
  private(set) var modified = 0

  /// Looks at regular files.
  ///
  /// - Throws: `InputError` without a dataset if one is missing, or no regular file.
  init(_ paths: [String]) throws(InputError) {
    self.paths = paths
    // Standard input has neither a size nor a time.
    for path in paths where path != "-" {
      guard let status = Files.status(path), !status.isDirectory else {
        throw .unreadable("the data file \(path) is missing")
      }
      guard status.isRegular else { throw .unreadable(FileError.noRegularFile("read", path).description) }
      bytes += status.size
      modified = max(modified, status.modified)
    }
  }
}

extension DatasetSource {
  /// Finds a dataset by its name in a folder, or by its path.
  ///
  /// A plain name is looked for in the folder first, a text with a `/` first as a path. A folder that was never
  /// finished is ignored if there is a Parquet file beside it.
  ///
  /// - Parameters:
  ///   - dataset: the name, or the path of a dataset's folder or Parquet file.
  ///   - folder: the folder with the datasets.
  /// - Throws: `InputError` of kind ``InputError/Kind/missing`` if there is nothing, or what is wrong with it.
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
    do throws(InputError) { parsed = try DatasetName(parsing: name) } catch { throw error.named(dataset) }
    try self.init(path: path, name: parsed)
  }

  /// Finds the data files of a dataset.
  ///
  /// - Parameters:
  ///   - path: a folder as `save_to_disk` writes it, of a `DatasetDict` or of one split, or a Parquet file.
  ///   - name: the dataset's name.
  /// - Throws: `InputError` if there is nothing, or the folder lacks a file or a split `train`.
  public init(path: String, name: DatasetName) throws(InputError) {
    guard let status = Files.status(path) else {
      throw InputError(.missing, dataset: name.description, "there is no file or folder \(path)")
    }
    do throws(InputError) {
      let files = try MeasuredFiles(status.isDirectory ? Self.dataFiles(inFolder: path) : [path])
      self.init(name: name, path: path, format: status.isDirectory ? .arrow : .parquet, files: files)
    } catch { throw error.named(name.description) }
  }

  /// Whether a folder was written by `save_to_disk`, completely or not.
  static func isDatasetFolder(_ path: String) -> Bool {
    ["dataset_dict.json", "state.json", "train/state.json"].contains { Files.exists(Files.join(path, $0)) }
  }

  private static func dataFiles(inFolder path: String) throws(InputError) -> [String] {
    guard let splits = try splits(ofFolder: path) else { return try dataFiles(ofSplit: path) }
    guard splits.contains("train") else {
      let dictionary = Files.join(path, "dataset_dict.json")
      throw .unreadable("\(dictionary) names no split train; it has \(splits.joined(separator: ", "))")
    }
    return try dataFiles(ofSplit: Files.join(path, "train"))
  }

  /// The splits of a folder as `save_to_disk` writes it; nil if it is one split itself.
  static func splits(ofFolder path: String) throws(InputError) -> [String]? {
    let dictionary = Files.join(path, "dataset_dict.json")
    guard Files.exists(dictionary) else {
      guard Files.exists(Files.join(path, "state.json")) else {
        throw .unreadable("\(path) holds neither dataset_dict.json nor state.json; it may be half-written")
      }
      return nil
    }
    guard let splits = try json(dictionary)["splits"]?.arrayValue?.compactMap(\.stringValue) else {
      throw .unreadable("\(dictionary) names no splits")
    }
    for split in splits where (try? FileName(split)) == nil {
      throw .unreadable("\(dictionary) names a split \"\(split)\", which is no folder's name")
    }
    return splits
  }

  /// The data files of one split.
  static func dataFiles(ofSplit folder: String) throws(InputError) -> [String] {
    let state = Files.join(folder, "state.json")
    let entries = try json(state)["_data_files"]?.arrayValue
    guard let entries, !entries.isEmpty else { throw .unreadable("\(state) names no data files") }
    var files: [String] = []
    var seen: Set<TextKey> = []
    for entry in entries {
      guard let text = entry["filename"]?.stringValue, let name = try? FileName(text) else {
        throw .unreadable("\(state) holds a data file without a plain file name")
      }
      guard seen.insert(TextKey(text)).inserted else {
        throw .unreadable("\(state) names the data file \(text) twice; take one of the two out")
      }
      files.append(name.path(in: folder))
    }
    return files
  }

  static func json(_ path: String) throws(InputError) -> JSONValue {
    do throws(FileError) {
      return try JSONDocument.parse(try Files.read(path))
    } catch {
      throw .unreadable(error.kind == .system ? error.description : "\(path): \(error)")
    }
  }
}
