import Support
public import JSON

extension LengthSummary {
  var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("min", .optional(minimum)), ("max", .optional(maximum)), ("mean", .optional(mean)),
      ("std", .optional(standardDeviation)),
    ]
    for percent in Self.storedPercents { members.append(("p\(percent)", .optional(percentiles[percent]))) }
    return .fields(members)
  }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init(
      minimum: try fields.optionalCount("min"), maximum: try fields.optionalCount("max"),
      mean: try fields.optionalNumber("mean"), standardDeviation: try fields.optionalNumber("std"), percentiles: [:])
    for percent in Self.storedPercents { percentiles[percent] = try fields.optionalCount("p\(percent)") }
  }
}

extension GroupSummary {
  var json: JSONValue {
    var object = JSONObject([("conversations", .number(conversations)), ("tokens", .number(tokens))])
    if let assistantTokens { object["assistant_tokens"] = .number(assistantTokens) }
    if let length { object["length"] = length.json }
    if let histogram { object["hist"] = .numbers(histogram) }
    return .object(object)
  }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init(
      conversations: try fields.count("conversations"), tokens: try fields.count("tokens"),
      assistantTokens: try fields.optionalCount("assistant_tokens"), length: try LengthSummary(optional: fields),
      histogram: try fields.optionalCounts("hist"))
  }
}

extension LengthSummary {
  init?(optional fields: FieldReader) throws(FieldError) {
    guard let length = try fields.optionalObject("length") else { return nil }
    try self.init(length)
  }
}

extension LimitSummary {
  var json: JSONValue {
    .fields([
      ("conversations", .number(conversations)), ("tokens_lost", .number(tokensLost)),
      ("assistant_tokens_lost", .number(assistantTokensLost)),
    ])
  }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init(
      conversations: try fields.count("conversations"), tokensLost: try fields.count("tokens_lost"),
      assistantTokensLost: try fields.count("assistant_tokens_lost"))
  }
}

extension DatasetSummary {
  /// The entry's members in the order of the schema; what is not known is left out.
  public var json: JSONObject {
    var object = JSONObject([
      ("model", .string(identity.model)), ("type", .string(identity.type.rawValue)), ("name", .string(identity.name)),
    ])
    if let plot { object["plot"] = .string(plot) }
    object["total_conversations"] = .number(all.conversations)
    object["total_tokens"] = .number(all.tokens)
    object["score_histogram"] = .fields(scores.sorted { $0.key < $1.key }) { ($0.key.key, $0.value.json) }
    object["persona"] = .string(identity.persona)
    object["filters"] = identity.filters.json
    if let length = all.length { object["length"] = length.json }
    if let histogram = all.histogram { object["hist"] = .numbers(histogram) }
    object["bands"] = .fields(identity.type.scoreBands.filter { bands[$0.key] != nil }) { band in
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

  private func appendLimitsAndOrigin(to object: inout JSONObject) {
    object["cumulative_by_score"] = .fields(cumulativeByScore.sorted { $0.key < $1.key }) {
      (String($0.key), $0.value.json)
    }
    object["over_limit"] = .fields(limits.sorted { $0.key < $1.key }) { (String($0.key), $0.value.json) }
    if let bytes { object["bytes"] = .number(bytes) }
    if let characters { object["characters"] = .number(characters) }
    object["bytes_per_token"] = .optional(bytesPerToken)
    if let seedTokens { object["seed_total_tokens"] = .number(seedTokens) }
    object["template_errors"] = .fields(templateErrors.sortedByKey()) { ($0.key, .number($0.value)) }
    if !groups.isEmpty {
      object["groups"] = .fields(groups.sortedByKey()) { column in
        (column.key, .fields(column.value.sortedByKey()) { ($0.key, $0.value.json) })
      }
    }
    if let source { object["source"] = source.json }
  }

  init(dataset: String, _ fields: FieldReader) throws(FieldError) {
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
    for (column, values) in try fields.optionalObject("groups")?.objects() ?? [] {
      groups[column] = try Self.groups(values)
    }
    if let sums = try fields.optionalObject("cumulative_by_score") {
      for (key, group) in try sums.objects() { cumulativeByScore[try sums.integerKey(key)] = try GroupSummary(group) }
    }
    if let stored = try fields.optionalObject("over_limit") {
      for (key, limit) in try stored.objects() { limits[try stored.limitKey(key)] = try LimitSummary(limit) }
    }
    try readTotals(fields)
  }

  private mutating func readTotals(_ fields: FieldReader) throws(FieldError) {
    if let stored = try fields.optionalObject("roles") { roles = try RoleTokens(stored) }
    tokensWithoutSystem = try fields.optionalObject("without_system")?.optionalCount("total_tokens")
    bytes = try fields.optionalCount("bytes")
    characters = try fields.optionalCount("characters")
    seedTokens = try fields.optionalCount("seed_total_tokens")
    templateErrors = try fields.optionalObject("template_errors")?.counts() ?? [:]
    if let stored = try fields.optionalObject("source") { source = try SourceRecord(stored) }
  }

  private static func groups(_ fields: FieldReader?) throws(FieldError) -> [TextKey: GroupSummary] {
    var groups: [TextKey: GroupSummary] = [:]
    for (key, group) in try fields?.objects() ?? [] { groups[key] = try GroupSummary(group) }
    return groups
  }
}
