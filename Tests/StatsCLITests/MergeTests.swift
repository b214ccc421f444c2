import Foundation
import JSON
import TestSupport
import Testing

/// The command that makes one statistics file of several.
@Suite struct MergeTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path

  private func analyse(_ models: String, into file: String, in scratch: Scratch, _ more: [String] = []) throws {
    let result = try Program.run(
      ["analyze", "--workspace", Self.demo, "--output-json", file, "--no-plots", "--progress", "none"]
        + ["--models", models] + more, in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func datasets(of file: String, in scratch: Scratch) throws -> JSONValue {
    let text = try String(contentsOfFile: scratch.path(file), encoding: .utf8)
    return try #require(JSONValue.parse(text)["datasets"])
  }

  @Test("the files of three models merge to the numbers and partial results of one run over all")
  func merge() throws {
    let scratch = try Scratch()
    let models = ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"]
    for model in models { try analyse(model, into: "\(model).json", in: scratch) }
    try analyse(models.joined(separator: ","), into: "whole.json", in: scratch)
    let result = try Program.run(
      ["merge"] + models.map { "\($0).json" } + ["--output", "all.json"], in: scratch.folder)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output == "statistics: all.json\n11 datasets of 3 files\n")
    #expect(try datasets(of: "all.json", in: scratch) == datasets(of: "whole.json", in: scratch))
    let partials = try FileManager.default.contentsOfDirectory(atPath: scratch.path("all.json.partials"))
    #expect(partials.count == 11)
    let again = try Program.run(["merge", "gemma-2-27b.json", "--output", "all.json"], in: scratch.folder)
    #expect(again.status == 1)
    #expect(again.errors.contains("all.json is there already"))
  }

  @Test("--only takes datasets by pattern, in every command that reads whole files of statistics")
  func only() throws {
    let scratch = try Scratch()
    try analyse("gemma-2-27b,qwen-3-32b", into: "all.json", in: scratch)
    try analyse("gemma-2-27b", into: "gemma.json", in: scratch)
    let run = { (arguments: [String]) in try Program.run(arguments, in: scratch.folder) }
    #expect(try run(["merge", "all.json", "--only", "gemma*", "-o", "some.json"]).status == 0)
    #expect(try datasets(of: "some.json", in: scratch) == datasets(of: "gemma.json", in: scratch))
    let lost = try run(["merge", "all.json", "gemma.json", "--only", "gemma*", "-o", "all.json"])
    #expect(lost.status == 64 && lost.errors.contains("would lose what --only leaves out"), "\(lost)")
    let nothing = try run(["merge", "all.json", "--only", "llama*", "-o", "none.json"])
    #expect(nothing.status == 4 && nothing.errors.contains("no dataset of all.json matches llama*"), "\(nothing)")
    #expect(try run(["card", "all.json", "--only", "gemma*"]).output == run(["card", "gemma.json"]).output)
    let slip = try run(["card", "all.json", "--only", "qwen-3-32b__trait__curios"])
    #expect(slip.status == 4 && slip.errors.contains("did you mean qwen-3-32b__trait__curious?"), "\(slip)")
    #expect(try run(["report", "all.json", "--only", "*__curious", "--only", "gemma*frank", "-q"]).status == 0)
    let rows = try String(contentsOfFile: scratch.path("index-datasets.tsv"), encoding: .utf8)
    let names = rows.split(separator: "\n").dropFirst().map { $0.contains("curious") || $0.contains("frank") }
    #expect(!names.isEmpty && names.allSatisfy { $0 }, "\(rows)")
  }

  @Test("other settings are an error that names them, and nothing is written")
  func conflict() throws {
    let scratch = try Scratch()
    try analyse("gemma-2-27b", into: "a.json", in: scratch)
    try analyse("qwen-3-32b", into: "b.json", in: scratch, ["--limits", "77"])
    let result = try Program.run(["merge", "a.json", "b.json", "--output", "c.json"], in: scratch.folder)
    #expect(result.status == 1)
    #expect(result.errors.contains("b.json was counted with other settings") && result.errors.contains("77"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("c.json")))
  }

  @Test("a list rebuilt from pictures names the datasets and says that it holds no statistics")
  func fromPlots() throws {
    let scratch = try Scratch()
    for name in ["gemma-2-27b__role__pirate__min3__pos.png", "holiday.png", "notes.txt"] {
      try scratch.file("plots/\(name)", "picture")
    }
    let result = try Program.run(["merge", "--from-plots", "plots", "--output", "list.json"], in: scratch.folder)
    #expect(result.status == 0)
    #expect(result.output == "list: list.json\n1 datasets; the list holds no statistics\n")
    #expect(result.errors.contains("holiday.png is passed over"))
    let list = try JSONValue.parse(String(contentsOfFile: scratch.path("list.json"), encoding: .utf8))
    #expect(list["holds_statistics"] == .bool(false))
    let entry = try #require(list["entries"]?.arrayValue?.first)
    #expect(entry["persona"]?.stringValue == "pirate" && entry["min_score"]?.integerValue == 3)
    #expect(entry["plot"]?.stringValue == "plots/gemma-2-27b__role__pirate__min3__pos.png")
    #expect(try Program.run(["report", scratch.path("list.json")], in: scratch.folder).status == 1)
    #expect(try Program.run(["merge", "--from-plots", ".", "--output", "x.json"], in: scratch.folder).status == 4)
  }

  @Test("neither files nor pictures, or both, is a wrong command line")
  func usage() throws {
    #expect(try Program.run(["merge", "--output", "x.json"]).status == 64)
    #expect(try Program.run(["merge", "a.json", "--from-plots", ".", "--output", "x.json"]).status == 64)
  }
}
