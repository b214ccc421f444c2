import JSON
import Support
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
  ///
  /// - Parameter configurations: For each run, the lines of a trainer's configuration by dataset; empty for none.
  init(_ runs: [StatisticsRun], configurations: [[TextKey: [String]]] = [], folder: String, generator: String) {
    self.generator = generator
    columns = ReportColumns(attributes: runs.attributeKeys)
    kinds = Set(runs.flatMap(\.datasets).map(\.identity.kind))
    for (index, run) in runs.enumerated() {
      self.runs.append(Self.describe(run))
      for dataset in run.datasets {
        let lines = index < configurations.count ? configurations[index][dataset.identity.dataset] : nil
        columns.append(dataset, of: run, index: index, folder: folder, configuration: lines)
      }
    }
  }

  /// The block as JSON in pure ASCII.
  func serialized() -> [UInt8] {
    // The page has thresholds for roles and traits even if there are none.
    let bands = DatasetKind.allCases.filter { $0.scoreScale != nil || kinds.contains($0) }.map { kind in
      let bands = kind.scoreScale?.bands ?? []
      return (kind.rawValue, JSONValue.array(bands.map { .array([.number($0.lowest), .number($0.highest)]) }))
    }
    let document = JSONValue.object(
      JSONObject([
        ("generator", .string(generator)), ("runs", .array(runs)), ("bands", .object(JSONObject(bands))),
        ("roles", .array(TokensByKind.kinds.map { .string($0.key) })), ("datasets", columns.json),
      ]))
    return document.serialized(.compact, ascii: true)
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

/// Names that repeat, each stored once and referred to by its index.
struct NameTable {
  private var names: [String] = []
  /// By the names' bytes: two spellings that Unicode calls equal are two names.
  private var indices: [[UInt8]: Int] = [:]

  /// The index of `name`, which is added if it is new.
  mutating func index(of name: String) -> Int {
    let key = Array(name.utf8)
    if let index = indices[key] { return index }
    names.append(name)
    indices[key] = names.count - 1
    return names.count - 1
  }

  var json: JSONValue { .array(names.map(JSONValue.string)) }
}

/// Paths that differ only in the dataset's name, each pattern stored once and referred to by its index.
struct PathTable {
  /// A path's bytes around the dataset's name.
  private struct Pattern: Hashable {
    let before: [UInt8]
    /// What follows the name; nil if the path does not hold it and `before` is all of it.
    let after: [UInt8]?
  }

  private var patterns: [Pattern] = []
  private var indices: [Pattern: Int] = [:]

  /// The index of the pattern that makes `path` out of the dataset's `name`.
  mutating func index(of path: String, naming name: String) -> Int {
    let pattern = Self.split(Array(path.utf8), at: Array(name.utf8))
    if let index = indices[pattern] { return index }
    patterns.append(pattern)
    indices[pattern] = patterns.count - 1
    return patterns.count - 1
  }

  /// Splits at the last occurrence of the name.
  private static func split(_ path: [UInt8], at name: [UInt8]) -> Pattern {
    guard !name.isEmpty, path.count >= name.count else { return Pattern(before: path, after: nil) }
    for start in stride(from: path.count - name.count, through: 0, by: -1) {
      let end = start + name.count
      guard path[start..<end].elementsEqual(name) else { continue }
      return Pattern(before: Array(path[..<start]), after: Array(path[end...]))
    }
    return Pattern(before: path, after: nil)
  }

  /// The patterns as pairs of texts, the second null where the first is the whole path.
  var json: JSONValue {
    .array(
      patterns.map { pattern in
        .array([Self.text(pattern.before), pattern.after.map(Self.text) ?? .null])
      })
  }

  private static func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
}
