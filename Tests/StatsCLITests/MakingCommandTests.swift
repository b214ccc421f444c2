import Foundation
import JSON
import TestSupport
import Testing

/// `list`, `create` and `generate` as a user runs them, on the demo's raw records.
@Suite struct MakingCommandTests {
  private let raw = Program.rawDemo

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
    #expect(!FileManager.default.fileExists(atPath: scratch.folder.path + "/out"))
  }

  @Test("create --pair makes nothing where it could not count, and says what it made where the other side fails")
  func pair() throws {
    let scratch = try Scratch()
    let output = scratch.folder.appending(path: "out").path
    let copy = scratch.folder.appending(path: "raw").path
    try FileManager.default.copyItem(atPath: raw, toPath: copy)
    let arguments = [
      "create", "--type", "trait", "--model", "qwen-3-32b", "--name", "curious", "--pair", "--persona-data-dir", copy,
      "--output-dir", output,
    ]
    let missing = try Program.run(arguments + ["--tokenizer", "qwen-3-32b=nowhere/tokenizer.json"])
    #expect(missing.status == 5 && missing.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: output))
    // A file where the other side's folder for work would stand.
    let side = "qwen-3-32b__trait__curious__"
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: "\(output)/.\(side)neg.unfinished"))
    let failed = try Program.run(arguments)
    #expect(failed.status == 1)
    #expect(failed.output.contains("\(side)pos: "))
    #expect(
      failed.errors.hasSuffix(
        "error: \(side)neg: cannot write to \(output)/.\(side)neg.unfinished: it is a link or a file and not the folder "
          + "of an unfinished run; remove it; "
          + "\(side)pos was written, to \(output)/\(side)pos and \(output)/\(side)pos.parquet\n"))
  }

  @Test("create --pair names a row that cannot be counted, leaves it out, and prints the balance of the others")
  func pairWithBadRow() throws {
    let scratch = try Scratch()
    let user = #"{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}"#
    func record(_ label: String, _ question: Int, _ messages: String) -> String {
      #"{"system_prompt": null, "label": "\#(label)", "prompt_index": 0, "question_index": \#(question), "#
        + #""question": "Q", "conversation": [\#(messages)]}"#
    }
    let refused = #"{"role": "system", "content": "Be calm."}, "# + user
    let lines = [record("pos", 0, user), record("pos", 1, refused), record("pos", 2, user), record("neg", 0, user)]
    try scratch.file(
      "raw/gemma-2-27b/traits_240/responses/calm.jsonl", lines.joined(separator: "\n") + "\n")
    let result = try Program.run([
      "create", "--type", "trait", "--model", "gemma-2-27b", "--name", "calm", "--pair", "--persona-data-dir",
      scratch.path("raw"), "--output-dir", scratch.path("out"),
    ])
    let side = "gemma-2-27b__trait__calm__"
    #expect(result.status == 3)
    #expect(
      result.errors == "warning: \(side)pos, row 1, template: System role not supported; the row is left out\n"
        + "error: 1 row was left out\n")
    let table = result.lines.suffix(3).map { $0.split(separator: " ").map(String.init) }
    #expect(table.map { $0.first } == ["side", side + "pos", side + "neg"])
    #expect(table.dropFirst().map { $0[1] } == ["2", "1"])
    #expect(Int(table[1][2]) == Int(table[2][2]).map { 2 * $0 })
  }

  @Test("generate --dry-run tells what is there from what is not, and fails with a name that no dataset can have")
  func dryRun() throws {
    let scratch = try Scratch()
    let copy = scratch.folder.appending(path: "raw").path
    let output = scratch.folder.appending(path: "out").path
    try FileManager.default.copyItem(atPath: raw, toPath: copy)
    let arguments = [
      "generate", "--type", "roles", "--models", "llama-3.3-70b", "llama-3.3-70b", "--persona-data-dir", copy,
      "--output-dir", output,
    ]
    let create = ["create", "--type", "role", "--model", "llama-3.3-70b", "--name", "clockmaker"]
    #expect(try Program.run(create + ["--persona-data-dir", copy, "--output-dir", output]).status == 0)
    let plan = try Program.run(arguments + ["--dry-run"])
    #expect(plan.status == 0 && plan.lines.count == 4)
    let found = plan.lines.filter { $0.contains(": would be made or found unchanged from ") }
    #expect(found.count == 1 && found.allSatisfy { $0.hasPrefix("llama-3.3-70b__role__clockmaker: ") })
    #expect(
      plan.lines.last
        == "3 datasets would be written to \(output), of which 1 may be found unchanged")
    let forced = try Program.run(arguments + ["--dry-run", "--force"])
    #expect(forced.lines.last == "3 datasets would be written to \(output)" && !forced.output.contains("unchanged"))
    try Data("{}".utf8).write(to: URL(filePath: "\(copy)/llama-3.3-70b/roles_240/responses/a__b.jsonl"))
    let failed = try Program.run(arguments + ["--dry-run"])
    #expect(failed.status == 3 && failed.errors.contains("a__b"))
    #expect(failed.lines.count == 4)
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
      third.errors == "error: llama-3.3-70b__role__clockmaker: \(damaged.path), line 1: byte 2: the text ends where "
        + "a member's name was expected; mend the file or leave damaged lines out with --skip-bad-lines\n")
    let kept = try FileManager.default.contentsOfDirectory(atPath: output)
    #expect(kept.contains("llama-3.3-70b__role__clockmaker.parquet"))
    let none = try Program.run(arguments + [raw, "--type", "roles", "--label-filter", "neg"])
    #expect(none.status == 4 && none.lines.count == 4 && !none.output.contains("datasets are in"), "\(none.output)")
  }
}
