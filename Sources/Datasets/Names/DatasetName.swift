import Support
public import TokenStatistics

/// The name of a dataset: `{model}__{kind}__{subject}[__min{score}][__max{score}][__pos|__neg|__default]`.
///
/// Names are written in one way only: what parses is written back as it was.
public struct DatasetName: Sendable, Hashable, CustomStringConvertible {
  /// The model's short name.
  public let model: String
  /// The kind of dataset.
  public let kind: DatasetKind
  /// What the dataset is about, such as `accountant`.
  public let subject: String
  /// The filters that chose the rows.
  public let filters: ScoreFilters

  /// Makes a name of its parts.
  ///
  /// - Throws: `DatasetNameError` where a part cannot stand in a name, or the filters contradict each other.
  public init(
    model: String, kind: DatasetKind, subject: String, filters: ScoreFilters = ScoreFilters()
  ) throws(DatasetNameError) {
    self.model = model
    self.kind = kind
    self.subject = subject
    self.filters = filters
    try check()
  }

  /// The name that a path ends with or, where that is none, a name of kind `dataset` made of it.
  ///
  /// - Parameters:
  ///   - path: a folder or file.
  ///   - model: the model in a name that is made.
  public init(ofFile path: String, model: String) throws(InputError) {
    let last = Files.lastComponent(Files.absolute(path))
    let stem = last.hasSuffix(".parquet") ? String(last.dropLast(".parquet".count)) : last
    if let name = try? DatasetName(parsing: stem) {
      self = name
      return
    }
    let words = stem.split(separator: "_").joined(separator: "_")
    do throws(DatasetNameError) {
      try self.init(model: model, kind: .dataset, subject: words.isEmpty ? "data" : words)
    } catch {
      throw InputError(.name, dataset: path, error.description)
    }
  }

  /// The full name.
  public var description: String { "\(model)__\(kind.rawValue)__\(name)" }

  /// Everything after the kind: the subject and the filters.
  public var name: String { ([subject] + filters.nameParts).joined(separator: "__") }

  /// The name of what is left of the dataset when more filters choose among its rows.
  ///
  /// - Throws: `DatasetNameError` where the filters leave nothing together.
  public func adding(_ more: ScoreFilters) throws(DatasetNameError) -> DatasetName {
    if let label = filters.label, let other = more.label, !label.hasSameBytes(as: other) {
      throw DatasetNameError("\(self) holds rows of label \(label) only, none of label \(other)")
    }
    let filters = ScoreFilters(
      minimumScore: [self.filters.minimumScore, more.minimumScore].compactMap { $0 }.max(),
      maximumScore: [self.filters.maximumScore, more.maximumScore].compactMap { $0 }.min(),
      label: self.filters.label ?? more.label)
    return try DatasetName(model: model, kind: kind, subject: subject, filters: filters)
  }

  private func check() throws(DatasetNameError) {
    for (part, text) in [("model", model), ("name", subject)] {
      guard !text.isEmpty else { throw DatasetNameError("the \(part) is empty") }
      guard (try? FileName(text)) != nil else {
        throw DatasetNameError("the \(part) \"\(text)\" cannot stand in a file name")
      }
      guard !text.contains("__"), !text.hasPrefix("_"), !text.hasSuffix("_") else {
        throw DatasetNameError("the \(part) \"\(text)\" begins or ends with an underscore or holds two in a row")
      }
    }
    if let minimum = filters.minimumScore, let maximum = filters.maximumScore, minimum > maximum {
      throw DatasetNameError("the lowest score \(minimum) is above the highest score \(maximum)")
    }
    if let label = filters.label, !ScoreFilters.knownLabels.contains(label) {
      throw DatasetNameError("the label \"\(label)\" is not one of \(ScoreFilters.knownLabels.joined(separator: ", "))")
    }
  }
}
