public import Support
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
  /// - Throws: `InputError` if a part cannot be in a name, or the filters contradict each other.
  public init(
    model: String, kind: DatasetKind, subject: String, filters: ScoreFilters = ScoreFilters()
  ) throws(InputError) {
    self.model = model
    self.kind = kind
    self.subject = subject
    self.filters = filters
    try check()
  }

  /// The name that a path ends with or, if that is none, a name of kind `dataset` made of it.
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
    do throws(InputError) {
      try self.init(model: model, kind: .dataset, subject: words.isEmpty ? "data" : words)
    } catch {
      throw error.named(path)
    }
  }

  /// The full name.
  public var description: String { "\(model)__\(kind.rawValue)__\(name)" }

  /// Everything after the kind: the subject and the filters.
  public var name: String { ([subject] + filters.nameParts).joined(separator: "__") }

  /// The dataset's name with more filters.
  ///
  /// - Throws: `InputError` if the filters leave nothing together.
  public func adding(_ more: ScoreFilters) throws(InputError) -> DatasetName {
    if let label = filters.label, let other = more.label, !label.hasSameBytes(as: other) {
      throw .name("\(self) holds rows of label \(label) only, none of label \(other)")
    }
    let filters = ScoreFilters(
      minimumScore: [self.filters.minimumScore, more.minimumScore].compactMap { $0 }.max(),
      maximumScore: [self.filters.maximumScore, more.maximumScore].compactMap { $0 }.min(),
      label: self.filters.label ?? (kind == .dataset ? more.label.map(SourceNaming.part) : more.label))
    return try DatasetName(model: model, kind: kind, subject: subject, filters: filters)
  }

  private func check() throws(InputError) {
    // The subject of other conversations may have parts: a split, a side.
    let subjects = kind == .dataset ? Self.split(subject) : [subject]
    for (part, text) in [("model", model)] + subjects.map({ ("name", $0) }) {
      guard !text.isEmpty else { throw .name("the \(part) is empty") }
      guard (try? FileName(text)) != nil else {
        throw .name("the \(part) \"\(text)\" cannot stand in a file name")
      }
      guard !text.contains(bytesOf: "__"), !text.hasPrefix("_"), !text.hasSuffix("_") else {
        throw .name("the \(part) \"\(text)\" begins or ends with an underscore or holds two in a row")
      }
    }
    if let minimum = filters.minimumScore, let maximum = filters.maximumScore, minimum > maximum {
      throw .name("the lowest score \(Score.text(minimum)) is above the highest score \(Score.text(maximum))")
    }
    if let label = filters.label, kind != .dataset, !ScoreFilters.knownLabels.contains(label) {
      throw .name("the label \"\(label)\" is not one of \(ScoreFilters.knownLabels.joined(separator: ", "))")
    }
  }
}

extension DatasetName {
  /// What a name looks like, for error messages.
  public static let grammar = "MODEL__role|trait|dataset__NAME[__minSCORE][__maxSCORE][__pos|__neg|__default]"

  /// Reads a full name.
  ///
  /// - Throws: `InputError` naming the part that does not fit and what was expected.
  public init(parsing text: String) throws(InputError) {
    do throws(InputError) {
      try self.init(parts: Self.split(text))
    } catch {
      throw .name("\"\(text)\" is no dataset name: \(error); expected \(Self.grammar)")
    }
  }

  private init(parts: [String]) throws(InputError) {
    guard parts.count >= 3 else {
      throw .name(parts.count == 1 ? "there is no \"__\" in it" : "the name after the kind is missing")
    }
    guard let kind = DatasetKind(rawValue: parts[1]) else {
      throw .name("the kind \"\(parts[1])\" is none of role, trait, dataset")
    }
    guard kind == .dataset else {
      try self.init(model: parts[0], kind: kind, subject: parts[2], filters: Self.filters(parts.dropFirst(3)))
      return
    }
    // What is no filter is a part of the subject: a split, a side, a label of the data's own.
    for end in 3...parts.count {
      guard let filters = try? Self.filters(parts.dropFirst(end)) else { continue }
      try self.init(
        model: parts[0], kind: kind, subject: parts[2..<end].joined(separator: "__"), filters: filters)
      return
    }
    throw .name("the name after the kind is missing")
  }

  /// The parts between double underscores; of three underscores the first two separate.
  private static func split(_ text: String) -> [String] {
    var parts: [[UInt8]] = [[]]
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "_") && bytes.first == UInt8(ascii: "_") {
        bytes.removeFirst()
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
    }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The filters of a name's last parts: lowest score, highest score, label; each at most once and in this order.
  private static func filters(_ parts: ArraySlice<String>) throws(InputError) -> ScoreFilters {
    var filters = ScoreFilters()
    var rest = parts
    if let score = rest.first.flatMap({ score($0, behind: "min") }) {
      filters.minimumScore = score
      rest.removeFirst()
    }
    if let score = rest.first.flatMap({ score($0, behind: "max") }) {
      filters.maximumScore = score
      rest.removeFirst()
    }
    if let label = rest.first, ScoreFilters.knownLabels.contains(label) {
      filters.label = label
      rest.removeFirst()
    }
    guard let odd = rest.first else { return filters }
    throw .name("\"\(odd)\" is no filter, or not in its place")
  }

  private static func score(_ part: String, behind prefix: String) -> Double? {
    guard part.hasPrefix(prefix) else { return nil }
    // Only the one way of writing a number, so that names stay unique.
    return Score(key: String(part.dropFirst(prefix.count)))?.number
  }
}
