import Foundation
import JSON
import TestSupport
import Testing

@testable import StatsCLI

/// The commands that plan a run from statistics: `diff`, `pack`, `mix`, and limits that nobody counted with.
@Suite struct PlanningTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path

  private func analyse(_ file: String, in scratch: Scratch, _ more: [String] = []) throws -> Program.Result {
    try Program.run(
      [
        "analyze", "--workspace", Self.demo, "--output-json", file, "--no-plots", "--progress", "none", "--models",
        "gemma-2-27b",
      ] + more, in: scratch.folder)
  }

  @Test("other limits need no counting again, in analyze and in show, and are the same in both")
  func limits() throws {
    let scratch = try Scratch()
    try #require(try analyse("t.json", in: scratch, ["--limits", "128"]).status == 0)
    let show = ["show", "lighthouse_keeper", "--statistics", "t.json", "--json"]
    let shown = try Program.run(show + ["--limits", "100,200"], in: scratch.folder)
    #expect(shown.status == 0, "\(shown.errors)")
    let again = try analyse("t.json", in: scratch, ["--limits", "100 200", "--json"])
    #expect(try JSONValue.parse(again.output)["counted"] == .integer(0))
    let entry = try JSONValue.parse(try Program.run(show, in: scratch.folder).output)
    #expect(entry["over_limit"] == (try JSONValue.parse(shown.output)["over_limit"]))
    #expect(entry["over_limit"]?.objectValue?.keys == ["100", "200"])
    #expect(entry["packing"] == (try JSONValue.parse(shown.output)["packing"]))
  }

  @Test("the statistics say for each limit what pack says")
  func packing() throws {
    let scratch = try Scratch()
    let rows = (0..<40).map { row in
      let text = (0...row % 9).map { "word\($0)" }.joined(separator: " ")
      let answer = row % 4 == 3 ? "" : #",{"role":"assistant","content":"\#(text)"}"#
      return #"{"messages":[{"role":"user","content":"Question \#(row)"}\#(answer)]}"#
    }
    try scratch.file("chats.jsonl", rows.joined(separator: "\n"))
    let analyzed = try Program.run(
      [
        "analyze", "chats.jsonl", "--model", "qwen-3-32b", "--limits", "24,64", "--output-json", "t.json", "--no-plots",
        "--progress", "none",
      ], in: scratch.folder)
    try #require(analyzed.status == 0, "\(analyzed.errors)")
    let entry = try JSONValue.parse(String(contentsOfFile: scratch.path("t.json"), encoding: .utf8))["datasets"]?[
      "qwen-3-32b__dataset__chats"]
    let packed = try Program.run(["pack", "t.json", "--max-length", "24,64", "--json"], in: scratch.folder)
    let lines = try #require(try JSONValue.parse(packed.output).arrayValue)
    for limit in [24, 64] {
      let packing = try #require(entry?["packing"]?["\(limit)"])
      let (bfd, padding) = (
        lines.first { $0["max_length"]?.integerValue == limit && $0["packing"] == .string("bfd") },
        lines.first { $0["max_length"]?.integerValue == limit && $0["packing"] == .string("padding") }
      )
      #expect(packing["packed_sequences"] == bfd?["sequences"] && packing["utilization"] == bfd?["utilization"])
      #expect(packing["padded_sequences"] == padding?["sequences"] && packing["cut_conversations"] == bfd?["cut"])
      #expect(padding?["sequences"] == .integer(30))
    }
  }

  @Test(
    "a list that reads like one grouped number is refused with the spelling that was meant",
    arguments: [
      ("1,024", "write 1024 without"), ("2,048,4,096", "write 2048,4096 without"), ("4096,8", "\"8\" is no limit"),
      ("0100,2048", "does not begin with 0"), ("2048,,4096", "a number is missing"),
    ])
  func groupedLimits(argument: String, suggestion: String) throws {
    let scratch = try Scratch()
    let result = try analyse("t.json", in: scratch, ["--limits", argument])
    #expect(result.status == 64)
    #expect(result.errors.contains("--limits \(argument)") && result.errors.contains(suggestion))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("t.json")))
  }

  @Test(
    "a length is spelled in four ways",
    arguments: [
      ("2048", 2_048), ("2,048", 2_048), ("2_048", 2_048), ("2k", 2_048), ("1m", 1 << 20), ("2,48", nil), ("k", nil),
      ("-1", nil), ("1e3", nil), ("9999999999999999999k", nil),
    ] as [(String, Int?)])
  func lengths(text: String, tokens: Int?) { #expect(TokenLength(argument: text)?.tokens == tokens) }

  @Test("diff tells what changed, and its conditions end with 6")
  func diff() throws {
    let scratch = try Scratch()
    try #require(try analyse("a.json", in: scratch).status == 0)
    try #require(try analyse("b.json", in: scratch, ["--group-by", "question_index"]).status == 0)
    let same = try Program.run(["diff", "a.json", "b.json"], in: scratch.folder)
    #expect(same.status == 0 && same.output.hasPrefix("nothing changed in"), "\(same.output)\(same.errors)")
    let text = try String(contentsOfFile: scratch.path("b.json"), encoding: .utf8)
    let root = try JSONValue.parse(text)
    let name = try #require(root["datasets"]?.objectValue?.keys.first)
    let tokens = try #require(root["datasets"]?[name]?["total_tokens"]?.integerValue)
    try scratch.file(
      "b.json", text.replacingOccurrences(of: "\"total_tokens\": \(tokens),", with: "\"total_tokens\": \(tokens + 5),"))
    let changed = try Program.run(["diff", "a.json", "b.json", "--json"], in: scratch.folder)
    let change = try JSONValue.parse(changed.output)["changed"]?.arrayValue?.first
    #expect(change?["dataset"] == .string(name) && change?["numbers"]?["tokens"]?["new"] == .number(tokens + 5))
    let markdown = try Program.run(["diff", "a.json", "b.json", "--markdown"], in: scratch.folder)
    #expect(markdown.output.contains("| `\(name)` | tokens |"))
    let gate = try Program.run(
      ["diff", "a.json", "b.json", "--fail-on", "p99>1m,no_target@99>100000"], in: scratch.folder)
    #expect(gate.status == 0, "\(gate.errors)")
    let hit = try Program.run(["diff", "a.json", "b.json", "--fail-on", "p99>16"], in: scratch.folder)
    #expect(hit.status == 6 && hit.errors.contains("p99>16"))
    let unknown = try Program.run(["diff", "a.json", "b.json", "--fail-on", "p98>16"], in: scratch.folder)
    #expect(unknown.status == 64 && unknown.errors.contains("\"p98>16\" is no condition"))
  }

  @Test("pack gives the same from a file and from the data, and the trainers' figures beside it")
  func pack() throws {
    let scratch = try Scratch()
    try #require(try analyse("t.json", in: scratch).status == 0)
    let options = ["--max-length", "512,1k", "--batch", "8", "--json", "--price-per-million", "2", "--epochs", "3"]
    let whole = try Program.run(["pack", "t.json"] + options, in: scratch.folder)
    #expect(whole.status == 0, "\(whole.errors)")
    let data = try Program.run(
      ["pack", "--workspace", Self.demo, "--models", "gemma-2-27b"] + options, in: scratch.folder)
    let stored = try #require(try JSONValue.parse(whole.output).arrayValue)
    let counted = try #require(try JSONValue.parse(data.output).arrayValue)
    #expect(stored.count == 8 && counted.count == 18)
    #expect(counted.filter { $0["window"] == .string("all rows") } == stored)
    for row in counted {
      let tokens = try #require(row["tokens"]?.integerValue)
      #expect(row["price"]?.doubleValue == 6 * Double(tokens) / 1_000_000)
      #expect(row["steps"] == .number(((try #require(row["sequences"]?.integerValue)) + 7) / 8))
    }
  }

  @Test("mix prints shares of rows for every trainer, and refuses what it cannot tell apart")
  func mix() throws {
    let scratch = try Scratch()
    try #require(try analyse("t.json", in: scratch).status == 0)
    let result = try Program.run(
      ["mix", "t.json", "--share", "lighthouse_keeper=0.7,curious=0.3", "--by", "trained"], in: scratch.folder)
    #expect(result.status == 0, "\(result.errors)")
    for start in ["interleave_probs: 0.", "probabilities=[0.", "--data-path 0."] {
      #expect(result.lines.contains { $0.hasPrefix(start) })
    }
    let one = ["mix", "t.json", "--share", "lighthouse_keeper=0.7", "--share", "curious=0.3", "--by", "trained"]
    #expect(try Program.run(one, in: scratch.folder).output == result.output)
    let twice = try Program.run(
      ["mix", "t.json", "--share", "curious=0.7", "--share", "curious=0.3"], in: scratch.folder)
    #expect(twice.status == 64 && twice.errors.contains("two parts name the same dataset"), "\(twice.errors)")
    let unclear = try Program.run(["mix", "t.json", "--share", "gemma=1"], in: scratch.folder)
    #expect(unclear.status == 64 && unclear.errors.contains("'gemma' could be any of"))
    let wrong = try Program.run(["mix", "t.json", "--share", "curious"], in: scratch.folder)
    #expect(wrong.status == 64 && wrong.errors.contains("is no share"))
  }
}
