public import JSON
public import Support

/// One dataset's entry in the statistics document.
///
/// Entries that an original file (schema 1) brought along hold only names, totals and the score histogram; there
/// everything else is nil or empty.
public struct DatasetSummary: Sendable, Equatable {
  /// The dataset's names.
  public var identity: DatasetIdentity
  /// The path of the dataset's plot, relative to the document; nil if none was drawn.
  public var plot: String?
  /// The counted conversations and their tokens, with the summary of their lengths and their histogram.
  public var all: GroupSummary
  /// The same by score.
  public var scores: [Score: GroupSummary]
  /// The same by score band, by the band's key; bands without conversations are absent.
  public var bands: [String: GroupSummary]
  /// The same by label.
  public var labels: [TextKey: GroupSummary]
  /// The conversations whose score is at least the key.
  public var cumulativeByScore: [Score: GroupSummary]
  /// Conversations by a further column and its value.
  public var groups: [TextKey: [TextKey: GroupSummary]]
  /// The tokens by kind.
  public var roles: TokensByKind?
  /// The tokens without system messages.
  public var tokensWithoutSystem: Int?
  /// What each limit would cut off, by limit in tokens.
  public var limits: [Int: LimitSummary]
  /// What packing into sequences of each limit's length comes to; empty if the file does not say.
  public var packing: [Int: LimitPacking] = [:]
  /// The bytes of the message contents as stored.
  public var bytes: Int?
  /// The Unicode scalars of the message contents as stored.
  public var characters: Int?
  /// The tokens that the original script would have counted.
  public var legacyTokens: Int?
  /// How often the chat template raised, by its message.
  public var templateErrors: [TextKey: Int]
  /// The file that was counted.
  public var source: SourceRecord?
  /// The prompts and the completions, and the tokens before the first trained one; nil if the file does not say.
  public var training: TrainingSummary?
  /// What each of several compared rules about training comes to; empty where only one was asked for.
  public var policies: [TextKey: PolicyTally] = [:]
  /// The tokens in the template's generation blocks; nil where it has none.
  public var assistantMaskTokens: Int?
  /// What the contents hold beside text; nil if the file does not say.
  public var findings: ContentFindings?
  /// The longest and shortest rows; nil if the file does not say.
  public var extremes: LengthExtremes?
  /// The dataset of which this one is a filtered copy; nil if it is none.
  ///
  /// Totals over datasets leave copies out, whose rows would be counted twice.
  public internal(set) var original: String?

  /// The bytes of content per token; nil without tokens.
  public var bytesPerToken: Double? {
    guard let bytes, all.tokens > 0 else { return nil }
    return Double(bytes) / Double(all.tokens)
  }

  /// Makes an entry with names and totals only.
  init(identity: DatasetIdentity, all: GroupSummary) {
    self.identity = identity
    self.all = all
    scores = [:]
    bands = [:]
    labels = [:]
    cumulativeByScore = [:]
    groups = [:]
    limits = [:]
    templateErrors = [:]
  }

  /// Summarizes a finished dataset, with what each of `limits` would cut off.
  ///
  /// - Parameter source: The file that was counted; nil where nothing is kept of it.
  /// - Complexity: O(*s* · *d*) for *s* scores and *d* distinct lengths.
  public init(identity: DatasetIdentity, tally: DatasetTally, source: SourceRecord?, limits: [Int]) {
    let lengths = tally.lengths
    self.init(
      identity: identity,
      all: GroupSummary(
        conversations: lengths.count, tokens: lengths.total, length: LengthSummary(lengths),
        histogram: HistogramBins.counts(of: lengths)))
    scores = tally.scores.mapValues { GroupSummary($0.lengths, assistantTokens: $0.assistantTokens) }
    labels = tally.labels.mapValues {
      GroupSummary(conversations: $0.conversations, tokens: $0.tokens, length: LengthSummary($0.lengths))
    }
    groups = tally.groups.mapValues { values in
      values.mapValues { GroupSummary($0.lengths, assistantTokens: $0.assistantTokens) }
    }
    bands = Self.bands(of: tally, scale: identity.scoreScale)
    cumulativeByScore = Self.cumulative(tally.scores)
    let training = tally.training
    self.limits = LimitCosts(tally, lengths: lengths, training: training).summaries(limits)
    packing = LimitPacking.packings(of: tally, limits: limits)
    roles = tally.roles
    tokensWithoutSystem = tally.tokensWithoutSystem
    bytes = tally.bytes
    characters = tally.characters
    legacyTokens = tally.legacyTokens
    templateErrors = tally.templateErrors
    self.source = source
    self.training = training.map(TrainingSummary.init)
    assistantMaskTokens = tally.assistantMaskTokens
    findings = tally.findings
    policies = tally.policies
    extremes = tally.extremes
  }

  /// Says what other limits would cost.
  ///
  /// - Parameter tally: The exact counts of the dataset.
  public mutating func apply(_ limits: [Int], to tally: DatasetTally) {
    self.limits = LimitCosts(tally).summaries(limits)
    packing = LimitPacking.packings(of: tally, limits: limits)
  }

  private static func bands(of tally: DatasetTally, scale: ScoreScale?) -> [String: GroupSummary] {
    var bands: [String: GroupSummary] = [:]
    for band in scale?.bands ?? [] {
      var lengths = LengthDistribution()
      for (score, tally) in tally.scores where band.contains(score) { lengths.merge(tally.lengths) }
      guard !lengths.isEmpty else { continue }
      bands[band.key] = GroupSummary(
        conversations: lengths.count, tokens: lengths.total, length: LengthSummary(lengths),
        histogram: HistogramBins.counts(of: lengths))
    }
    return bands
  }

  private static func cumulative(_ scores: [Score: ScoreTally]) -> [Score: GroupSummary] {
    var sums: [Score: GroupSummary] = [:]
    var sum = GroupSummary(conversations: 0, tokens: 0)
    for (score, tally) in scores.sorted(by: { $0.key > $1.key }) where score != .none {
      sum.conversations += tally.conversations
      sum.tokens += tally.tokens
      sums[score] = sum
    }
    return sums
  }
}

extension GroupSummary {
  init(_ lengths: LengthDistribution, assistantTokens: Int) {
    self.init(
      conversations: lengths.count, tokens: lengths.total, assistantTokens: assistantTokens,
      length: LengthSummary(lengths))
  }
}

extension DatasetSummary {
  /// The members that earlier schemas do not have.
  static let membersOfSchema3 = [
    "prompt", "completion", "first_target", "assistant_mask_tokens", "control_tokens_in_text", "not_rendered", "media",
    "list_contents", "extremes", ScoreRecord.key, [TextKey: PolicyTally].key, LimitPacking.key,
  ]
  /// The members that an entry may lack, so that none of an older result may stay; its picture is drawn for itself.
  static let optionalMembers = membersOfSchema3 + [groupsKey]
  /// The member that holds the groups of further columns.
  private static let groupsKey = "groups"
  /// The member that holds what limits cost.
  static let limitsKey = "over_limit"

  /// The entry's members in the order of the schema; what is not known is left out.
  public var json: JSONObject {
    var object = JSONObject([
      ("model", .string(identity.model)), ("type", .string(identity.kind.rawValue)), ("name", .string(identity.name)),
    ])
    if let plot { object["plot"] = .string(plot) }
    object["total_conversations"] = .number(all.conversations)
    object["total_tokens"] = .number(all.tokens)
    object["score_histogram"] = .fields(scores.sorted { $0.key < $1.key }) { ($0.key.key, $0.value.json) }
    for (key, value) in identity.attributeMembers { object[key] = value }
    if let score { object[ScoreRecord.key] = score.json }
    object["filters"] = identity.filters.json
    if let length = all.length { object["length"] = length.json }
    if let histogram = all.histogram { object["hist"] = .numbers(histogram) }
    object["bands"] = .fields((identity.scoreScale?.bands ?? []).filter { bands[$0.key] != nil }) { band in
      (band.key, bands[band.key]?.json ?? .null)
    }
    if let roles { object["roles"] = roles.json }
    object["labels"] = .fields(labels.sortedByKey()) { ($0.key, $0.value.json) }
    if let tokensWithoutSystem {
      object["without_system"] = .fields([("total_tokens", .number(tokensWithoutSystem))])
    }
    appendLimitsAndOrigin(to: &object)
    return object
  }

  /// The column of the scores and their scale; nil where there are no scores.
  private var score: ScoreRecord? {
    guard identity.score?.scale != nil || scores.keys.contains(where: { $0 != .none }) else { return nil }
    return ScoreRecord(column: identity.score?.column ?? ScoreRecord.usualColumn, scale: identity.scoreScale)
  }

  private func appendLimitsAndOrigin(to object: inout JSONObject) {
    object["cumulative_by_score"] = .fields(cumulativeByScore.sorted { $0.key < $1.key }) {
      ($0.key.key, $0.value.json)
    }
    object[Self.limitsKey] = Self.json(of: limits)
    if !packing.isEmpty { object[LimitPacking.key] = packing.json }
    if let bytes { object["bytes"] = .number(bytes) }
    if let characters { object["characters"] = .number(characters) }
    object["bytes_per_token"] = .optional(bytesPerToken)
    if let legacyTokens { object["seed_total_tokens"] = .number(legacyTokens) }
    object["template_errors"] = .fields(templateErrors.sortedByKey()) { ($0.key, .number($0.value)) }
    if !groups.isEmpty {
      object[Self.groupsKey] = .fields(groups.sortedByKey()) { column in
        (column.key, .fields(column.value.sortedByKey()) { ($0.key, $0.value.json) })
      }
    }
    if let source { object["source"] = source.json }
    for (key, value) in training?.members ?? [] { object[key] = value }
    if let assistantMaskTokens { object["assistant_mask_tokens"] = .number(assistantMaskTokens) }
    for (key, value) in findings?.members ?? [] { object[key] = value }
    if !policies.isEmpty { object[[TextKey: PolicyTally].key] = policies.json }
    if let extremes { object["extremes"] = extremes.json }
    if let original { object["same_data_as"] = .string(original) }
  }

  /// What limits cost, as an entry holds it.
  static func json(of limits: [Int: LimitSummary]) -> JSONValue {
    .fields(limits.sorted { $0.key < $1.key }) { (String($0.key), $0.value.json) }
  }

  init(dataset: String, _ fields: FieldReader) throws(FileError) {
    self.init(
      identity: try DatasetIdentity(dataset: dataset, fields),
      all: GroupSummary(
        conversations: try fields.count("total_conversations"), tokens: try fields.count("total_tokens"),
        length: try LengthSummary(optional: fields), histogram: try fields.optionalCounts("hist")))
    plot = try fields.optionalText("plot")
    let histogram = try fields.object("score_histogram")
    for (key, group) in try histogram.objects() { scores[try histogram.score(key)] = try GroupSummary(group) }
    for (key, group) in try fields.optionalObject("bands")?.objects() ?? [] { bands[key] = try GroupSummary(group) }
    labels = try Self.groups(fields.optionalObject("labels"))
    for (column, values) in try fields.optionalObject(Self.groupsKey)?.objects() ?? [] {
      groups[column] = try Self.groups(values)
    }
    if let sums = try fields.optionalObject("cumulative_by_score") {
      for (key, group) in try sums.objects() { cumulativeByScore[try sums.score(key)] = try GroupSummary(group) }
    }
    if let stored = try fields.optionalObject(Self.limitsKey) {
      for (key, limit) in try stored.objects() { limits[try stored.limitKey(key)] = try LimitSummary(limit) }
    }
    for (key, stored) in try fields.optionalObject(LimitPacking.key)?.objects() ?? [] {
      packing[try fields.limitKey(key)] = try LimitPacking(stored)
    }
    try readTotals(fields)
  }

  private mutating func readTotals(_ fields: FieldReader) throws(FileError) {
    if let stored = try fields.optionalObject("roles") { roles = try TokensByKind(stored) }
    tokensWithoutSystem = try fields.optionalObject("without_system")?.optionalCount("total_tokens")
    bytes = try fields.optionalCount("bytes")
    characters = try fields.optionalCount("characters")
    legacyTokens = try fields.optionalCount("seed_total_tokens")
    templateErrors = try fields.optionalObject("template_errors")?.counts() ?? [:]
    if let stored = try fields.optionalObject("source") { source = try SourceRecord(stored) }
    training = try TrainingSummary(optional: fields)
    assistantMaskTokens = try fields.optionalCount("assistant_mask_tokens")
    findings = try ContentFindings(optional: fields)
    policies = try [TextKey: PolicyTally](optional: fields)
    if let stored = try fields.optionalObject("extremes") { extremes = try LengthExtremes(stored) }
    original = try fields.optionalText("same_data_as")
  }

  private static func groups(_ fields: FieldReader?) throws(FileError) -> [TextKey: GroupSummary] {
    var groups: [TextKey: GroupSummary] = [:]
    for (key, group) in try fields?.objects() ?? [] { groups[key] = try GroupSummary(group) }
    return groups
  }
}
