import JSON
public import Support

/// The statistics of many datasets in one JSON file, updated dataset by dataset.
///
/// Members that this program does not know survive every update. Nothing is written before ``write()``.
///
///     var document = try StatisticsDocument.load("stats.json") ?? StatisticsDocument(path: "stats.json")
///     try document.adopt(settings, force: false)
///     document.set(checkpoint.summary)
///     document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
///     try document.write()
public struct StatisticsDocument: Sendable {
  /// The schema that is written.
  public static let schemaVersion = 3

  /// The document's path.
  public let path: String
  /// The schema of the file that was read; nil for a new document.
  public let loadedSchema: Int?

  /// All members as they will be written, the datasets unsorted.
  var root: JSONObject

  /// Makes an empty document that will be written to `path`.
  public init(path: String) {
    self.path = path
    loadedSchema = nil
    root = JSONObject([
      ("schema_version", .number(Self.schemaVersion)), ("metadata", .fields([])), ("datasets", .fields([])),
      ("errors", .array([])), ("error_details", .array([])),
    ])
  }

  private init(path: String, root: JSONObject, schema: Int) {
    self.path = path
    self.root = root
    loadedSchema = schema
  }

  /// Reads the document at `path`; nil if there is no file.
  ///
  /// A document that is only read may be a pipe. Files of the original program (schema 1) and of earlier versions
  /// (schema 2) are read as well and become schema 3 when they are written.
  ///
  /// - Throws: `FileError` if it cannot be read, is damaged, or has a later schema.
  public static func load(_ path: String) throws(FileError) -> StatisticsDocument? {
    guard Files.exists(path) else { return nil }
    let value = try StoredJSON.read(path, fromPipes: true)
    do throws(FileError) {
      let fields = try FieldReader(value, place: "")
      let schema = try fields.optionalInteger("schema_version") ?? 1
      guard schema <= schemaVersion else { throw .laterSchema(path: path, version: schema) }
      let datasets = try fields.object("datasets")
      _ = try datasets.objects()
      // Files are named after datasets: checkpoints and plots.
      for name in datasets.object.keys { _ = try FileName(shortening: name) }
      _ = try fields.optionalObject("metadata")
      _ = try fields.optionalArray("errors")
      _ = try fields.optionalArray("error_details")
      var document = StatisticsDocument(path: path, root: fields.object, schema: schema)
      if schema < schemaVersion { document.upgrade(from: schema) }
      return document
    } catch {
      throw error.kind == .unsupported ? error : .damaged(path: path, reason: error.description)
    }
  }

  /// Whether the file at `path` begins as statistics do, and is no data; false if it cannot be read.
  public static func isStatistics(_ path: String) -> Bool {
    guard !Files.isDirectory(path), var file = try? FileReader(path: path) else { return false }
    var head = [UInt8](repeating: 0, count: 1 << 12)
    guard let count = try? file.read(into: &head, from: 0) else { return false }
    let text = String(decoding: head.prefix(count), as: UTF8.self)
    guard text.utf8.first(where: { !Array(" \t\r\n".utf8).contains($0) }) == UInt8(ascii: "{") else { return false }
    return ["\"schema_version\"", "\"total_datasets\""].contains { text.contains(bytesOf: $0) }
  }

  /// The names of all datasets, sorted by their bytes.
  public var datasetNames: [String] {
    datasets.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The entry of `dataset`; nil if there is none.
  ///
  /// - Throws: `FileError` if a member is missing or of another type.
  public func summary(of dataset: String) throws(FileError) -> DatasetSummary? {
    guard let entry = datasets[dataset] else { return nil }
    do {
      return try DatasetSummary(dataset: dataset, FieldReader(entry, place: "datasets.\(dataset)"))
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }

  /// All entries, sorted by name.
  ///
  /// - Throws: `FileError` if a member is missing or of another type.
  public func summaries() throws(FileError) -> [DatasetSummary] {
    var summaries: [DatasetSummary] = []
    for name in datasetNames {
      if let summary = try summary(of: name) { summaries.append(summary) }
    }
    return summaries
  }

  /// The settings the document was counted with; nil if it does not say, as in an original file.
  ///
  /// - Throws: `FileError` if a member is of another type.
  public func settings() throws(FileError) -> RunSettings? {
    do {
      return try RunSettings(optional: FieldReader(.object(metadata), place: "metadata"))
    } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
  }

  /// The edges of the stored histograms; nil if the document does not say.
  public var binEdges: [Int]? {
    metadata["bin_edges"]?.arrayValue?.compactMap(\.integerValue)
  }

  /// The errors of the last run over each dataset, as `NAME: message`.
  public var errors: [String] { root["errors"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

  /// Writes the document in one step: a reader sees the old file or the new one, whole.
  public func write() throws(FileError) { try AtomicFile.write(serialized(), to: path) }

  /// The document's bytes, with the datasets sorted by name.
  public func serialized() -> [UInt8] {
    var sorted = root
    let members = datasets.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    sorted["datasets"] = .fields(members) { ($0.key, $0.value) }
    return JSONValue.object(sorted).serialized(.pretty) + Array("\n".utf8)
  }

  var metadata: JSONObject {
    get { root["metadata"]?.objectValue ?? JSONObject() }
    set { root["metadata"] = .object(newValue) }
  }

  /// Whether the file that was read is of an earlier schema.
  var isOutdated: Bool { loadedSchema.map { $0 < Self.schemaVersion } ?? false }

  var datasets: JSONObject { root["datasets"]?.objectValue ?? JSONObject() }
}

extension StatisticsDocument {
  /// When the document was written, in ISO 8601; nil if it does not say.
  public var timestamp: String? { metadata["timestamp"]?.stringValue }

  /// The commit of the repository the run was started in; nil if the document does not say or there was none.
  public var gitSHA: String? {
    metadata["git_sha"]?.stringValue.flatMap { $0 == "unknown" ? nil : $0 }
  }
}
