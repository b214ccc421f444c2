import JSON
import Support
import TestSupport
import Testing

@testable import Reports

@Suite("Reports")
struct ReportTests {
  @Test("page and tables are written, and the page holds every name once escaped")
  func files() throws {
    try withTemporaryFolder { folder in
      let source = Files.join(folder, "stats.json")
      try AtomicFile.write(StatisticsSample.document(personas: ["pirate", "<script><b>"]), to: source)
      let report = Report(runs: [try StatisticsRun.load(source)], title: "<i>'Title'", generator: "test")
      let paths = try report.write(to: Files.join(folder, "made/page.html"))
      let page = try Files.readText(paths.page)
      #expect(page.contains("<title>&lt;i&gt;&apos;Title&apos;</title>"))
      #expect(!page.contains("<script><b>"))
      #expect(page.contains("\\u003cscript>\\u003cb>"))
      let table = try Files.readText(paths.tabSeparated).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(table.count == 4)
      #expect(table[0].hasPrefix("dataset\tmodel\ttype\tpersona\tfile\tconversations\ttokens\tmean"))
      #expect(table[2].hasPrefix("gemma-2-27b__role__pirate\tgemma-2-27b\trole\tpirate\tstats.json\t3\t600\t200\t"))
      let rows = try JSONValue.parse(try Files.read(paths.json)).arrayValue ?? []
      #expect(rows.map { $0["persona"]?.stringValue } == ["<script><b>", "pirate"])
      #expect(rows.map { $0["p50"]?.integerValue } == [200, 200])
    }
  }

  @Test("a page beside its statistics replaces none of them")
  func namesBeside() throws {
    try withTemporaryFolder { folder in
      let source = Files.join(folder, "stats.json")
      let document = StatisticsSample.document(personas: ["pirate"])
      try AtomicFile.write(document, to: source)
      try Report(runs: [try StatisticsRun.load(source)], generator: "test").write(to: Files.join(folder, "stats.html"))
      #expect(try Files.readText(source) == document)
    }
  }

  @Test("the checksums in the page's policy are those of its style and script")
  func policy() throws {
    try withTemporaryFolder { folder in
      let source = Files.join(folder, "stats.json")
      try AtomicFile.write(StatisticsSample.document(personas: ["pirate"]), to: source)
      let report = Report(runs: [try StatisticsRun.load(source)], generator: "test")
      let page = try Files.readText(try report.write(to: Files.join(folder, "page.html")).page)
      for (name, element) in [("style-src", "<style>"), ("script-src", "<script>")] {
        let body = page.components(between: element, and: "</" + element.dropFirst())
        let digest = SHA256Digest.of(Array(body.utf8).span.bytes)
        #expect(page.contains("\(name) 'sha256-\(Base64.encode(digest.bytes))'"))
      }
    }
  }

  @Test("a missing and a damaged statistics file are errors that name it")
  func faults() throws {
    try withTemporaryFolder { folder in
      let missing = Files.join(folder, "missing.json")
      #expect(throws: FileError.missing(path: missing)) { try StatisticsRun.load(missing) }
      let damaged = Files.join(folder, "damaged.json")
      try AtomicFile.write("{\"datasets\": 3}", to: damaged)
      let error = #expect(throws: FileError.self) { try StatisticsRun.load(damaged) }
      #expect(error?.description.contains(damaged) == true)
    }
  }

  @Test("a file of the original program has no lengths and no limits")
  func originalFile() throws {
    try withTemporaryFolder { folder in
      let source = Files.join(folder, "old.json")
      try AtomicFile.write(
        """
        {"metadata": {"total_datasets": 1}, "datasets": {"m__role__a": {"model": "m", "type": "role", "name": "a",
         "total_conversations": 2, "total_tokens": 30,
         "score_histogram": {"3": {"conversations": 1, "tokens": 10}, "null": {"conversations": 1, "tokens": 20}}}}}
        """, to: source)
      let run = try StatisticsRun.load(source)
      #expect(run.limits.isEmpty)
      let paths = try Report(runs: [run], generator: "test").write(to: Files.join(folder, "page.html"))
      let rows = try JSONValue.parse(try Files.read(paths.json)).arrayValue ?? []
      #expect(rows.first?["tokens"]?.integerValue == 30)
      #expect(rows.first?["p50"] == .null)
    }
  }

  @Test("a dataset of no scale has no bands, and what a source says about it has columns of its own")
  func anyDataset() throws {
    try withTemporaryFolder { folder in
      let source = Files.join(folder, "any.json")
      let entry = """
        {"model": "m", "type": "dataset", "name": "chats", "topic": "weather", "std": "wide",
         "total_conversations": 2, "total_tokens": 30, "length": {"min": 10, "max": 20},
         "score_histogram": {"7": {"conversations": 1, "tokens": 10}, "null": {"conversations": 1, "tokens": 20}}}
        """
      let other = entry.replacing("\"topic\"", with: "\"name \"").replacing("chats", with: "talks")
      try AtomicFile.write(
        "{\"datasets\": {\"m__dataset__chats\": \(entry), \"m__dataset__talks\": \(other)}}", to: source)
      let run = try StatisticsRun.load(source)
      let paths = try Report(runs: [run], generator: "test").write(to: Files.join(folder, "page.html"))
      let lines = try Files.readText(paths.tabSeparated).split(separator: "\n")
      #expect(lines[0].hasPrefix("dataset\tmodel\ttype\ttopic\tname \tfile\t"))
      #expect(lines[1].hasPrefix("m__dataset__chats\tm\tdataset\tweather\tchats\tany.json\t2\t30\t"))
      let data = try JSONValue.parse(
        ReportData([run], paths: ReportPaths(folder: folder), generator: "test").serialized())
      #expect(data["datasets"]?["scales"] == .array([]))
      #expect(data["datasets"]?["columns"]?["scale"] == .array([.null, .null]))
      #expect(data["datasets"]?["columns"]?["topic"] == .array([.string("weather"), .string("talks")]))
      #expect(data["datasets"]?["columns"]?["persona"] == nil)
      // An attribute called like a column of the page does not take its place.
      #expect(data["datasets"]?["columns"]?["std"] == .array([.null, .null]))
      let view = DatasetView(try #require(run.datasets.first), of: run, width: 60, isEmphasized: false).lines
      #expect(view.filter { $0.hasPrefix("all") }.count == 1 && !view.contains { $0.hasPrefix("none") })
    }
  }

  @Test("the path of a picture leads from the page, and out of its folder only where folders are shown")
  func pictures() throws {
    try withTemporaryFolder { folder in
      try Files.makeDirectories(Files.join(folder, "run"))
      let source = Files.join(folder, "run/stats.json")
      try AtomicFile.write(StatisticsSample.document(personas: ["pirate"]), to: source)
      func plots(_ page: String, showsFolders: Bool) throws -> JSONValue? {
        let paths = ReportPaths(folder: Files.join(folder, page), showsFolders: showsFolders)
        let data = ReportData([try StatisticsRun.load(source)], paths: paths, generator: "test")
        return try JSONValue.parse(data.serialized())["datasets"]?["plots"]
      }
      let outside = JSONValue.array([.array([.string("../../run/plots/"), .string(".png")])])
      #expect(try plots("pages/today", showsFolders: true) == outside)
      #expect(try plots("pages/today", showsFolders: false) == .array([]))
      #expect(try plots("run", showsFolders: false) == .array([.array([.string("plots/"), .string(".png")])]))
    }
  }
}

extension String {
  /// The text between the first `start` and the next `end`.
  fileprivate func components(between start: String, and end: String) -> String {
    guard let from = firstRange(of: start)?.upperBound else { return "" }
    let rest = self[from...]
    guard let to = rest.firstRange(of: end)?.lowerBound else { return "" }
    return String(rest[..<to])
  }
}
