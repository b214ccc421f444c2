import JSON
public import Support

extension StatisticsDocument {
  /// The member that names an entry's own settings if they are not those of the metadata.
  static let settingsKey = "settings"

  /// Prepares the document for datasets counted with `settings`.
  ///
  /// With `force`, entries that were counted with other settings stay and each names its own in a member `settings`
  /// until it is counted again. Other limits need neither: they are applied to what was counted, see
  /// ``applyLimits(from:)``.
  ///
  /// - Throws: `FileError` if the document's settings differ and `force` is false, or they cannot be
  ///   read.
  public mutating func adopt(_ settings: RunSettings, force: Bool) throws(FileError) {
    let stored = try self.settings()
    let differences = datasets.isEmpty ? [] : stored?.conflicts(with: settings) ?? []
    let conflicts = differences.filter { $0.setting != RunSettings.limitsKey }
    if !conflicts.isEmpty {
      guard force else { throw .conflict(path: path, conflicts: conflicts) }
      if let stored { markEntries { stored.json(model: $0) } }
    }
    var tokenizers = stored?.tokenizers ?? [:]
    tokenizers.merge(settings.tokenizers) { $1 }
    metadata["tool"] = .fields([("name", .string("tokenstats")), ("version", .string(settings.toolVersion))])
    metadata["count_mode"] = .string(settings.countMode.rawValue)
    metadata["percentile_method"] = .string("nearest-rank")
    metadata["limits"] = .numbers(settings.limits)
    metadata["bin_edges"] = .numbers(HistogramBins.edges)
    metadata["tokenizers"] = .fields(tokenizers.sortedByKey()) { ($0.key, $0.value.json) }
  }

  /// Replaces or adds the entry of one dataset; unknown members of an older entry survive, and its picture.
  ///
  /// - Complexity: O(1) in the number of datasets.
  public mutating func set(_ summary: DatasetSummary) {
    updateEntry(of: summary.identity.dataset) { entry in
      let new = summary.json
      for key in DatasetSummary.optionalMembers where new[key] == nil { entry[key] = nil }
      for member in new.members { entry[member.key] = member.value }
      entry[Self.settingsKey] = nil
    }
  }

  /// Adds to the entry of one dataset what an earlier schema did not hold; what it says of its settings stays.
  mutating func upgrade(with checkpoint: Checkpoint) {
    updateEntry(of: checkpoint.identity.dataset) { entry in
      for member in checkpoint.summary.json.members { entry[member.key] = member.value }
    }
  }

  /// The path of a dataset's plot as it is recorded; nil if there is none.
  public func plot(of dataset: String) -> String? { datasets[dataset]?["plot"]?.stringValue }

  /// Sets or removes the path of a dataset's plot, in a document that has the dataset.
  public mutating func setPlot(_ plot: String?, of dataset: String) {
    guard datasets[dataset] != nil else { return }
    updateEntry(of: dataset) { $0["plot"] = plot.map(JSONValue.string) }
  }

  /// Replaces what is recorded about failures of `dataset`.
  ///
  /// - Parameters:
  ///   - dataset: The dataset that was counted, or that failed.
  ///   - message: One line about the failure; nil if everything succeeded.
  ///   - details: The failure's parts, such as the failed rows.
  public mutating func setErrors(of dataset: String, message: String?, details: [ErrorDetail] = []) {
    setErrors([TextKey(dataset): message.map { DatasetErrors(message: $0, details: details) }])
  }

  /// Replaces what is recorded about failures of many datasets at once.
  ///
  /// - Parameter outcomes: Every dataset that was counted or failed, with its failure; nil if everything succeeded.
  /// - Complexity: O(*n* + *m*) for *n* datasets and *m* recorded errors.
  public mutating func setErrors(_ outcomes: [TextKey: DatasetErrors?]) {
    var errors = root["errors"]?.arrayValue ?? []
    var details = root["error_details"]?.arrayValue ?? []
    errors.removeAll { error in error.stringValue.map { Self.isError($0, ofOneOf: outcomes) } ?? false }
    details.removeAll { detail in detail["dataset"]?.stringValue.map { outcomes[$0] != nil } ?? false }
    for case (let dataset, let failure?) in outcomes.sortedByKey() {
      errors.append(.string("\(dataset): \(failure.message)"))
      details += failure.details.map(\.json)
    }
    root["errors"] = .array(errors)
    root["error_details"] = .array(details)
  }

  /// Whether `error` reads `NAME: message` for one of the names, which may hold colons themselves.
  private static func isError(_ error: String, ofOneOf outcomes: [TextKey: DatasetErrors?]) -> Bool {
    let bytes = Array(error.utf8)
    return bytes.indices.contains { end in
      bytes[end...].starts(with: [UInt8(ascii: ":"), UInt8(ascii: " ")])
        && outcomes[String(decoding: bytes[..<end], as: UTF8.self)] != nil
    }
  }

  /// Records when and where the document was made, and which entries are copies of others.
  ///
  /// - Parameters:
  ///   - timestamp: The time in ISO 8601, UTC.
  ///   - gitSHA: The commit of the current folder's repository, or `unknown`.
  public mutating func stamp(timestamp: String, gitSHA: String) {
    metadata["total_datasets"] = .number(datasets.count)
    metadata["timestamp"] = .string(timestamp)
    metadata["git_sha"] = .string(gitSHA)
    noteCopies()
  }

  /// Turns a document of an earlier schema into one of this version's.
  ///
  /// The entries of a schema 1 document name the legacy count mode as their settings. Members that only later schemas
  /// have stay absent until an entry is replaced.
  mutating func upgrade(from schema: Int) {
    if schema < 2 { markEntries { _ in .fields([("count_mode", .string(CountMode.legacy.rawValue))]) } }
    var upgraded = JSONObject([("schema_version", .number(Self.schemaVersion))])
    for member in root.members where member.key != "schema_version" { upgraded[member.key] = member.value }
    for key in ["errors", "error_details"] where upgraded[key] == nil { upgraded[key] = .array([]) }
    root = upgraded
  }

  private mutating func markEntries(_ settings: (_ model: String) -> JSONValue) {
    for name in datasets.keys {
      updateEntry(of: name) { entry in
        guard entry[Self.settingsKey] == nil else { return }
        entry[Self.settingsKey] = settings(entry["model"]?.stringValue ?? "")
      }
    }
  }

  mutating func updateEntry(of dataset: String, _ change: (inout JSONObject) -> Void) {
    // The tree is taken out and put back so that a change copies one entry, not all of them.
    var all = datasets
    root["datasets"] = .null
    var entry = all[dataset]?.objectValue ?? JSONObject()
    change(&entry)
    all[dataset] = .object(entry)
    root["datasets"] = .object(all)
  }
}

/// What the document records about the failures of one dataset.
public struct DatasetErrors: Sendable, Hashable {
  /// One line about what failed.
  public var message: String
  /// The parts of the failure, such as the failed rows.
  public var details: [ErrorDetail]

  /// Makes errors from their parts.
  public init(message: String, details: [ErrorDetail]) {
    self.message = message
    self.details = details
  }

  /// Makes the errors of a dataset that was counted; nil if no row was left out.
  public init?(_ checkpoint: Checkpoint) {
    let tally = checkpoint.tally
    let dataset = checkpoint.identity.dataset
    guard tally.failedRows > 0 else { return nil }
    message = tally.failedRows == 1 ? "1 row was left out" : "\(tally.failedRows) rows were left out"
    if let first = tally.failures.first { message += ", the first is row \(first.row): \(first.message)" }
    details = tally.failures.map {
      ErrorDetail(dataset: dataset, row: $0.row, kind: $0.kind.rawValue, message: $0.message)
    }
    guard tally.failedRows > details.count else { return }
    let more = "\(tally.failedRows - details.count) more rows were left out"
    details.append(ErrorDetail(dataset: dataset, row: nil, kind: "rows", message: more))
  }
}

/// One entry of the document's `error_details`.
public struct ErrorDetail: Sendable, Hashable {
  /// The dataset's full name.
  public var dataset: String
  /// The row's number from 0; nil if the whole dataset failed.
  public var row: Int?
  /// What failed: `dataset`, or the raw value of a ``RowFailure/Kind``.
  public var kind: String
  /// The reason.
  public var message: String

  /// Makes a detail from its parts.
  public init(dataset: String, row: Int?, kind: String, message: String) {
    self.dataset = dataset
    self.row = row
    self.kind = kind
    self.message = message
  }

  var json: JSONValue {
    .fields([
      ("dataset", .string(dataset)), ("row", .optional(row)), ("kind", .string(kind)), ("message", .string(message)),
    ])
  }
}
