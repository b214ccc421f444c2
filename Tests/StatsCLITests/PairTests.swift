import Foundation
import JSON
import TestSupport
import Testing

/// Datasets of preferences: each row has a preferred and another answer.
@Suite struct PairTests {
  private static func rows(_ answers: [(chosen: String, rejected: String)]) -> String {
    answers.enumerated().map { number, answer in
      let side = { (text: String) in
        #"[{"role":"user","content":"Question \#(number)"},{"role":"assistant","content":"\#(text)"}]"#
      }
      return #"{"chosen":\#(side(answer.chosen)),"rejected":\#(side(answer.rejected))}"# + "\n"
    }.joined()
  }

  private func analyze(_ scratch: Scratch, limits: String = "16,64") throws -> JSONValue {
    let result = try Program.run(
      [
        "analyze", "p.jsonl", "--model", "qwen-3-32b", "--limits", limits, "--output-json", "t.json", "--no-plots",
        "--progress", "none",
      ], in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
    return try JSONValue.parse(try String(contentsOfFile: scratch.path("t.json"), encoding: .utf8))
  }

  private static let name = "qwen-3-32b__dataset__p"

  @Test("pairs are the differences of what count says of both sides, and are kept up to date")
  func analyze() throws {
    let scratch = try Scratch()
    let answers = [("one two three four", "one"), ("one", "one two"), ("same", "same")]
    try scratch.file("p.jsonl", Self.rows(answers))
    let first = try analyze(scratch)
    let pair = try #require(first["pairs"]?[Self.name])
    #expect(pair["pairs"]?.integerValue == 3 && pair["unpaired"]?.integerValue == 0)
    #expect(pair["chosen_longer"]?.integerValue == 1 && pair["rejected_longer"]?.integerValue == 1)
    #expect(pair["difference"]?["max"]?.integerValue == 3 && pair["difference"]?["min"]?.integerValue == -1)
    for side in ["chosen", "rejected"] {
      let entry = try #require(first["datasets"]?["\(Self.name)__\(side)"])
      #expect(pair["\(side)_tokens"] == entry["total_tokens"])
      #expect(pair["over_limit"]?["16"]?[side] == entry["over_limit"]?["16"]?["conversations"])
    }
    #expect(try analyze(scratch)["pairs"] == first["pairs"])
    let limits = try #require(try analyze(scratch, limits: "32")["pairs"]?[Self.name]?["over_limit"]?.objectValue)
    #expect(limits.keys == ["32"])
    try scratch.file("p.jsonl", Self.rows(answers + [("longer than that", "no")]))
    #expect(try analyze(scratch)["pairs"]?[Self.name]?["chosen_longer"]?.integerValue == 2)
    #expect(try analyze(scratch)["metadata"]?["total_datasets"]?.integerValue == 2)
  }

  @Test("show says on either side what both come to")
  func show() throws {
    let scratch = try Scratch()
    try scratch.file("p.jsonl", Self.rows([("one two three four", "one"), ("one", "one two")]))
    _ = try analyze(scratch)
    for side in ["chosen", "rejected"] {
      let lines = try Program.run(["show", side, "--statistics", "t.json"], in: scratch.folder).lines
      #expect(lines.contains { $0.hasPrefix("pairs        2 pairs   chosen longer in 50.0 %") }, "\(lines)")
      // As JSON too, with other limits, and beside a trainer's lines.
      for options in [["--limits", "18"], ["--limits", "18", "--as", "trl"]] {
        let shown = try Program.run(["show", side, "--statistics", "t.json", "--json"] + options, in: scratch.folder)
        let pair = try JSONValue.parse(shown.output)["pair"]
        #expect(pair?["pairs"]?.integerValue == 2 && pair?["over_limit"]?["18"]?["either"] != nil, "\(shown.errors)")
        #expect(pair?["over_limit"]?["16"] == nil)
      }
      let axolotl = try Program.run(
        ["show", side, "--statistics", "t.json", "--limits", "18", "--as", "axolotl"], in: scratch.folder
      ).lines
      #expect(axolotl.contains("rl: dpo") && !axolotl.contains { $0.hasPrefix("sample_packing") }, "\(axolotl)")
    }
  }

  @Test("merged statistics have the pairs of both, and other numbers of one pair are refused")
  func merge() throws {
    let scratch = try Scratch()
    try scratch.file("p.jsonl", Self.rows([("one two", "one")]))
    let one = try analyze(scratch)
    try FileManager.default.moveItem(atPath: scratch.path("t.json"), toPath: scratch.path("a.json"))
    let merged = try Program.run(["merge", "a.json", "a.json", "--output", "m.json"], in: scratch.folder)
    #expect(merged.status == 0, "\(merged.errors)")
    let text = try String(contentsOfFile: scratch.path("m.json"), encoding: .utf8)
    #expect(try JSONValue.parse(text)["pairs"] == one["pairs"])
  }

  @Test("sides that different runs counted are paired by merge as one run pairs them")
  func shards() throws {
    let scratch = try Scratch()
    try scratch.file("p.jsonl", Self.rows([("one two three four", "one"), ("one", "one two"), ("same", "same")]))
    let whole = try analyze(scratch)
    for shard in 1...2 {
      let result = try Program.run(
        [
          "analyze", "p.jsonl", "--model", "qwen-3-32b", "--limits", "16,64", "--output-json", "\(shard).json",
          "--no-plots", "--progress", "none", "--shard", "\(shard)/2",
        ], in: scratch.folder)
      try #require(result.status == 0, "\(result.errors)")
      let text = try String(contentsOfFile: scratch.path("\(shard).json"), encoding: .utf8)
      #expect(try JSONValue.parse(text)["pairs"] == nil)
    }
    let merged = try Program.run(["merge", "1.json", "2.json", "--output", "m.json"], in: scratch.folder)
    #expect(merged.status == 0, "\(merged.errors)")
    let text = try String(contentsOfFile: scratch.path("m.json"), encoding: .utf8)
    #expect(try JSONValue.parse(text)["pairs"] == whole["pairs"])
  }
}
