import Support

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
  /// - Throws: ``ReportError/file(_:)`` or ``ReportError/template(reason:)``.
  @discardableResult
  public func write(to path: String) throws(ReportError) -> Paths {
    let paths = Self.paths(of: path)
    let folder = Files.parent(of: path)
    let page = try ReportPage(runs: runs, title: title, generator: generator).render(folder: folder)
    let table = ReportTable(runs)
    do {
      try Files.makeDirectories(folder)
      try AtomicFile.write(table.tabSeparated, to: paths.tabSeparated)
      try AtomicFile.write(table.json, to: paths.json)
      try AtomicFile.write(page, to: paths.page)
    } catch {
      throw .file(error)
    }
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
