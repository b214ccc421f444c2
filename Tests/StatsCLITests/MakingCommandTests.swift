import Foundation
import JSONDocuments
import Testing

/// `list`, `create` and `generate` as a user runs them, on the demo's raw records.
@Suite struct MakingCommandTests {
  private let raw = Program.packageFolder.appending(path: "Demo/persona-data").path

  @Test("list prints names, rows and labels; --json the same for programs")
  func list() throws {
    let table = try Program.run(["list", "--type", "traits", "--model", "gemma-2-27b", "--persona-data-dir", raw])
    #expect(table.status == 0)
    #expect(table.lines.first?.split(separator: " ") == ["name", "rows", "labels", "scores"])
    #expect(table.lines.contains { $0.hasPrefix("curious ") })
    let json = try Program.run(["list", "--model", "llama-3.3-70b", "--json", "--persona-data-dir", raw])
    let names = try JSONValue.parse(json.output).arrayValue?.map { $0["name"]?.stringValue }
    #expect(names == ["0_default", "clockmaker", "lighthouse_keeper"])
  }

  @Test("a model without records ends with 4 and the models that have some are named")
  func nothingListed() throws {
    let result = try Program.run(["list", "--model", "gpt-2", "--persona-data-dir", raw])
    #expect(result.status == 4)
    #expect(
      result.errors == "error: gpt-2: no raw records of roles in \(raw); there are some of gemma-2-27b, llama-3.3-70b, "
        + "qwen-3-32b\n")
  }

  @Test("create makes both forms and shows a row; filters stand in the name")
  func create() throws {
    let scratch = try Scratch()
    let output = scratch.folder.appending(path: "out").path
    let result = try Program.run([
      "create", "--type", "role", "--model", "llama-3.3-70b", "--name", "clockmaker", "--min-score", "0",
      "--persona-data-dir", raw, "--output-dir", output,
    ])
    #expect(result.status == 0)
    #expect(result.output.contains("llama-3.3-70b__role__clockmaker__min0: "))
    #expect(result.output.contains("  first row: {\"model\":\"llama-3.3-70b\",\"role\":\"clockmaker\","))
    let entries = try FileManager.default.contentsOfDirectory(atPath: output).sorted()
    #expect(entries == ["llama-3.3-70b__role__clockmaker__min0", "llama-3.3-70b__role__clockmaker__min0.parquet"])
  }

  @Test(
    "create refuses what it cannot do and writes nothing",
    arguments: [
      (["--type", "role", "--name", "clockmaker", "--max-score", "3", "--min-score", "4"], 64),
      (["--type", "role", "--name", "clockmaker", "--pair"], 64), (["--type", "role", "--name", "nobody"], 4),
      (["--type", "role", "--name", "clockmaker", "--label-filter", "neg"], 4),
      (["--type", "role", "--name", "clockmaker", "--label-filter", "good"], 64),
      (["--type", "role", "--name", "clockmaker", "--schema", "v3"], 64),
    ] as [([String], Int32)])
  func refused(arguments: [String], status: Int32) throws {
    let scratch = try Scratch()
    let result = try Program.run(
      ["create", "--model", "llama-3.3-70b", "--persona-data-dir", raw, "--output-dir", scratch.folder.path + "/out"]
        + arguments)
    #expect(result.status == status)
    #expect(result.output.isEmpty && !result.errors.isEmpty)
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: scratch.folder.path + "/out")) ?? []
    #expect(entries.isEmpty)
  }

  @Test("generate makes all datasets, skips them the next time, and goes on past a damaged one")
  func generate() throws {
    let scratch = try Scratch()
    let output = scratch.folder.appending(path: "out").path
    let arguments = ["generate", "--output-dir", output, "--workers", "2", "--progress", "none", "--persona-data-dir"]
    let first = try Program.run(arguments + [raw])
    #expect(first.status == 0)
    #expect(first.lines.last == "datasets are in \(output)")
    #expect(first.lines.filter { $0.contains(" trait ") }.count == 3)
    let second = try Program.run(arguments + [raw])
    let row = second.lines.first { $0.hasPrefix("llama-3.3-70b") && $0.contains(" role ") }
    #expect(row?.split(separator: " ").dropFirst(2).prefix(4) == ["0", "3", "0", "0"])
    let copy = scratch.folder.appending(path: "raw")
    try FileManager.default.copyItem(at: URL(filePath: raw), to: copy)
    let damaged = copy.appending(path: "llama-3.3-70b/roles_240/responses/clockmaker.jsonl")
    try Data("{\n".utf8).write(to: damaged)
    let third = try Program.run(arguments + [copy.path])
    #expect(third.status == 3)
    #expect(
      third.errors == "error: llama-3.3-70b__role__clockmaker: \(damaged.path), line 1: byte 2: the line ends where "
        + "a member's name was expected; mend the file or leave damaged lines out with --skip-bad-lines\n")
    let kept = try FileManager.default.contentsOfDirectory(atPath: output)
    #expect(kept.contains("llama-3.3-70b__role__clockmaker.parquet"))
  }
}
