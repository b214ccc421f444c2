import Support
import JSON

extension LabelTally {
  /// Lengths and counts as two arrays of equal size.
  var json: JSONValue {
    .fields([
      ("assistant_tokens", .number(assistantTokens)), ("lengths", .numbers(lengths.entries.map(\.length))),
      ("counts", .numbers(lengths.entries.map(\.count))),
    ])
  }

  init(_ fields: FieldReader) throws(FieldError) {
    let lengths = try fields.integers("lengths")
    let counts = try fields.integers("counts")
    let entries = zip(lengths, counts).map { LengthDistribution.Entry(length: $0, count: $1) }
    guard lengths.count == counts.count, let distribution = LengthDistribution(entries: entries) else {
      throw FieldError(place: fields.place, reason: "lengths and counts are no distribution")
    }
    self.init(lengths: distribution, assistantTokens: try fields.count("assistant_tokens"))
  }
}

extension Fingerprint {
  var json: JSONValue {
    .fields([
      ("size", .number(source.size)), ("modified", .number(source.modified)), ("sha256", .string(source.sha256)),
      ("count_mode", .string(options.countMode.rawValue)), ("limits", .numbers(options.limits)),
      ("on_error", .string(options.onError)), ("group_by", .array(options.groupColumns.map(JSONValue.string))),
      ("selection", .string(options.selection)), ("tokenizer", options.tokenizer.json),
    ])
  }

  init(_ fields: FieldReader) throws(FieldError) {
    let columns = try fields.optionalArray("group_by") ?? []
    self.init(
      source: Source(
        size: try fields.count("size"), modified: try fields.integer("modified"), sha256: try fields.text("sha256")),
      options: Options(
        countMode: try fields.choice("count_mode"), limits: try fields.integers("limits"),
        tokenizer: try TokenizerRecord(fields.object("tokenizer")), onError: try fields.text("on_error"),
        groupColumns: columns.compactMap(\.stringValue), selection: try fields.text("selection")))
  }
}

extension RowFailure {
  var json: JSONValue {
    .fields([("row", .number(row)), ("kind", .string(kind.rawValue)), ("message", .string(message))])
  }

  init(_ fields: FieldReader) throws(FieldError) {
    self.init(row: try fields.count("row"), kind: try fields.choice("kind"), message: try fields.text("message"))
  }
}

extension DatasetTally {
  var members: [(String, JSONValue)] {
    [
      (
        "scores",
        .fields(scores.sorted { $0.key < $1.key }) { score in
          (score.key.key, .fields(score.value.labels.sortedByKey()) { ($0.key, $0.value.json) })
        }
      ),
      ("roles", roles.json),
      (
        "assistant_tokens_lost",
        .fields(assistantTokensLost.sorted { $0.key < $1.key }) { (String($0.key), .number($0.value)) }
      ),
      ("tokens_without_system", .number(tokensWithoutSystem)), ("seed_tokens", .number(seedTokens)),
      ("bytes", .number(bytes)), ("characters", .number(characters)),
      ("template_errors", .fields(templateErrors.sortedByKey()) { ($0.key, .number($0.value)) }),
      (
        "groups",
        .fields(groups.sortedByKey()) { column in
          (column.key, .fields(column.value.sortedByKey()) { ($0.key, $0.value.json) })
        }
      ),
      ("failed_rows", .number(failedRows)), ("failures", .array(failures.map(\.json))),
    ]
  }

  init(_ fields: FieldReader) throws(FieldError) {
    var failures: [RowFailure] = []
    for value in try fields.optionalArray("failures") ?? [] {
      failures.append(try RowFailure(FieldReader(value, place: "failures")))
    }
    self.init(limits: [], failedRows: try fields.count("failed_rows"), failures: failures)
    let stored = try fields.object("scores")
    for (key, labels) in try stored.objects() {
      scores[try stored.score(key)] = ScoreTally(labels: try Self.tallies(labels))
    }
    for (column, values) in try fields.object("groups").objects() { groups[column] = try Self.tallies(values) }
    let lost = try fields.object("assistant_tokens_lost")
    for (key, tokens) in try lost.counts() { assistantTokensLost[try lost.limitKey(key.text)] = tokens }
    roles = try RoleTokens(fields.object("roles"))
    tokensWithoutSystem = try fields.count("tokens_without_system")
    seedTokens = try fields.count("seed_tokens")
    bytes = try fields.count("bytes")
    characters = try fields.count("characters")
    templateErrors = try fields.object("template_errors").counts()
  }

  private static func tallies(_ fields: FieldReader) throws(FieldError) -> [TextKey: LabelTally] {
    var tallies: [TextKey: LabelTally] = [:]
    for (key, tally) in try fields.objects() { tallies[key] = try LabelTally(tally) }
    return tallies
  }
}

extension DatasetPartial {
  var json: JSONValue {
    .fields(
      [
        ("format", .number(Self.formatVersion)), ("dataset", .string(identity.dataset)),
        ("model", .string(identity.model)), ("type", .string(identity.type.rawValue)), ("name", .string(identity.name)),
        ("persona", .string(identity.persona)), ("filters", identity.filters.json), ("tool", .string(toolVersion)),
        ("fingerprint", fingerprint.json), ("source", source.json),
      ] + tally.members)
  }

  init(_ fields: FieldReader) throws(FieldError) {
    let version = try fields.integer("format")
    guard version == Self.formatVersion else {
      throw FieldError(place: "format", reason: "version \(version) is not \(Self.formatVersion)")
    }
    self.init(
      identity: try DatasetIdentity(dataset: fields.text("dataset"), fields),
      fingerprint: try Fingerprint(fields.object("fingerprint")), source: try SourceRecord(fields.object("source")),
      toolVersion: try fields.text("tool"), tally: try DatasetTally(fields))
  }
}
