import Foundation
import JSON
import TestSupport
import Testing

/// The command that makes train, validation and test splits.
@Suite struct SplitCommandTests {
  private static let datasets = Program.packageFolder.appending(path: "Demo/datasets/processed/persona").path
  private static let budgets = ["--train", "5k", "--validation", "1k", "--test", "1_000"]

  private func split(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    let options = arguments.contains("--dataset-dir") ? [] : ["--dataset-dir", Self.datasets]
    return try Program.run(["split", "--output-dir", "s"] + options + arguments, in: scratch.folder)
  }

  private func manifest(_ scratch: Scratch) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: scratch.folder.appending(path: "s/manifest.json"))))
  }

  @Test("the manifest's tokens of every row and part are those that count finds in what was written")
  func counts() throws {
    for model in ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"] {
      let scratch = try Scratch()
      let result = try split(
        ["--models", model, "--train", "2k", "--validation", "800", "--test", "800"], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      let parts = try #require(manifest(scratch)["splits"]?.objectValue)
      #expect(parts.keys == ["train", "validation", "test"])
      for part in parts.members {
        let rows = try #require(part.value["rows"]?.arrayValue)
        let tokens = rows.compactMap { $0["tokens"]?.integerValue }
        #expect(!rows.isEmpty && part.value["conversations"] == .number(rows.count))
        #expect(part.value["tokens"] == .number(tokens.reduce(0, +)))
        #expect(tokens.reduce(0, +) <= part.value["budget"]?.integerValue ?? 0)
        for path in ["dataset/\(part.key)", "parquet/\(part.key).parquet"] {
          let counted = try Program.run(["count", "--each", "--model", model, scratch.path("s/\(path)")])
          #expect(counted.lines.compactMap { Int($0) } == tokens)
        }
      }
    }
  }

  @Test("the same data and seed give the same bytes, whatever --jobs is; another seed gives another choice")
  func deterministic() throws {
    var files: [[String: Data]] = []
    for arguments in [["--jobs", "1"], ["--jobs", "4"], ["--seed", "18"]] {
      let scratch = try Scratch()
      #expect(try split(Self.budgets + arguments, in: scratch).status == 0)
      let root = scratch.folder.appending(path: "s")
      var contents: [String: Data] = [:]
      for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
        contents[path] = try? Data(contentsOf: root.appending(path: path))
      }
      files.append(contents)
    }
    #expect(files[0].count == 14 && files[0] == files[1])
    #expect(files[0].keys.sorted() == files[2].keys.sorted() && files[0] != files[2])
  }

  @Test("two selections of one dataset give the same split on any number of threads; one named twice counts once")
  func selectionsOfOneDataset() throws {
    let name = "gemma-2-27b__role__lighthouse_keeper"
    var manifests: [JSONValue?] = []
    for arguments in [["--jobs", "1"], ["--jobs", "4"]] {
      let scratch = try Scratch()
      let names = [name + ":min_score=3", name + ":max_score=2,min_score=0", name + ":min_score=3"]
      let result = try split(
        ["--train", "1k", "--validation", "400", "--test", "400", "--allow-short"] + arguments + names, in: scratch)
      #expect(result.status == 0, "\(result.errors)")
      manifests.append(try manifest(scratch)["splits"])
    }
    #expect(manifests[0] != nil && manifests[0] == manifests[1])
  }

  @Test("a split that an interrupted run had moved aside is named and never removed")
  func movedAside() throws {
    let scratch = try Scratch()
    #expect(try split(Self.budgets, in: scratch).status == 0)
    try FileManager.default.moveItem(atPath: scratch.path("s"), toPath: scratch.path(".s.replaced"))
    let refused = try split(Self.budgets, in: scratch)
    #expect(
      refused.status == 1 && refused.errors.contains(".s.replaced: move it back or remove it"), "\(refused.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == [".s.replaced"])
  }

  @Test("the table names the parts, the JSON has everything but the rows, and a dry run writes nothing")
  func output() throws {
    let scratch = try Scratch()
    let plan = try split(Self.budgets + ["--dry-run"], in: scratch)
    #expect(plan.status == 0 && plan.lines.last == "the split would be written to s")
    #expect(!FileManager.default.fileExists(atPath: scratch.path("s")))
    let table = try split(Self.budgets + ["--stratify", "score"], in: scratch)
    #expect(table.status == 0 && table.lines.last == "split: s", "\(table.errors)")
    #expect(
      ["train ", "validation ", "test ", "train: role 3 "].allSatisfy { "\n\(table.output)".contains("\n\($0)") })
    #expect(try manifest(scratch)["splits"]?["train"]?["strata"]?["role 3"]?["conversations"] != nil)
    let json = try JSONValue.parse(try split(Self.budgets + ["--json", "--force"], in: scratch).output)
    #expect(json["output"] == .string("s") && json["splits"]?["test"]?["rows"] == nil)
    let settings = try #require(json["settings"])
    #expect(settings["seed"] == .number(17) && settings["max_length"] == .number(4_096))
    #expect(settings["drop_system"] == .bool(true) && settings["filters"]?["trait"]?["min_score"] == .number(75))
    let sources = try #require(json["sources"]?.arrayValue)
    #expect(sources.count == 11 && sources.allSatisfy { $0["sha256"]?.stringValue?.utf8.count == 64 })
  }

  @Test("a budget that is not met is an error that names it, and --allow-short makes it a warning")
  func shortBudgets() throws {
    let scratch = try Scratch()
    let result = try split(["--train", "1M"], in: scratch)
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("error: train has ") && result.errors.contains("give --allow-short"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("s")))
    let allowed = try split(["--train", "1M", "--allow-short"], in: scratch)
    #expect(allowed.status == 0 && allowed.errors.hasPrefix("warning: train has "))
    #expect(try manifest(scratch)["splits"]?["train"]?["short"] == .bool(true))
    let empty = try split(
      ["--train", "5k", "--validation", "1", "--test", "0", "--allow-short", "--force"], in: scratch)
    #expect(empty.status == 1 && empty.errors.hasPrefix("error: validation stays empty"), "\(empty.errors)")
    #expect(
      try manifest(scratch)["splits"]?["train"]?["short"] == .bool(true), "the split that was there is still there")
  }

  @Test("a split is replaced with --force only, and nothing else is ever replaced")
  func replacing() throws {
    let scratch = try Scratch()
    #expect(try split(Self.budgets, in: scratch).status == 0)
    let before = try Data(contentsOf: scratch.folder.appending(path: "s/manifest.json"))
    let refused = try split(Self.budgets + ["--seed", "18"], in: scratch)
    #expect(refused.status == 1 && refused.errors == "error: s is there already: give --force to replace the split\n")
    #expect(try Data(contentsOf: scratch.folder.appending(path: "s/manifest.json")) == before)
    #expect(try split(Self.budgets + ["--seed", "18", "--force"], in: scratch).status == 0)
    #expect(try Data(contentsOf: scratch.folder.appending(path: "s/manifest.json")) != before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["s"])

    try scratch.file("t/precious.txt", "mine")
    let other = try Program.run(
      ["split", "--dataset-dir", Self.datasets, "--output-dir", "t", "--force"] + Self.budgets, in: scratch.folder)
    #expect(other.status == 1 && other.errors.contains("holds something else than a split"))
    #expect(FileManager.default.fileExists(atPath: scratch.path("t/precious.txt")))
  }

  @Test(
    "wrong and empty requests are told apart by their exit status",
    arguments: [
      (["--train", "lots"], 64, "'lots'"), (["--train", "1.2345"], 64, "'1.2345'"),
      (["--train", "99999999999G"], 64, "'99999999999G'"), (["--seed", "-1"], 64, "seed"),
      (["--train", "0", "--validation", "0", "--test", "0"], 64, "All parts have a budget of 0."),
      (["--min-role-score", "4"], 64, "scores of roles go from 0 to 3"),
      (["--label", "blue"], 4, "left out: 496 not selected"),
      (["--stratify", "colour"], 4, "no row has a value in a column colour"),
      (["gemma-2-27b__role__nobody"], 1, "gemma-2-27b__role__nobody"),
      (["gemma-2-27b__role__0_default"], 4, "nothing can be chosen"),
      (["--max-length", "3"], 4, "longer than 3"), (["--models", "gpt-2"], 5, "unknown model"),
      (["--dataset-dir", "nowhere"], 1, "nowhere"),
    ] as [([String], Int32, String)])
  func faults(arguments: [String], status: Int32, message: String) throws {
    let scratch = try Scratch()
    let result = try split(arguments, in: scratch)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)
  }

  @Test("a dataset that cannot be read is named and the split made of the others; two of one name are refused")
  func damage() throws {
    let scratch = try Scratch()
    for name in ["d/qwen-3-32b__trait__curious.parquet", "e/qwen-3-32b__trait__curious.parquet"] {
      let good = URL(filePath: Self.datasets).appending(path: "qwen-3-32b__trait__curious.parquet")
      try scratch.file(name, try Data(contentsOf: good))
    }
    try scratch.file("d/qwen-3-32b__role__bad.parquet", "PAR1")
    let arguments = ["--dataset-dir", "d", "--train", "800", "--validation", "0", "--test", "300"]
    let result = try split(arguments, in: scratch)
    #expect(result.status == 3 && result.errors.contains("error: qwen-3-32b__role__bad: "), "\(result.errors)")
    #expect(try manifest(scratch)["splits"]?.objectValue?.keys == ["train", "test"])
    let twice = ["d/qwen-3-32b__trait__curious.parquet", "e/qwen-3-32b__trait__curious.parquet"]
    let same = try split(arguments + ["--force"] + twice, in: scratch)
    #expect(same.status == 64 && same.errors.contains("have the same name"))
  }
}
