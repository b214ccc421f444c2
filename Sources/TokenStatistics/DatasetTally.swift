import JSON
public import Support

/// Everything counted in one dataset, as exact integers.
///
/// A tally is a sum over rows: tallies of parts of a dataset merge into the tally of the whole, in any order.
/// All derived numbers (percentiles, histograms, bands) come from it.
public struct DatasetTally: Sendable, Equatable {
  /// The number of failed rows that are kept one by one; the others are only counted.
  public static let keptFailures = 100
  /// The most different scores with which fractions count; where there are more, as in the rewards of a model, each score
  /// counts as the whole number below.
  public static let mostScores = 1000

  /// The counted conversations by score and label.
  public var scores: [Score: ScoreTally] = [:]
  /// Whether scores have lost their fractions, because there are more than ``mostScores``.
  public private(set) var hasWholeScores = false
  /// The tokens by kind.
  public var roles = TokensByKind()
  /// The tokens of the same conversations rendered without their system messages.
  public var tokensWithoutSystem = 0
  /// The tokens that the original script would have counted, rows whose template raises included.
  public var legacyTokens = 0
  /// The bytes of the message contents as stored.
  public var bytes = 0
  /// The Unicode scalars of the message contents as stored.
  public var characters = 0
  /// How often the chat template raised, by its message.
  public var templateErrors: [TextKey: Int] = [:]
  /// The counted conversations by a further column and its value.
  public var groups: [TextKey: [TextKey: LabelTally]] = [:]
  /// The longest and shortest rows; nil where they were not kept, as by earlier versions.
  public var extremes: LengthExtremes? = LengthExtremes()
  /// The longest and shortest rows with their texts; nil where nobody asked for them.
  public var samples: RowSamples?
  /// What the contents hold beside text; nil where nothing was found, or was not looked for, as by earlier versions.
  public var findings: ContentFindings?
  /// The lengths of single rows, where the dataset is a side of pairs; nil for others, and by earlier versions.
  public var side: SideRows?
  /// What each of several compared rules about training comes to; empty where only one was asked for.
  public var policies: [TextKey: PolicyTally] = [:]
  /// The tokens in the template's generation blocks; nil where the template has none, or where that is not known.
  public var assistantMaskTokens: Int?
  /// For each limit of its run, what a checkpoint of format 1 says about assistant and thinking tokens beyond it.
  private(set) var assistantTokensLost: [Int: Int] = [:]
  /// The number of rows that were left out because they failed.
  public private(set) var failedRows = 0
  /// The failed rows with the smallest numbers, ascending, at most ``keptFailures``.
  public private(set) var failures: [RowFailure] = []

  /// Makes an empty tally.
  public init() {}

  /// Makes a tally with stored failures.
  private init(failedRows: Int, failures: [RowFailure]) {
    self.failedRows = failedRows
    self.failures = failures
  }

  /// The counted conversations.
  public var conversations: Int { scores.values.reduce(0) { $0 + $1.conversations } }

  /// The tokens of the counted conversations.
  public var tokens: Int { scores.values.reduce(0) { $0 + $1.tokens } }

  /// The lengths of all counted conversations.
  public var lengths: LengthDistribution {
    scores.values.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
  }

  /// Where prompts end, training begins and turns end in all counted conversations; nil if that is not known.
  public var training: TrainingTally? { scores.training }

  /// The counted conversations by label.
  public var labels: [TextKey: LabelTally] {
    scores.values.reduce(into: [:]) { labels, score in
      for (label, tally) in score.labels { labels[label, default: LabelTally()].merge(tally) }
    }
  }

  /// Records a row that is left out.
  public mutating func record(_ failure: RowFailure) {
    failedRows += 1
    keep(CollectionOfOne(failure))
  }

  /// Adds everything that `other` counted in further rows of the same dataset under the same settings.
  public mutating func merge(_ other: DatasetTally) {
    makeRoom(for: other.scores.keys, isWhole: other.hasWholeScores)
    for (score, tally) in other.scores { scores[kept(score), default: ScoreTally()].merge(tally) }
    roles += other.roles
    tokensWithoutSystem += other.tokensWithoutSystem
    legacyTokens += other.legacyTokens
    bytes += other.bytes
    characters += other.characters
    templateErrors.merge(other.templateErrors, uniquingKeysWith: +)
    for (column, values) in other.groups {
      for (value, tally) in values { groups[column, default: [:]][value, default: LabelTally()].merge(tally) }
    }
    extremes = Self.joined(extremes, other.extremes) { $0.merge($1) }
    samples = Self.joined(samples, other.samples) { $0.merge($1) }
    for (policy, tally) in other.policies { policies[policy, default: PolicyTally()].merge(tally) }
    side = Self.joined(side, other.side) { $0.merge($1) }
    findings = Self.joined(findings, other.findings) { $0.merge($1) }
    assistantMaskTokens = Self.joined(assistantMaskTokens, other.assistantMaskTokens) { $0 += $1 }
    failedRows += other.failedRows
    keep(other.failures)
  }

  /// The score that stands for `score` here.
  public func kept(_ score: Score) -> Score { hasWholeScores ? score.withoutFraction : score }

  /// Takes the fractions from all scores if there are too many different ones together with `others`.
  ///
  /// Parts of a dataset come to the same in any order: one that has too many by itself has them with the others too.
  ///
  /// - Parameter isWhole: Whether the others have lost their fractions.
  public mutating func makeRoom(for others: some Collection<Score>, isWhole: Bool = false) {
    guard !hasWholeScores else { return }
    let isFull = scores.count + others.count > Self.mostScores && Set(scores.keys).union(others).count > Self.mostScores
    guard isWhole || isFull else { return }
    hasWholeScores = true
    let exact = scores
    scores = [:]
    for (score, tally) in exact { scores[score.withoutFraction, default: ScoreTally()].merge(tally) }
  }

  /// What two parts say together; what only one of them says stands for both.
  private static func joined<Value>(
    _ first: Value?, _ second: Value?, _ merge: (inout Value, Value) -> Void
  ) -> Value? {
    guard var first, let second else { return first ?? second }
    merge(&first, second)
    return first
  }

  private mutating func keep(_ new: some Collection<RowFailure>) {
    guard failures.count < Self.keptFailures || new.contains(where: { $0.row < (failures.last?.row ?? .max) }) else {
      return
    }
    failures = Array((failures + new).sorted { $0.row < $1.row }.prefix(Self.keptFailures))
  }
}

extension DatasetTally {
  private static let wholeScoresKey = "whole_scores"

  var members: [(String, JSONValue)] {
    let further: [(String, JSONValue)?] = [
      hasWholeScores ? (Self.wholeScoresKey, .bool(true)) : nil, extremes.map { ("extremes", $0.json) },
      samples.map { ("samples", $0.json) }, side.map { (SideRows.key, $0.json) },
    ]
    return [
      (
        "scores",
        .fields(scores.sorted { $0.key < $1.key }) { score in
          (score.key.key, .fields(score.value.labels.sortedByKey()) { ($0.key, $0.value.json) })
        }
      ),
      ("roles", roles.json),
      ("tokens_without_system", .number(tokensWithoutSystem)), ("seed_tokens", .number(legacyTokens)),
      ("bytes", .number(bytes)), ("characters", .number(characters)),
      ("template_errors", .fields(templateErrors.sortedByKey()) { ($0.key, .number($0.value)) }),
      (
        "groups",
        .fields(groups.sortedByKey()) { column in
          (column.key, .fields(column.value.sortedByKey()) { ($0.key, $0.value.json) })
        }
      ),
      ("failed_rows", .number(failedRows)), ("failures", .array(failures.map(\.json))),
    ] + further.compactMap(\.self) + (findings?.members ?? [])
      + (policies.isEmpty ? [] : [([TextKey: PolicyTally].key, policies.json)])
      + (assistantMaskTokens.map { [("assistant_mask_tokens", .number($0))] } ?? [])
  }

  init(_ fields: FieldReader) throws(FileError) {
    var failures: [RowFailure] = []
    for value in try fields.optionalArray("failures") ?? [] {
      failures.append(try RowFailure(FieldReader(value, place: "failures")))
    }
    self.init(failedRows: try fields.count("failed_rows"), failures: failures)
    hasWholeScores = try fields.flag(Self.wholeScoresKey)
    let stored = try fields.object("scores")
    for (key, labels) in try stored.objects() {
      scores[try stored.score(key)] = ScoreTally(labels: try Self.tallies(labels))
    }
    for (column, values) in try fields.object("groups").objects() { groups[column] = try Self.tallies(values) }
    if let lost = try fields.optionalObject("assistant_tokens_lost") {
      for (key, tokens) in try lost.counts() { assistantTokensLost[try lost.limitKey(key.text)] = tokens }
    }
    if let stored = try fields.optionalObject("extremes") {
      extremes = try LengthExtremes(stored)
    } else {
      extremes = nil
    }
    samples = try fields.optionalObject("samples").map { (fields) throws(FileError) in try RowSamples(fields) }
    findings = try ContentFindings(optional: fields)
    side = try SideRows(optional: fields)
    policies = try [TextKey: PolicyTally](optional: fields)
    assistantMaskTokens = try fields.optionalCount("assistant_mask_tokens")
    roles = try TokensByKind(fields.object("roles"))
    tokensWithoutSystem = try fields.count("tokens_without_system")
    legacyTokens = try fields.count("seed_tokens")
    bytes = try fields.count("bytes")
    characters = try fields.count("characters")
    templateErrors = try fields.object("template_errors").counts()
  }

  private static func tallies(_ fields: FieldReader) throws(FileError) -> [TextKey: LabelTally] {
    var tallies: [TextKey: LabelTally] = [:]
    for (key, tally) in try fields.objects() { tallies[key] = try LabelTally(tally) }
    return tallies
  }
}

/// A row that could not be counted, and why.
public struct RowFailure: Sendable, Hashable {
  /// What made a row fail.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The chat template raised.
    case template
    /// The messages are missing, empty or of another type.
    case messages
    /// The score is no number, or outside the scale of the dataset's kind.
    case score
  }

  /// The row's number in the dataset, from 0.
  public var row: Int
  /// What failed.
  public var kind: Kind
  /// The reason; for ``Kind/template`` exactly what the template raised.
  public var message: String

  /// Makes a failure of `row`.
  public init(row: Int, kind: Kind, message: String) {
    self.row = row
    self.kind = kind
    self.message = message
  }
}

extension RowFailure {
  var json: JSONValue {
    .fields([("row", .number(row)), ("kind", .string(kind.rawValue)), ("message", .string(message))])
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(row: try fields.count("row"), kind: try fields.choice("kind"), message: try fields.text("message"))
  }
}
