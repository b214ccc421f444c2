import Foundation
import JSON
import TestSupport
import Testing

/// The commands that look at statistics or raw records: `report`, `list`.
@Suite struct StatisticsCommandsTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path

  private func analysed() throws -> Scratch {
    let scratch = try Scratch()
    let result = try Program.run(
      [
        "analyze", "--workspace", Self.demo, "--output-json", "t.json", "--output-plots", "plots", "--progress", "none",
      ],
      in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
    return scratch
  }

  @Test("report writes a page that names every dataset, and its rows as TSV and JSON")
  func report() throws {
    let scratch = try analysed()
    let result = try Program.run(["report", "t.json", "--output", "page/index.html"], in: scratch.folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.lines.count == 3)
    for path in result.lines { #expect(FileManager.default.fileExists(atPath: scratch.path(String(path)))) }
    let rows = try String(contentsOfFile: scratch.path("page/index-datasets.tsv"), encoding: .utf8)
    #expect(rows.split(separator: "\n").count == 12)
  }

  @Test("a report of nothing names the missing file")
  func reportOfNothing() throws {
    let result = try Program.run(["report", "nowhere.json"])
    #expect(result.status == 1)
    #expect(result.errors.contains("nowhere.json"))
  }

  @Test("list names the personas of a model with their rows and labels")
  func list() throws {
    let options = ["list", "--workspace", Self.demo, "--json"]
    let roles = try JSONValue.parse(try Program.run(options + ["--model", "llama-3.3-70b"]).output)
    #expect(
      roles.arrayValue?.compactMap { $0["name"]?.stringValue } == ["0_default", "clockmaker", "lighthouse_keeper"])
    #expect(roles.arrayValue?.compactMap { $0["rows"]?.integerValue } == [16, 64, 64])
    let traits = try JSONValue.parse(try Program.run(options + ["--type", "traits"]).output)
    #expect(traits.arrayValue?.first?["labels"] == .object(JSONObject([("pos", .number(24)), ("neg", .number(24))])))
  }

  @Test("a model without records ends with 4 and those that have some are named")
  func listOfNothing() throws {
    let result = try Program.run(["list", "--workspace", Self.demo, "--model", "gpt-2"])
    #expect(result.status == 4)
    #expect(result.errors.contains("there are some of gemma-2-27b, llama-3.3-70b, qwen-3-32b"))
  }
}
