import JSON
public import Support

/// The exact result of one finished dataset, from which everything else is computed.
public struct Checkpoint: Sendable, Equatable {
  /// The version of the stored form. Results of format 1, which hold less, are read as well.
  public static let formatVersion = 2

  /// The dataset's names.
  public var identity: DatasetIdentity
  /// What the numbers depend on.
  public var fingerprint: Fingerprint
  /// The file that was counted.
  public var source: SourceRecord
  /// The version of tokenstats that counted.
  public var toolVersion: String
  /// The exact counts.
  public var tally: DatasetTally

  /// Makes a checkpoint from its parts.
  public init(
    identity: DatasetIdentity, fingerprint: Fingerprint, source: SourceRecord, toolVersion: String, tally: DatasetTally
  ) {
    self.identity = identity
    self.fingerprint = fingerprint
    self.source = source
    self.toolVersion = toolVersion
    self.tally = tally
  }

  /// The dataset's entry in the statistics document, without a plot.
  public var summary: DatasetSummary {
    DatasetSummary(identity: identity, tally: tally, source: source, limits: fingerprint.options.limits)
  }

  /// Whether everything is known that this version counts; results of format 1 lack some of it.
  public var isComplete: Bool { tally.extremes != nil }

  /// What plots and tables need to know about the dataset.
  public var profile: DatasetProfile {
    let options = fingerprint.options
    var profile = DatasetProfile(
      dataset: identity.dataset, model: identity.model, kind: identity.kind, subject: identity.subject,
      scores: tally.scores,
      provenance: Provenance(
        tokenizer: options.tokenizer.hubID, revision: options.tokenizer.revision,
        templateHash: options.tokenizer.templateSHA256, countMode: options.countMode, dataHash: source.sha256,
        toolVersion: toolVersion),
      limits: options.limits)
    profile.scoreScale = identity.scoreScale
    profile.samples = tally.samples
    profile.filters = identity.filters
    profile.groups = tally.groups
    profile.roles = tally.roles
    return profile
  }
}

extension Checkpoint {
  var json: JSONValue {
    .fields(
      [
        ("format", .number(Self.formatVersion)), ("dataset", .string(identity.dataset)),
        ("model", .string(identity.model)), ("type", .string(identity.kind.rawValue)), ("name", .string(identity.name)),
      ] + identity.attributeMembers + identity.scoreMembers + [
        ("filters", identity.filters.json), ("tool", .string(toolVersion)), ("fingerprint", fingerprint.json),
        ("source", source.json),
      ] + tally.members)
  }

  init(_ fields: FieldReader) throws(FileError) {
    let version = try fields.integer("format")
    guard 1...Self.formatVersion ~= version else {
      throw FileError(field: "format", reason: "version \(version) is none of 1 to \(Self.formatVersion)")
    }
    self.init(
      identity: try DatasetIdentity(dataset: fields.text("dataset"), fields),
      fingerprint: try Fingerprint(fields.object("fingerprint")), source: try SourceRecord(fields.object("source")),
      toolVersion: try fields.text("tool"), tally: try DatasetTally(fields))
  }
}

/// Everything a dataset's numbers depend on: they are valid as long as it stays the same.
public struct Fingerprint: Sendable, Hashable {
  /// The source as it was when it was counted.
  public struct Source: Sendable, Hashable {
    /// The size of the data files in bytes.
    public var size: Int
    /// The latest change of a data file, in nanoseconds since 1970.
    public var modified: Int
    /// The SHA-256 of the data files, one after another, in hexadecimal.
    public var sha256: String
    /// What shows whether a data file was touched since; nil if that is not known, so that they are hashed.
    public var stamp: String?

    /// Makes a source from its parts.
    public init(size: Int, modified: Int, sha256: String, stamp: String? = nil) {
      self.size = size
      self.modified = modified
      self.sha256 = sha256
      self.stamp = stamp
    }
  }

  /// The settings that change what is counted.
  public struct Options: Sendable, Hashable {
    /// How conversations are turned into text.
    public var countMode: CountMode
    /// The length limits in tokens, ascending. The counts do not depend on them.
    public var limits: [Int]
    /// What conversations are rendered and tokenized with.
    public var tokenizer: TokenizerRecord
    /// What happens to a row whose template raises.
    public var onError: String
    /// The columns that conversations are grouped by.
    public var groupColumns: [String]
    /// The rows that are selected, such as `label=pos,min_score=3`; empty for all.
    public var selection: String
    /// How rows are read, where that is not as rows with `messages` are; empty otherwise.
    public var reading: String

    /// Makes options from their parts.
    public init(
      countMode: CountMode, limits: [Int], tokenizer: TokenizerRecord, onError: String, groupColumns: [String] = [],
      selection: String = "", reading: String = ""
    ) {
      self.countMode = countMode
      self.limits = limits
      self.tokenizer = tokenizer
      self.onError = onError
      self.groupColumns = groupColumns
      self.selection = selection
      self.reading = reading
    }

    /// Whether the same is counted under both settings: limits make no difference, they are applied afterwards.
    public func countsLike(_ other: Options) -> Bool {
      guard tokenizer.countsLike(other.tokenizer) else { return false }
      var options = self
      options.limits = other.limits
      options.tokenizer = other.tokenizer
      return options == other
    }
  }

  /// The source as it was when it was counted.
  public var source: Source
  /// The settings it was counted with.
  public var options: Options

  /// Makes a fingerprint from its parts.
  public init(source: Source, options: Options) {
    self.source = source
    self.options = options
  }
}

extension Fingerprint {
  var json: JSONValue {
    var object = JSONObject([
      ("size", .number(source.size)), ("modified", .number(source.modified)), ("sha256", .string(source.sha256)),
      ("count_mode", .string(options.countMode.rawValue)), ("limits", .numbers(options.limits)),
      ("on_error", .string(options.onError)), ("group_by", .array(options.groupColumns.map(JSONValue.string))),
      ("selection", .string(options.selection)), ("tokenizer", options.tokenizer.json),
    ])
    if let stamp = source.stamp { object["stamp"] = .string(stamp) }
    if !options.reading.isEmpty { object["reading"] = .string(options.reading) }
    return .object(object)
  }

  init(_ fields: FieldReader) throws(FileError) {
    let columns = try fields.optionalArray("group_by") ?? []
    self.init(
      source: Source(
        size: try fields.count("size"), modified: try fields.integer("modified"), sha256: try fields.text("sha256"),
        stamp: try fields.optionalText("stamp")),
      options: Options(
        countMode: try fields.choice("count_mode"), limits: try fields.integers("limits"),
        tokenizer: try TokenizerRecord(fields.object("tokenizer")), onError: try fields.text("on_error"),
        groupColumns: columns.compactMap(\.stringValue), selection: try fields.text("selection"),
        reading: try fields.optionalText("reading") ?? ""))
  }
}

/// The folder of exact results beside a statistics document: `{document}.partials/{dataset}.json`.
public struct CheckpointStore: Sendable, Hashable {
  /// The folder.
  public let folder: String

  /// Makes the store that belongs to the statistics document at `path`; nothing is read or written yet.
  public init(document path: String) {
    folder = path + ".partials"
  }

  /// The path of the checkpoint of `dataset`.
  ///
  /// - Throws: `FileError` if no file can be named after the dataset.
  public func path(of dataset: String) throws(FileError) -> String {
    try FileName(shortening: dataset, suffix: ".json").path(in: folder)
  }

  /// Makes the folder where it is missing.
  public func prepare() throws(FileError) {
    try Files.makeDirectories(folder)
  }

  /// Whether there is a file for the result of `dataset`.
  ///
  /// - Throws: `FileError` if no file can be named after the dataset.
  func holds(_ dataset: String) throws(FileError) -> Bool {
    Files.exists(try path(of: dataset))
  }

  /// The stored result of `dataset`; nil if there is none.
  ///
  /// - Throws: `FileError` if it cannot be read, or is no checkpoint of `dataset` in this version's
  ///   form.
  public func load(_ dataset: String) throws(FileError) -> Checkpoint? {
    let path = try self.path(of: dataset)
    guard Files.exists(path) else { return nil }
    let document = try StoredJSON.read(path)
    do {
      let checkpoint = try Checkpoint(FieldReader(document, place: ""))
      guard checkpoint.identity.dataset.hasSameBytes(as: dataset) else {
        throw FileError(field: "dataset", reason: "\"\(checkpoint.identity.dataset)\" is not \"\(dataset)\"")
      }
      return checkpoint
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }

  /// Writes `checkpoint` in one step: a reader sees the old file or the new one, whole.
  ///
  /// It does not wait for the disk. A file that a power failure cuts short is recognized as damaged and counted again.
  public func save(_ checkpoint: Checkpoint) throws(FileError) {
    let bytes = checkpoint.json.serialized()
    try AtomicFile.write(bytes, to: try path(of: checkpoint.identity.dataset), isDurable: false)
  }

  /// The names of all stored datasets, sorted; empty if the folder is missing.
  public func datasets() throws(FileError) -> [String] {
    guard Files.isDirectory(folder) else { return [] }
    return try Files.list(folder).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
  }
}
