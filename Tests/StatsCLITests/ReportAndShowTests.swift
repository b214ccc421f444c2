import Foundation
import JSON
import TestSupport
import Testing

/// The commands that show a statistics file: as a page, and on the terminal.
@Suite struct ReportAndShowTests {
  /// Four datasets with histograms; Tests/BrowserTests/synthetic_statistics.py made the file.
  private let sample = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ReportsTests/Goldens/sample.json").path

  @Test("report writes the page with its tables and names them")
  func report() throws {
    let scratch = try Scratch()
    let page = scratch.path("pages/index.html")
    let result = try Program.run(["report", sample, "--output", page, "--title", "A & B"])
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("the exact lengths of 4 datasets are not known"))
    let stem = page.dropLast(".html".count)
    #expect(result.lines.map(String.init) == [page, "\(stem)-datasets.tsv", "\(stem)-datasets.json"])
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("<title>A &amp; B</title>"))
    #expect(try String(contentsOfFile: "\(stem)-datasets.tsv", encoding: .utf8).split(separator: "\n").count == 5)
  }

  @Test("show has the values of further columns, those of most conversations first")
  func groups() throws {
    let scratch = try Scratch()
    let demo = Program.packageFolder.appending(path: "Demo").path
    let made = try Program.run(
      [
        "analyze", "qwen-3-32b__trait__curious", "--workspace", demo, "--group-by", "question_index", "label", "-o",
        "t.json", "--no-plots", "-q",
      ], in: scratch.folder)
    try #require(made.status == 0, "\(made)")
    let shown = try Program.run(["show", "t.json", "curious"], in: scratch.folder)
    #expect(shown.output.contains("\nby           question_index   0: 4 (428 tokens, median 88)"), "\(shown.output)")
    #expect(shown.output.contains(" 4 more\n"), "\(shown.output)")
    #expect(
      shown.output.contains(
        "\nby           label   neg: 24 (3,311 tokens, median 89)\n             pos: 24 (4,676 tokens, median 161)\n"),
      "\(shown.output)")
    // The only dataset of a file is meant where one is needed.
    let row = try Program.run(["show", "t.json", "--row", "3"], in: scratch.folder)
    #expect(row.status == 0 && row.output.hasPrefix("row 3 of qwen-3-32b__trait__curious, "), "\(row)")
  }

  @Test("a row that a selection leaves out is none of its dataset")
  func selectedRow() throws {
    let scratch = try Scratch()
    let demo = Program.packageFolder.appending(path: "Demo").path
    let name = "qwen-3-32b__trait__curious"
    let made = try Program.run(
      ["analyze", name, "\(name):label=pos,min_score=50", "--workspace", demo, "-o", "t.json", "--no-plots", "-q"],
      in: scratch.folder)
    try #require(made.status == 0, "\(made)")
    func row(_ row: Int, of dataset: String) throws -> Program.Result {
      try Program.run(["show", "t.json", dataset, "--row", "\(row)", "--json"], in: scratch.folder)
    }
    var shown = 0
    for number in 0..<8 {
      let whole = try row(number, of: name)
      let sample = try JSONValue.parse(whole.output)
      let score = Int(sample["score"]?.stringValue ?? "") ?? -1
      let isHeld = sample["label"] == .string("pos") && score >= 50
      let part = try row(number, of: "\(name)__min50__pos")
      #expect(part.status == (isHeld ? 0 : 4), "\(sample), \(part.errors)")
      #expect(isHeld ? part.output == whole.output : part.output.isEmpty)
      #expect(isHeld || part.errors.contains("does not hold row \(number) of "), "\(part.errors)")
      #expect(isHeld || part.errors.hasSuffix("it takes label=pos,min_score=50\n"), "\(part.errors)")
      shown += isHeld ? 1 : 0
    }
    #expect(shown > 0 && shown < 8)
  }

  @Test("a missing, a damaged and an empty statistics file end with 1, 1 and 4")
  func faults() throws {
    let scratch = try Scratch()
    let page = scratch.path("index.html")
    let missing = try Program.run(["report", scratch.path("none.json"), "--output", page])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("none.json") && missing.errors.contains("no such file"))
    let damaged = try Program.run(["report", try scratch.file("bad.json", "{"), "--output", page])
    #expect(damaged.status == 1)
    #expect(damaged.errors.contains("bad.json is damaged"))
    let empty = try Program.run(["report", try scratch.file("empty.json", #"{"datasets":{}}"#), "--output", page])
    #expect(empty.status == 4)
    #expect(!FileManager.default.fileExists(atPath: page))
  }

  @Test("show prints one screen of plain text of the width asked for")
  func show() throws {
    let result = try Program.run(["show", "llama-3.3-70b__role__mervi", "--statistics", sample, "--width", "72"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.lines.allSatisfy { $0.count <= 72 })
    #expect(result.lines.count <= 24)
    #expect(!result.output.contains("\u{1B}"))
    #expect(result.output.contains("median 636"))
  }

  @Test("a part of the name is enough where only one dataset has it")
  func partOfName() throws {
    #expect(try Program.run(["show", "mervi", "--statistics", sample]).lines[1] == "llama-3.3-70b__role__mervi")
    #expect(try Program.run(["show", "role", "qwen", "--statistics", sample]).status == 0)
    let several = try Program.run(["show", "role", "--statistics", sample])
    #expect(several.status == 64)
    #expect(several.errors.contains("any of 3 datasets") && several.errors.contains("llama-3.3-70b__role__mervi"))
    let none = try Program.run(["show", "nobody", "--statistics", sample])
    #expect(none.status == 4)
    #expect(none.output.isEmpty)
  }

  @Test("--json prints the dataset's entry")
  func json() throws {
    let result = try Program.run(["show", "mervi", "--statistics", sample, "--json"])
    let entry = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    #expect(entry?["total_conversations"] as? Int == 300)
  }

  @Test("--image prints the path of the picture into a pipe, and says where it is missing")
  func image() throws {
    let scratch = try Scratch()
    let statistics = try scratch.file("stats.json", String(contentsOfFile: sample, encoding: .utf8))
    let missing = try Program.run(["show", "mervi", "--statistics", statistics, "--image"])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("is not there: tokenstats plot draws it"))
    let folder = scratch.path("persona_token_plots")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let picture = folder + "/llama-3.3-70b__role__mervi.png"
    try Data("picture".utf8).write(to: URL(filePath: picture))
    #expect(try Program.run(["show", "mervi", "--statistics", statistics, "--image"]).output == picture + "\n")
  }
}
