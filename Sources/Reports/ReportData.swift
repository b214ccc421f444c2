import JSON
import Support
import TokenStatistics

/// The data block of the page: every dataset as one row of columns that repeat no key.
///
/// The page's script `codec.js` reads it; the two must agree. Counts and lengths are packed (``PackedIntegers``), so
/// 1,299 datasets of 2 million conversations take about 3 MB with all their lengths.
struct ReportData {
  private var columns: ReportColumns
  private var runs: [JSONValue] = []
  private let rules: [String]
  private let generator: String

  /// Collects all datasets of `runs`.
  ///
  /// - Parameters:
  ///   - configurations: For each run, the lines of a trainer's configuration by dataset; empty for none.
  ///   - showsSamples: Whether texts that were kept are in it.
  init(
    _ runs: [StatisticsRun], configurations: [[TextKey: [String]]] = [], paths: ReportPaths, showsSamples: Bool = false,
    generator: String
  ) {
    self.generator = generator
    rules = runs.ruleNames
    columns = ReportColumns(attributes: runs.attributeKeys, showsSamples: showsSamples)
    for (index, run) in runs.enumerated() {
      self.runs.append(Self.describe(run))
      for dataset in run.datasets {
        let lines = index < configurations.count ? configurations[index][dataset.identity.dataset] : nil
        columns.append(dataset, of: run, index: index, paths: paths, configuration: lines)
      }
    }
  }

  /// The block as JSON in pure ASCII.
  func serialized() -> [UInt8] {
    let document = JSONValue.object(
      JSONObject([
        ("generator", .string(generator)), ("runs", .array(runs)),
        ("roles", .array(TokensByKind.kinds.map { .string($0.key) })),
        ("rules", .array(rules.map(JSONValue.string))), ("datasets", columns.json),
      ]))
    return document.serialized(.compact, ascii: true)
  }

  private static func describe(_ run: StatisticsRun) -> JSONValue {
    let tokenizers = (run.settings?.tokenizers ?? [:]).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var object = JSONObject([
      ("file", .string(Files.lastComponent(run.path))), ("limits", .array(run.limits.map(JSONValue.number))),
      ("edges", .array(run.binEdges.map(JSONValue.number))),
      (
        "tokenizers",
        .object(JSONObject(tokenizers.map { ($0.key, describe($0.value, trained: run.settings?.policy(of: $0.key))) }))
      ),
      // The messages themselves may name folders.
      ("failed", .number(run.errors.count)),
    ])
    object["mode"] = run.settings.map { .string($0.countMode.rawValue) }
    object["tool"] = run.settings.map { .string($0.toolVersion) }
    object["timestamp"] = run.timestamp.map(JSONValue.string)
    object["git"] = run.gitSHA.map(JSONValue.string)
    return .object(object)
  }

  private static func describe(_ tokenizer: TokenizerRecord, trained: TrainPolicy?) -> JSONValue {
    var object = JSONObject([
      ("hub", .string(tokenizer.hubID)), ("revision", .string(tokenizer.revision)),
      ("template", .string(String(tokenizer.templateSHA256.prefix(12)))),
      ("vocabulary", .string(String(tokenizer.tokenizerSHA256.prefix(12)))),
      ("bos", .string(tokenizer.bosPolicy)),
    ])
    object["trained"] = trained.map { .string($0.description) }
    return .object(object)
  }
}

/// What a page says about places on this machine.
struct ReportPaths {
  /// The page's folder, from which its links start.
  let folder: String
  /// Whether it names other folders.
  var showsFolders = false

  /// A data file as the page names it: by its last component, unless folders are shown.
  func source(_ path: String) -> String { showsFolders ? path : Files.lastComponent(path) }

  /// The link to a picture; nil where it would lead out of the page's folder and folders are not shown.
  func link(to picture: String) -> String? {
    let path = Files.relative(picture, to: folder)
    guard !showsFolders else { return path }
    let leadsOut =
      path.utf8.starts(with: "/".utf8) || path.utf8.elementsEqual("..".utf8) || path.utf8.starts(with: "../".utf8)
    return leadsOut ? nil : path
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

/// The scales of scores, each stored once and referred to by its index.
struct ScaleTable {
  private var scales: [(key: String, bands: [ScoreBand])] = []

  /// The index of `scale`, which is added if it is new. The scales of roles and traits are called by those names, and all
  /// others by their ranges.
  mutating func index(of scale: ScoreScale, kind: DatasetKind) -> Int {
    if let index = scales.firstIndex(where: { $0.bands == scale.bands }) { return index }
    let own = kind.scoreScale?.bands == scale.bands
    let key = own ? kind.rawValue : "score\(scale.range.lowerBound)to\(scale.range.upperBound)"
    scales.append((key, scale.bands))
    return scales.count - 1
  }

  /// What a scale is called.
  func key(at index: Int) -> String { scales[index].key }

  var json: JSONValue {
    .array(
      scales.map { scale in
        .object(
          JSONObject([
            ("key", .string(scale.key)),
            ("bands", .array(scale.bands.map { .array([.number($0.lowest), .number($0.highest)]) })),
          ]))
      })
  }
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
