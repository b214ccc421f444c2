import Foundation
import JSON
import TestSupport
import Testing

/// `analyze` of named datasets and of parts of them.
@Suite struct SelectionTests {
  private static let datasets = Program.packageFolder.appending(path: "Demo/datasets/processed/persona").path

  private func analyze(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    let options = ["--dataset-dir", Self.datasets, "--output-json", "t.json", "--output-plots", "plots"]
    return try Program.run(["analyze"] + options + ["--progress", "none"] + arguments, in: scratch.folder)
  }

  @Test("names, files of names and filters choose what is counted, and each has its picture")
  func names() throws {
    let scratch = try Scratch()
    try scratch.file("names.txt", "# personas\nqwen-3-32b__trait__curious:label=neg\n\n")
    let result = try analyze(
      ["gemma-2-27b__trait__frank:label=pos,min_score=75", "--names", "names.txt"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    let names = ["gemma-2-27b__trait__frank__min75__pos", "qwen-3-32b__trait__curious__neg"]
    let document = try JSONValue.parse([UInt8](Data(contentsOf: scratch.folder.appending(path: "t.json"))))
    #expect(document["datasets"]?.objectValue?.keys.sorted() == names)
    let pictures = try FileManager.default.contentsOfDirectory(atPath: scratch.path("plots")).sorted()
    #expect(pictures == names.map { $0 + ".png" })
  }

  @Test(
    "what cannot be chosen is named, with its own status",
    arguments: [
      (["gemma-2-27b__role__nobody"], 1, "there is no dataset gemma-2-27b__role__nobody"),
      (["./nowhere"], 1, "error: ./nowhere: there is no such file or folder"),
      (["--names", "nowhere.txt"], 1, "nowhere.txt"),
      (["--names", "empty.txt"], 4, "empty.txt names no dataset"),
      (["gemma-2-27b__trait__frank:label=default"], 4, "matches label=default"),
      (["gemma-2-27b__trait__frank:colour=red"], 64, "the filter \"colour\" is not one of"),
    ] as [([String], Int32, String)])
  func failures(arguments: [String], status: Int32, message: String) throws {
    let scratch = try Scratch()
    try scratch.file("empty.txt", "# nobody\n")
    let result = try analyze(arguments, in: scratch)
    #expect(result.status == status)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path("t.json")))
  }

  @Test("datasets that are neither of a role nor of a trait are analysed, shown, plotted and counted")
  func thirdKind() throws {
    let scratch = try Scratch()
    let name = "gemma-2-27b__dataset__chats"
    try FileManager.default.createDirectory(atPath: scratch.path("datasets"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.datasets + "/gemma-2-27b__trait__frank.parquet", toPath: scratch.path("datasets/\(name).parquet"))
    func run(_ arguments: String...) throws -> Program.Result {
      let result = try Program.run(arguments, in: scratch.folder)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      return result
    }
    _ = try run(
      "analyze", "--dataset-dir", "datasets", "--output-json", "t.json", "--output-plots", "plots", "--progress",
      "none")
    let document = try JSONValue.parse([UInt8](Data(contentsOf: scratch.folder.appending(path: "t.json"))))
    let entry = try #require(document["datasets"]?[name])
    #expect(entry["type"] == .string("dataset") && entry["name"] == .string("chats"))
    #expect(entry["persona"] == nil || entry["persona"] == .null)
    let total = try #require(entry["total_conversations"]?.integerValue)
    #expect(total > 0 && entry["score_histogram"]?.objectValue?.count ?? 0 > 1)
    #expect(try run("show", name, "--statistics", "t.json").output.contains(name))
    _ = try run("plot", "t.json", "--output-plots", "again")
    for folder in ["plots", "again"] {
      let pictures = try FileManager.default.contentsOfDirectory(atPath: scratch.path(folder))
      #expect(pictures.contains(name + ".png"))
    }
    let counts = try run("count", "--each", "--model", "gemma-2-27b", "--dataset-dir", "datasets", name)
    #expect(counts.lines.count == Int(total))
    #expect(try run("outliers", name, "--dataset-dir", "datasets", "--count", "1", "--tsv").lines.count == 3)
  }

  @Test("count takes names, files of names and filters, in their order")
  func countOfNames() throws {
    let scratch = try Scratch()
    let name = "gemma-2-27b__trait__frank"
    try scratch.file(
      "names.txt", "# two parts\n\(name):label=neg # the other side\n\n\(Self.datasets)/\(name).parquet\n")
    func count(_ arguments: [String]) throws -> [String] {
      let result = try Program.run(
        ["count", "--each", "--model", "gemma-2-27b", "--dataset-dir", Self.datasets] + arguments, in: scratch.folder)
      #expect(result.status == 0, "\(result.errors)")
      return result.lines.map(String.init)
    }
    let positive = try count(["\(name):label=pos"])
    let negative = try count(["\(name):label=neg"])
    let all = try count(["\(Self.datasets)/\(name).parquet"])
    #expect(!positive.isEmpty && !negative.isEmpty && (positive + negative).sorted() == all.sorted())
    #expect(try count(["\(name):label=pos", "--names", "names.txt"]) == positive + negative + all)
  }

  @Test(
    "files of names that count cannot follow are named, with a status of their own",
    arguments: [
      (["--names", "nowhere.txt"], 1, "nowhere.txt"), (["--names", "empty.txt"], 4, "empty.txt names no dataset"),
      (["--names", "bad.txt"], 1, "bad.txt, line 2: \"x:colour=red\": the filter \"colour\" is not one of"),
      (["--names", "missing.txt"], 1, "gemma-2-27b__role__nobody"),
    ] as [([String], Int32, String)])
  func failuresOfCount(arguments: [String], status: Int32, message: String) throws {
    let scratch = try Scratch()
    try scratch.file("empty.txt", "# nobody\n")
    try scratch.file("bad.txt", "# somebody\nx:colour=red\n")
    try scratch.file("missing.txt", "gemma-2-27b__role__nobody\n")
    let result = try Program.run(["count", "--model", "gemma-2-27b"] + arguments, in: scratch.folder)
    #expect(result.status == status)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.lines.isEmpty)
  }
}
