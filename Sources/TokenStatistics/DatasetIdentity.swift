import JSON
import Support

/// The kind of a dataset, as written in its name.
public enum DatasetKind: String, Sendable, Hashable, CaseIterable {
  /// The answers in a role such as `accountant`.
  case role
  /// The answers with a trait such as `analytical`.
  case trait
  /// Any other conversations.
  case dataset

  /// The scale of the scores of this kind; nil if scores are not known to follow one.
  public var scoreScale: ScoreScale? {
    switch self {
    case .role: .role
    case .trait: .trait
    case .dataset: nil
    }
  }
}

/// What a source's own naming says about a dataset, such as the group a vendor files it under.
public struct DatasetAttribute: Sendable, Hashable {
  /// The name, which is the member's in the statistics document and the column's in reports.
  public var key: String
  /// The value.
  public var value: String

  /// Makes an attribute from its parts.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// The names of one dataset.
public struct DatasetIdentity: Sendable, Hashable {
  /// The full name, `MODEL__role__accountant__min3`.
  public var dataset: String
  /// The model's short name.
  public var model: String
  /// The kind of dataset.
  public var kind: DatasetKind
  /// Everything after the kind, as the original wrote it: `accountant__min3`.
  public var name: String
  /// The filters in the name.
  public var filters: ScoreFilters
  /// What the source's naming says beyond that, in the order in which it is stored.
  public var attributes: [DatasetAttribute]
  /// The scores' column and scale, where something else was said than the kind says.
  public var score: ScoreRecord?

  /// The scale of the scores: the one that was said, else that of the kind; nil if they are not known to follow one.
  public var scoreScale: ScoreScale? { score?.scale ?? kind.scoreScale }

  /// Makes an identity from its parts.
  public init(
    dataset: String, model: String, kind: DatasetKind, name: String, filters: ScoreFilters = ScoreFilters(),
    attributes: [DatasetAttribute] = [], score: ScoreRecord? = nil
  ) {
    self.score = score
    self.dataset = dataset
    self.model = model
    self.kind = kind
    self.name = name
    self.filters = filters
    self.attributes = attributes
  }

  /// What the dataset is about, which several models may have one of: ``name`` without the filters, `accountant`.
  public var subject: String {
    let suffix = filters.nameParts.map { "__" + $0 }.joined()
    // By bytes: `hasSuffix` would take canonically equivalent texts for equal.
    guard name.utf8.count > suffix.utf8.count, name.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else {
      return name
    }
    return String(decoding: name.utf8.dropLast(suffix.utf8.count), as: UTF8.self)
  }

  /// The value of the attribute `key`; nil if the source says nothing of that name.
  public func attribute(_ key: String) -> String? { attributes.first { $0.key.hasSameBytes(as: key) }?.value }
}

extension DatasetIdentity {
  /// The members of an entry or a checkpoint that hold strings; all others that do are attributes.
  private static let ownMembers: Set<TextKey> = ["dataset", "model", "type", "name", "plot", "tool", "same_data_as"]

  /// Reads the names of an entry or a checkpoint.
  init(dataset: String, _ fields: FieldReader) throws(FileError) {
    let kind: DatasetKind = try fields.choice("type")
    let score = try fields.optionalObject(ScoreRecord.key)
      .map { (fields) throws(FileError) in try ScoreRecord(fields) }
    self.init(
      dataset: dataset, model: try fields.text("model"), kind: kind,
      name: try fields.text("name"),
      filters: try fields.optionalObject("filters").map { (fields) throws(FileError) in try ScoreFilters(fields) }
        ?? ScoreFilters(),
      attributes: fields.object.members.compactMap { member in
        guard !Self.ownMembers.contains(TextKey(member.key)), let value = member.value.stringValue else { return nil }
        return DatasetAttribute(key: member.key, value: value)
      }, score: score?.beyond(kind))
  }

  /// The scores' column and scale as a member; none where they were not said.
  var scoreMembers: [(String, JSONValue)] { score.map { [(ScoreRecord.key, $0.json)] } ?? [] }

  /// The attributes as members.
  var attributeMembers: [(String, JSONValue)] { attributes.map { ($0.key, .string($0.value)) } }
}

/// The filters that a dataset was made with, as its name tells them.
public struct ScoreFilters: Sendable, Hashable {
  /// Only conversations with at least this score.
  public var minimumScore: Double?
  /// Only conversations with at most this score.
  public var maximumScore: Double?
  /// Only conversations with this label.
  public var label: String?

  /// The parts of a dataset's name that say the filters: `min3`, `max5`, `pos`.
  public var nameParts: [String] {
    [minimumText.map { "min\($0)" }, maximumText.map { "max\($0)" }, label].compactMap { $0 }
  }

  /// The lowest score as names and selections write it; nil for no such filter.
  public var minimumText: String? { minimumScore.map(Score.text) }

  /// The highest score as names and selections write it; nil for no such filter.
  public var maximumText: String? { maximumScore.map(Score.text) }

  /// The filters in words: the label, then `score from 70`, `score to 5`, `score 3 to 5` or `score 3`.
  public var words: [String] {
    let scores: String? =
      switch (minimumText, maximumText) {
      case (nil, nil): nil
      case (let lowest?, nil): "score from \(lowest)"
      case (nil, let highest?): "score to \(highest)"
      case (let lowest?, let highest?): lowest == highest ? "score \(lowest)" : "score \(lowest) to \(highest)"
      }
    return [label, scores].compactMap { $0 }
  }

  /// Whether the filters leave out every row whose score lies in `band`.
  public func excludes(_ band: ScoreBand) -> Bool {
    (minimumScore.map { Double(band.highest) + 1 <= $0 } ?? false)
      || (maximumScore.map { $0 < Double(band.lowest) } ?? false)
  }

  /// Whether the filters leave out every row without a score.
  public var excludesUnscored: Bool { minimumScore != nil || maximumScore != nil }

  /// Makes filters from their parts; nil means no filter.
  public init(minimumScore: Double? = nil, maximumScore: Double? = nil, label: String? = nil) {
    self.minimumScore = minimumScore
    self.maximumScore = maximumScore
    self.label = label
  }
}

extension ScoreFilters {
  /// Whether every row that passes also passes `other`, which lets more through.
  func isNarrower(than other: ScoreFilters) -> Bool {
    guard self != other else { return false }
    if let lowest = other.minimumScore, minimumScore.map({ $0 < lowest }) ?? true { return false }
    if let highest = other.maximumScore, maximumScore.map({ $0 > highest }) ?? true { return false }
    guard let otherLabel = other.label else { return true }
    return label?.hasSameBytes(as: otherLabel) ?? false
  }

  var json: JSONValue {
    var object = JSONObject()
    if let minimumScore { object["min_score"] = .score(minimumScore) }
    if let maximumScore { object["max_score"] = .score(maximumScore) }
    if let label { object["label"] = .string(label) }
    return .object(object)
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(
      minimumScore: try fields.optionalNumber("min_score"), maximumScore: try fields.optionalNumber("max_score"),
      label: try fields.optionalText("label"))
  }
}

/// The file or folder whose rows were counted.
public struct SourceRecord: Sendable, Hashable {
  /// The path as the run was given it.
  public var path: String
  /// The file format: `arrow` for a dataset folder, `parquet` for a file.
  public var format: String
  /// The number of rows, failed ones included.
  public var rows: Int
  /// The size of the data file or files in bytes.
  public var bytes: Int
  /// The SHA-256 of the data files, one after another, in hexadecimal.
  public var sha256: String

  /// Makes a record from its parts.
  public init(path: String, format: String, rows: Int, bytes: Int, sha256: String) {
    self.path = path
    self.format = format
    self.rows = rows
    self.bytes = bytes
    self.sha256 = sha256
  }
}

extension SourceRecord {
  var json: JSONValue {
    .fields([
      ("path", .string(path)), ("format", .string(format)), ("rows", .number(rows)), ("bytes", .number(bytes)),
      ("sha256", .string(sha256)),
    ])
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(
      path: try fields.text("path"), format: try fields.text("format"), rows: try fields.count("rows"),
      bytes: try fields.count("bytes"), sha256: try fields.text("sha256"))
  }
}
