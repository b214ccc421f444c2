import Support
import JSON
import TokenStatistics

/// The datasets of a page, column by column.
struct ReportColumns {
  /// The attributes that have a column.
  private let attributes: [String]
  private var values: [String: [JSONValue]] = [:]
  private var count = 0
  private var models = NameTable()
  private var labels = NameTable()
  private var formats = NameTable()
  private var plots = PathTable()
  private var sources = PathTable()
  private var scales = ScaleTable()
  private var sums = ReportSums()
  /// Values that few datasets have, by row.
  private var templateErrors = JSONObject()
  private var groups = JSONObject()
  private var configurations = JSONObject()
  /// Of datasets that were counted by several rules about training: trained tokens and rows without any, by rule.
  private var trainedBy = JSONObject()
  /// The datasets of which others are filtered copies.
  private var originals = JSONObject()

  /// The longest and shortest conversations with their texts.
  private var samples = JSONObject()
  private let showsSamples: Bool

  /// Makes columns without rows, with one more column for each of `attributes`.
  ///
  /// An attribute with the name of one of the page's own columns has no column: `codec.js` takes every other name for
  /// an attribute.
  init(attributes: [String], showsSamples: Bool) {
    self.showsSamples = showsSamples
    self.attributes = attributes.filter { !Self.names.contains($0) }
  }

  /// The columns that every page has.
  private static let names: Set<String> = [
    "bins", "bytes", "characters", "conversations", "exact", "faults", "format", "groupFaults", "groupLengths",
    "kinds", "labels", "length", "mean", "model", "name", "over", "packing", "plot", "roles", "rows", "run", "scale",
    "scores",
    "seedTokens", "sha256", "source", "sourceBytes", "std", "tokens", "type", "withoutSystem",
  ]

  /// Appends one dataset of the run with that index.
  ///
  /// - Parameter configuration: The lines of a trainer's configuration; nil where none are shown.
  mutating func append(
    _ dataset: DatasetSummary, of run: StatisticsRun, index: Int, paths: ReportPaths, configuration: [String]? = nil
  ) {
    let row = String(count)
    count += 1
    let identity = dataset.identity
    add("name", .string(identity.dataset))
    add("run", .number(index))
    let model = models.index(of: identity.model)
    add("model", .number(model))
    add("type", .string(identity.kind.rawValue))
    for key in attributes { add(key, .string(identity.attribute(key) ?? identity.subject)) }
    let scale = identity.scoreScale.map { scales.index(of: $0, kind: identity.kind) }
    add("scale", scale.map(JSONValue.number))
    add("conversations", .number(dataset.all.conversations))
    add("tokens", .number(dataset.all.tokens))
    let exact = run.exact[TextKey(identity.dataset)]
    appendLengths(dataset, exact, of: run)
    sums.append(
      dataset, exact, edges: run.binEdges,
      key: "\(model),\(identity.kind.rawValue),\(scale.map { scales.key(at: $0) } ?? "")")
    appendCounts(dataset, exact, limits: run.limits)
    appendOrigin(dataset, run: run, paths: paths)
    if showsSamples, let kept = exact?.samples { samples[row] = kept.json }
    if let original = dataset.original { originals[row] = .string(original) }
    if !dataset.templateErrors.isEmpty {
      templateErrors[row] = .object(JSONObject(sorted(dataset.templateErrors).map { ($0.key, .number($0.value)) }))
    }
    if !dataset.policies.isEmpty {
      trainedBy[row] = .object(
        JSONObject(
          sorted(dataset.policies).map {
            ($0.key, .array([.number($0.value.tokens), .number($0.value.withoutTarget)]))
          }))
    }
    configurations[row] = configuration.map { .string($0.joined(separator: "\n")) }
    if !dataset.groups.isEmpty { groups[row] = Self.describe(dataset.groups) }
  }

  private mutating func add(_ column: String, _ value: JSONValue?) {
    values[column, default: []].append(value ?? .null)
  }

  /// Appends what says how long conversations are: every length where all are known, else what the file sums up.
  private mutating func appendLengths(_ dataset: DatasetSummary, _ exact: DatasetProfile?, of run: StatisticsRun) {
    let length = dataset.all.length
    let packed = exact.map { PackedLengths($0, limits: run.limits, labels: &labels) }
    add("exact", .string(packed?.lengths ?? ""))
    add("groupFaults", .string(packed?.faults ?? ""))
    add("kinds", .string(packed?.kinds ?? ""))
    add("packing", .string(packed?.packing ?? ""))
    add("length", .string(Self.pack(length)))
    add("mean", length?.mean.map(JSONValue.thousandths))
    add("std", length?.standardDeviation.map(JSONValue.thousandths))
    add("bins", .string(exact == nil ? Self.packBins(dataset, edges: run.binEdges) : ""))
    add("groupLengths", .string(exact == nil ? Self.packGroupLengths(dataset) : ""))
  }

  private mutating func appendCounts(_ dataset: DatasetSummary, _ exact: DatasetProfile?, limits: [Int]) {
    add("scores", .string(exact == nil ? Self.packScores(dataset.scores) : ""))
    add(
      "roles",
      .string(
        dataset.roles.map { roles in
          PackedIntegers.pack(TokensByKind.kinds.map { roles[keyPath: $0.tokens] })
        } ?? ""))
    var packed = PackedIntegers()
    for (label, group) in exact == nil ? sorted(dataset.labels) : [] {
      for value in [labels.index(of: label), group.conversations, group.tokens] { packed.append(value) }
    }
    add("labels", .string(packed.text))
    let cuts = limits.compactMap { dataset.limits[$0] }
    add(
      "over",
      .string(
        cuts.count < limits.count ? "" : PackedIntegers.pack(cuts.flatMap { [$0.conversations, $0.tokensLost] })))
    add("faults", .string(Self.packFaults(limits.map { dataset.limits[$0] })))
    add("withoutSystem", dataset.tokensWithoutSystem.map(JSONValue.number))
    add("bytes", dataset.bytes.map(JSONValue.number))
    add("characters", dataset.characters.map(JSONValue.number))
    add("seedTokens", dataset.legacyTokens.map(JSONValue.number))
  }

  private mutating func appendOrigin(_ dataset: DatasetSummary, run: StatisticsRun, paths: ReportPaths) {
    let name = dataset.identity.dataset
    let plot = dataset.plot.flatMap { paths.link(to: Files.join(Files.parent(of: run.path), $0)) }
    add("plot", plot.map { .number(plots.index(of: $0, naming: name)) })
    let source = dataset.source
    add("source", source.map { .number(sources.index(of: paths.source($0.path), naming: name)) })
    add("format", source.map { .number(formats.index(of: $0.format)) })
    add("rows", source.map { .number($0.rows) })
    add("sourceBytes", source.map { .number($0.bytes) })
    add("sha256", source.map { .string(String($0.sha256.prefix(12))) })
  }

  /// The columns and the tables that their indices refer to.
  var json: JSONValue {
    let columns = values.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.array($0.value)) }
    return .object(
      JSONObject([
        ("count", .number(count)), ("models", models.json), ("labels", labels.json), ("formats", formats.json),
        ("plots", plots.json), ("sources", sources.json), ("scales", scales.json),
        ("originals", .object(originals)), ("samples", .object(samples)), ("templateErrors", .object(templateErrors)),
        ("groups", .object(groups)), ("configurations", .object(configurations)),
        ("trainedBy", .object(trainedBy)),
        ("columns", .object(JSONObject(columns))), ("sums", sums.json),
      ]))
  }
}

extension ReportColumns {
  /// The bins by band, lowest first, then those without a score; empty if the file has no histogram.
  private static func packBins(_ dataset: DatasetSummary, edges: [Int]) -> String {
    guard let all = dataset.all.histogram, all.count == edges.count + 1, !edges.isEmpty else { return "" }
    var rest = all
    var parts: [String] = []
    for band in dataset.identity.scoreScale?.bands ?? [] {
      let counts = dataset.bands[band.key]?.histogram ?? []
      parts.append(PackedIntegers.pack(sparse: counts))
      for (bin, count) in zip(rest.indices, counts) { rest[bin] = max(0, rest[bin] - max(0, min(count, rest[bin]))) }
    }
    return (parts + [PackedIntegers.pack(sparse: rest)]).joined(separator: ",")
  }

  /// The exact length summaries of the bands, then of the conversations without a score; empty where none is stored.
  private static func packGroupLengths(_ dataset: DatasetSummary) -> String {
    let bands = (dataset.identity.scoreScale?.bands ?? []).map { band in
      let groups = dataset.scores.filter { band.contains($0.key) && $0.value.conversations > 0 }
      return pack(dataset.bands[band.key]?.length ?? (groups.count == 1 ? groups.first?.value.length : nil))
    }
    return (bands + [pack(dataset.scores[Score.none]?.length)]).joined(separator: ",")
  }

  /// For each limit what it costs beside tokens, each plus 1 and 0 where it is not known; empty if nothing is.
  private static func packFaults(_ cuts: [LimitSummary?]) -> String {
    let faults = cuts.flatMap { cut in
      PackedLengths.faults.map { fault in cut?[keyPath: fault].map { $0 + 1 } ?? 0 }
    }
    return faults.allSatisfy { $0 == 0 } ? "" : PackedIntegers.pack(faults)
  }

  private static func pack(_ length: LengthSummary?) -> String {
    guard let length, let minimum = length.minimum, let maximum = length.maximum else { return "" }
    let percentiles = LengthSummary.storedPercents.compactMap { length.percentiles[$0] }
    guard percentiles.count == LengthSummary.storedPercents.count else { return "" }
    return PackedIntegers.pack(ascending: [minimum] + percentiles + [maximum])
  }

  /// Conversations and tokens without a score, then score, conversations and tokens of each score; a fraction counts as the
  /// whole number below.
  private static func packScores(_ scores: [Score: GroupSummary]) -> String {
    var packed = PackedIntegers()
    packed.append(scores[Score.none]?.conversations ?? 0)
    packed.append(scores[Score.none]?.tokens ?? 0)
    var previous = 0
    let whole = Dictionary(grouping: scores) { $0.key.withoutFraction }
    for (score, groups) in whole.sorted(by: { $0.key < $1.key }) {
      guard let value = score.floor, -1_000_000...1_000_000 ~= value else { continue }
      packed.append(signed: value - previous)
      packed.append(groups.reduce(0) { $0 + $1.value.conversations })
      packed.append(groups.reduce(0) { $0 + $1.value.tokens })
      previous = value
    }
    return packed.text
  }

  private static func describe(_ groups: [TextKey: [TextKey: GroupSummary]]) -> JSONValue {
    let columns = sorted(groups).map { column, values in
      let rows = sorted(values).map { value, group in
        let length = group.length
        let numbers = [
          group.conversations, group.tokens, length?.percentiles[50], length?.percentiles[95], length?.maximum,
        ]
        return (value, JSONValue.array(numbers.map { $0.map(JSONValue.number) ?? .null }))
      }
      return (column, JSONValue.object(JSONObject(rows)))
    }
    return .object(JSONObject(columns))
  }

}

private func sorted<Value>(_ members: [TextKey: Value]) -> [(key: String, value: Value)] {
  members.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
}
