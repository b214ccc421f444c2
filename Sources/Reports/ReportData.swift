import Support
import JSON
import TokenStatistics

/// The data block of the page: every dataset as one row of columns that repeat no key.
///
/// The page's script `codec.js` reads it; the two must agree. Counts and lengths are packed (``PackedIntegers``), so
/// 1,299 datasets with their histograms take about 1 MB.
struct ReportData {
  private var columns: ReportColumns
  private var runs: [JSONValue] = []
  private let kinds: Set<DatasetKind>
  private let generator: String

  /// Collects all datasets of `runs` for a page in `folder`.
  init(_ runs: [StatisticsRun], folder: String, generator: String) {
    self.generator = generator
    columns = ReportColumns(attributes: runs.attributeKeys)
    kinds = Set(runs.flatMap(\.datasets).map(\.identity.kind))
    for (index, run) in runs.enumerated() {
      self.runs.append(Self.describe(run))
      for dataset in run.datasets { columns.append(dataset, of: run, index: index, folder: folder) }
    }
  }

  /// The block as JSON in pure ASCII without `<`, so that nothing in it can end or open an element.
  func serialized() -> [UInt8] {
    // The page has a threshold for roles and traits even where there are none.
    let bands = DatasetKind.allCases.filter { $0.scoreScale != nil || kinds.contains($0) }.map { kind in
      let bands = kind.scoreScale?.bands ?? []
      return (kind.rawValue, JSONValue.array(bands.map { .array([.number($0.lowest), .number($0.highest)]) }))
    }
    let document = JSONValue.object(
      JSONObject([
        ("generator", .string(generator)), ("runs", .array(runs)), ("bands", .object(JSONObject(bands))),
        ("roles", .array(TokensByKind.kinds.map { .string($0.key) })), ("datasets", columns.json),
      ]))
    return Self.escapingMarkup(document.serialized(.compact, ascii: true))
  }

  /// Replaces `<`, which in JSON stands only inside strings, by its escape.
  private static func escapingMarkup(_ json: [UInt8]) -> [UInt8] {
    let escape = Array("\\u003c".utf8)
    var escaped: [UInt8] = []
    escaped.reserveCapacity(json.count + 64)
    for byte in json {
      if byte == UInt8(ascii: "<") { escaped += escape } else { escaped.append(byte) }
    }
    return escaped
  }

  private static func describe(_ run: StatisticsRun) -> JSONValue {
    let tokenizers = (run.settings?.tokenizers ?? [:]).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var object = JSONObject([
      ("file", .string(Files.lastComponent(run.path))), ("limits", .array(run.limits.map(JSONValue.number))),
      ("edges", .array(run.binEdges.map(JSONValue.number))),
      ("tokenizers", .object(JSONObject(tokenizers.map { ($0.key, describe($0.value)) }))),
      ("errors", .array(run.errors.map(JSONValue.string))),
    ])
    object["mode"] = run.settings.map { .string($0.countMode.rawValue) }
    object["tool"] = run.settings.map { .string($0.toolVersion) }
    object["timestamp"] = run.timestamp.map(JSONValue.string)
    object["git"] = run.gitSHA.map(JSONValue.string)
    return .object(object)
  }

  private static func describe(_ tokenizer: TokenizerRecord) -> JSONValue {
    .object(
      JSONObject([
        ("hub", .string(tokenizer.hubID)), ("revision", .string(tokenizer.revision)),
        ("template", .string(String(tokenizer.templateSHA256.prefix(12)))),
        ("vocabulary", .string(String(tokenizer.tokenizerSHA256.prefix(12)))),
        ("bos", .string(tokenizer.bosPolicy)),
      ]))
  }
}
