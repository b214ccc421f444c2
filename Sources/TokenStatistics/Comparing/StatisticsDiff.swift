public import Support

/// What differs between two statistics documents, dataset by dataset.
///
///     let diff = try StatisticsDiff(old, new)
///     for change in diff.changed { print(change.dataset, change.numbers) }
public struct StatisticsDiff: Sendable {
  /// A number in both documents.
  public struct Number: Sendable, Hashable {
    /// The number's name, such as `p99` or `over_2048`.
    public let name: String
    /// The old value; nil where the document does not say.
    public let old: Double?
    /// The new value; nil where the document does not say.
    public let new: Double?

    /// The new value less the old one; nil where one is missing.
    public var change: Double? {
      guard let old, let new else { return nil }
      return new - old
    }
  }

  /// A dataset that both documents have, with other numbers.
  public struct Change: Sendable {
    /// The dataset's full name.
    public let dataset: String
    /// The numbers that differ, in the order of the tables.
    public let numbers: [Number]
    /// What else differs, such as `source: other rows`, each as one clause.
    public let causes: [String]
  }

  /// The datasets that only the new document has, sorted by name.
  public private(set) var added: [DatasetSummary] = []
  /// The datasets that only the old document has, sorted by name.
  public private(set) var gone: [DatasetSummary] = []
  /// The datasets with other numbers, sorted by name.
  public private(set) var changed: [Change] = []
  /// How many datasets have the same numbers in both documents.
  public private(set) var unchanged = 0
  /// The settings that differ, of all datasets together, such as a model's template.
  public let settings: [SettingConflict]
  /// The limits that both documents apply, in tokens.
  public let commonLimits: [Int]

  /// Compares two documents.
  ///
  /// - Throws: `FileError` if a document is damaged.
  public init(_ old: StatisticsDocument, _ new: StatisticsDocument) throws(FileError) {
    let before = try old.settings()
    let after = try new.settings()
    if let before, let after { settings = before.conflicts(with: after) } else { settings = [] }
    let limits = Set(before?.limits ?? []).intersection(after?.limits ?? []).sorted()
    commonLimits = limits
    let known = Set(new.datasetNames.map { TextKey($0) })
    for summary in try old.summaries() where !known.contains(TextKey(summary.identity.dataset)) { gone.append(summary) }
    for summary in try new.summaries() {
      guard let previous = try old.summary(of: summary.identity.dataset) else {
        added.append(summary)
        continue
      }
      let numbers = zip(Self.numbers(of: previous, limits: limits), Self.numbers(of: summary, limits: limits))
        .map { Number(name: $0.name, old: $0.value, new: $1.value) }
        .filter { $0.old != $0.new }
      let causes = Self.causes(previous, summary)
      if numbers.isEmpty && causes.isEmpty {
        unchanged += 1
      } else {
        changed.append(Change(dataset: summary.identity.dataset, numbers: numbers, causes: causes))
      }
    }
  }

  /// Whether both documents have the same datasets with the same numbers and settings.
  public var isEmpty: Bool { added.isEmpty && gone.isEmpty && changed.isEmpty && settings.isEmpty }

  /// The numbers that are compared, in the order of the tables.
  private static func numbers(
    of summary: DatasetSummary, limits: [Int]
  ) -> [(name: String, value: Double?)] {
    let length = summary.all.length
    var numbers: [(name: String, value: Double?)] = [
      ("conversations", Double(summary.all.conversations)), ("tokens", Double(summary.all.tokens)),
      ("mean", length?.mean), ("min", length?.minimum.map(Double.init)),
    ]
    for percent in LengthSummary.storedPercents {
      numbers.append(("p\(percent)", length?.percentiles[percent].map(Double.init)))
    }
    numbers.append(("max", length?.maximum.map(Double.init)))
    for limit in limits {
      let cost = summary.limits[limit]
      numbers += [
        ("over_\(limit)", cost.map { Double($0.conversations) }),
        ("tokens_lost_\(limit)", cost.map { Double($0.tokensLost) }),
        ("no_target_\(limit)", cost?.withoutTarget.map(Double.init)),
        ("end_lost_\(limit)", cost?.endsLost.map(Double.init)),
      ]
    }
    numbers.append(("template_errors", Double(summary.templateErrors.values.reduce(0, +))))
    return numbers
  }

  private static func causes(_ old: DatasetSummary, _ new: DatasetSummary) -> [String] {
    guard let before = old.source, let after = new.source, before.sha256 != after.sha256 else { return [] }
    return ["source: other data (\(before.rows) rows before, \(after.rows) now)"]
  }
}
