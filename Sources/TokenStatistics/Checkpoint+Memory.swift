import JSON
public import Support

/// Exact results of lengths that somebody else counted, outside of files.
extension Checkpoint {
  /// What stands for the source of lengths that come from memory.
  private static let memoryFormat = "memory"

  /// Makes a result of lengths and of the values that they are grouped by.
  ///
  /// What only conversations tell (kinds, bytes, prompts) is 0 or unknown.
  ///
  /// - Parameters:
  ///   - name: What the rows are called.
  ///   - model: The model's name.
  ///   - tokenizer: What the rows were counted with.
  ///   - lengths: The lengths in tokens, none negative.
  ///   - groups: For each column its name and the value of each row; nil and null mean the same.
  public init(
    name: String, model: String, tokenizer: TokenizerRecord, lengths: [Int],
    groups: [(column: String, values: [String?])], toolVersion: String
  ) {
    var tally = DatasetTally()
    // Which rows are the longest is not known outside of a source.
    let label = LabelTally(lengths: LengthDistribution(lengths))
    tally.scores[.none] = ScoreTally(labels: [TextKey(ScoreTally.missingLabel): label])
    for (column, values) in groups {
      var parts: [TextKey: [Int]] = [:]
      for (value, length) in zip(values, lengths) {
        parts[TextKey(value ?? ScoreTally.missingLabel), default: []].append(length)
      }
      tally.groups[TextKey(column)] = parts.mapValues { LabelTally(lengths: LengthDistribution($0)) }
    }
    self.init(
      identity: DatasetIdentity(dataset: "\(model)__dataset__\(name)", model: model, kind: .dataset, name: name),
      fingerprint: Fingerprint(
        source: .init(size: 0, modified: 0, sha256: ""),
        options: .init(
          countMode: .template, limits: [], tokenizer: tokenizer, onError: "skip",
          groupColumns: groups.map(\.column))),
      source: SourceRecord(path: name, format: Self.memoryFormat, rows: lengths.count, bytes: 0, sha256: ""),
      toolVersion: toolVersion, tally: tally)
  }

  /// Reads what ``exact`` made.
  ///
  /// - Throws: `FileError` that names the member.
  public init(exact bytes: [UInt8]) throws(FileError) {
    try self.init(FieldReader(try JSONValue.parse(bytes), place: ""))
  }

  /// The result as files of partial results hold it.
  public var exact: [UInt8] { json.serialized() }

  /// Adds further rows of the same name, counted in the same way.
  ///
  /// - Throws: `FileError` that says what differs, or that the rows are those of files, of which the program's `merge`
  ///   knows whether they are in both.
  public mutating func append(_ other: Checkpoint) throws(FileError) {
    guard source.format == Self.memoryFormat, other.source.format == Self.memoryFormat else {
      throw FileError(.conflict, "rows of files are merged with `tokenstats merge`, which counts none of them twice")
    }
    guard identity == other.identity else {
      throw FileError(.conflict, "\(identity.dataset) and \(other.identity.dataset) are different data")
    }
    guard fingerprint == other.fingerprint else {
      throw FileError(.conflict, "\(identity.dataset) was counted with other settings, or grouped by other columns")
    }
    tally.merge(other.tally)
    source.rows += other.source.rows
  }

  /// A statistics document that holds this result alone, with what each limit would cut off.
  ///
  /// - Throws: `FileError` where its members contradict each other.
  public func document(limits: [Int]) throws(FileError) -> [UInt8] {
    var result = self
    result.fingerprint.options.limits = limits
    var document = StatisticsDocument(path: "")
    try document.adopt(
      RunSettings(
        toolVersion: toolVersion, countMode: fingerprint.options.countMode, limits: limits,
        tokenizers: [identity.model: fingerprint.options.tokenizer]), force: false)
    document.set(result.summary)
    document.stamp(timestamp: "", gitSHA: "unknown")
    return document.serialized()
  }
}
