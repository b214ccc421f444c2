public import Support
public import TokenStatistics

/// The statistics of many datasets as one page that a browser opens from disk, with the same rows for other programs.
///
///     let report = Report(runs: [try StatisticsRun.load("stats.json")], generator: "tokenstats 1.0.0")
///     try report.write(to: "index.html")
public struct Report: Sendable {
  /// The statistics files, in the order they are listed.
  public let runs: [StatisticsRun]
  /// The heading of the page.
  public let title: String
  /// The program and its version, for the page's last line.
  public let generator: String
  /// For each file, the lines of a trainer's configuration by dataset; empty where none are shown.
  public var configurations: [[TextKey: [String]]] = []
  /// Whether the page says in which folders the data are, and links to pictures outside of its own folder.
  public var showsFolders = false
  /// Whether the page holds the texts of the longest and shortest conversations, where these were kept.
  public var showsSamples = false

  /// The files that ``write(to:)`` wrote.
  public struct Paths: Sendable, Hashable {
    /// The page.
    public let page: String
    /// Its rows as tab-separated values.
    public let tabSeparated: String
    /// Its rows as JSON.
    public let json: String
  }

  /// Makes a report of the datasets of `runs`.
  public init(runs: [StatisticsRun], title: String = "Token statistics", generator: String) {
    self.runs = runs
    self.title = title
    self.generator = generator
  }

  /// The number of datasets in all files.
  public var datasetCount: Int { runs.reduce(0) { $0 + $1.datasets.count } }

  /// Writes the page to `path`, and its rows beside it as `…-datasets.tsv` and `…-datasets.json`; folders are made.
  ///
  /// The names differ from the page's so that a page beside `stats.json` cannot replace that file.
  ///
  /// Each file appears whole or not at all.
  ///
  /// - Throws: `FileError` if a file cannot be written.
  @discardableResult
  public func write(to path: String) throws(FileError) -> Paths {
    let paths = Self.paths(of: path)
    let folder = Files.parent(of: path)
    let page = try ReportPage(
      runs: runs, configurations: configurations, title: title, generator: generator
    )
    .render(ReportPaths(folder: folder, showsFolders: showsFolders), showsSamples: showsSamples)
    let table = ReportTable(runs)
    try Files.makeDirectories(folder)
    try AtomicFile.write(table.tabSeparated, to: paths.tabSeparated)
    try AtomicFile.write(table.json, to: paths.json)
    try AtomicFile.write(page, to: paths.page)
    return paths
  }

  /// The files that `write` makes for the page at `path`.
  public static func paths(of path: String) -> Paths {
    let stem = stem(of: path)
    return Paths(page: path, tabSeparated: stem + "-datasets.tsv", json: stem + "-datasets.json")
  }

  /// The path without `.html` or `.htm`.
  private static func stem(of path: String) -> String {
    for ending in [".html", ".htm"] where path.utf8.count > ending.utf8.count && path.hasSuffix(ending) {
      return String(path.dropLast(ending.count))
    }
    return path
  }
}

/// One statistics file with everything in it that a report shows.
public struct StatisticsRun: Sendable {
  /// The file's path as it was given.
  public let path: String
  /// What the numbers were counted with; nil for a file of the original program.
  public let settings: RunSettings?
  /// The edges of the histograms, ascending; empty if the file has none.
  public let binEdges: [Int]
  /// When the file was written, in ISO 8601; nil if it does not say.
  public let timestamp: String?
  /// The commit the file was made at; nil if it does not say.
  public let gitSHA: String?
  /// What failed while the file was made, as `NAME: message`.
  public let errors: [String]
  /// The datasets, sorted by name.
  public let datasets: [DatasetSummary]
  /// The pairs of datasets, sorted by name.
  public let pairs: [PairSummary]
  /// The exact lengths of the datasets by name, where ``readLengths(jobs:)`` has found them.
  public private(set) var exact: [TextKey: DatasetProfile] = [:]

  /// The length limits in tokens, ascending.
  public var limits: [Int] {
    settings?.limits ?? Set(datasets.flatMap(\.limits.keys)).sorted()
  }

  /// The pairs that a dataset is a side of; nil if it is none.
  public func pair(of dataset: String) -> PairSummary? {
    pairs.first { $0.chosen.hasSameBytes(as: dataset) || $0.rejected.hasSameBytes(as: dataset) }
  }

  /// Reads a statistics file, of the original program as well, without exact lengths.
  ///
  /// - Throws: `FileError` if the file is missing, cannot be read or is damaged.
  public static func load(_ path: String) throws(FileError) -> StatisticsRun {
    guard let document = try StatisticsDocument.load(path) else { throw .missing(path: path) }
    return StatisticsRun(
      path: path, settings: try document.settings(), binEdges: document.binEdges ?? [],
      timestamp: document.timestamp, gitSHA: document.gitSHA, errors: document.errors,
      datasets: try document.summaries(), pairs: try document.pairs().map(\.summary))
  }
}

extension StatisticsRun {
  /// The same file with some of its datasets, and the pairs of which both sides are among them.
  public func keeping(_ isKept: (String) -> Bool) -> StatisticsRun {
    let others = datasets.map(\.identity.dataset).filter { !isKept($0) }
    guard !others.isEmpty else { return self }
    return StatisticsRun(
      path: path, settings: settings, binEdges: binEdges, timestamp: timestamp, gitSHA: gitSHA,
      errors: errors.filter { error in !others.contains { error.hasPrefix("\($0): ") } },
      datasets: datasets.filter { isKept($0.identity.dataset) },
      pairs: pairs.filter { isKept($0.chosen) && isKept($0.rejected) })
  }

  /// The same file with what other limits cost, from the exact counts beside it; exact lengths are read anew.
  ///
  /// - Throws: `FileError` if the counts of a dataset are missing or damaged.
  public func applying(_ limits: [Int]) throws(FileError) -> StatisticsRun {
    let store = CheckpointStore(document: path)
    var (datasets, pairs, settings) = (datasets, pairs, settings)
    settings?.limits = limits
    for index in datasets.indices {
      let name = datasets[index].identity.dataset
      guard let checkpoint = try store.load(name) else { throw .lostCounts(of: name, in: store) }
      datasets[index].apply(limits, to: checkpoint.tally)
    }
    for index in pairs.indices { pairs[index] = try store.apply(limits, to: pairs[index]) }
    return StatisticsRun(
      path: path, settings: settings, binEdges: binEdges, timestamp: timestamp, gitSHA: gitSHA, errors: errors,
      datasets: datasets, pairs: pairs)
  }

  /// Reads the exact lengths of all datasets from the partial results beside the file.
  ///
  /// Lengths that do not add up to a dataset's entry are those of other data, and are left out.
  ///
  /// - Parameter jobs: The threads that read at once.
  /// - Returns: The datasets whose lengths are not known, sorted by name, each with the reason.
  public mutating func readLengths(jobs: Int) -> [ExactProfiles.Loss] {
    let found = ExactProfiles(datasets.map(\.identity.dataset), of: path, jobs: jobs)
    var lost = found.lost
    let profiles = Dictionary(found.profiles.map { (TextKey($0.dataset), $0) }) { first, _ in first }
    for dataset in datasets {
      let name = dataset.identity.dataset
      guard let profile = profiles[TextKey(name)] else { continue }
      let lengths = profile.lengths
      if lengths.count == dataset.all.conversations, lengths.total == dataset.all.tokens {
        exact[TextKey(name)] = profile
      } else {
        lost.append(.init(dataset: name, reason: "its partial result is not that of its entry: count it again"))
      }
    }
    return lost.sorted { $0.dataset.utf8.lexicographicallyPrecedes($1.dataset.utf8) }
  }
}

extension Sequence<StatisticsRun> {
  /// The keys of the datasets' attributes, in the order in which they first occur.
  var attributeKeys: [String] {
    var known: Set<TextKey> = []
    var keys: [String] = []
    for attribute in lazy.flatMap(\.datasets).flatMap(\.identity.attributes)
    where known.insert(TextKey(attribute.key)).inserted {
      keys.append(attribute.key)
    }
    return keys
  }

  /// The rules about training that datasets were counted by side by side, in the order in which they first occur.
  var ruleNames: [String] {
    var known: Set<TextKey> = []
    return lazy.flatMap(\.datasets).flatMap { $0.policies.keys.sorted() }.filter { known.insert($0).inserted }.map(
      \.text)
  }
}

extension StatisticsRun {
  /// The rule about training that a dataset was counted by, in words; nil where nobody chose one.
  func trained(_ dataset: DatasetSummary) -> String? { settings?.policy(of: dataset.identity.model)?.description }
}

extension FileError {
  /// A statistics file does not exist.
  static func missing(path: String) -> FileError {
    FileError("read", path, reason: "there is no such file; 'tokenstats analyze' writes one")
  }

  /// The page's template could not be rendered.
  static func template(reason: String) -> FileError {
    FileError(
      .damaged, reason, sentence: "the page's template cannot be rendered: \(reason); this is a defect of the program")
  }

  /// An image that cannot be shown.
  static func picture(reason: String) -> FileError {
    FileError(.unsupported, reason, sentence: "the picture cannot be shown: \(reason)")
  }
}
