import Foundation
import JSON
import TestSupport
import Testing

/// What a training run should know before it starts: strategies over a limit, configurations, prices, cards.
@Suite struct TrainingRunTests {
  private static let demo = Program.packageFolder.appending(path: "Demo").path

  private func analyzed(_ scratch: Scratch) throws {
    let result = try Program.run(
      [
        "analyze", "--workspace", Self.demo, "--output-json", "t.json", "--no-plots", "--progress", "none", "--models",
        "gemma-2-27b", "--limits", "128,256",
      ], in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
  }

  private static func rows(_ result: Program.Result) throws -> [JSONValue] {
    try #require(result.status == 0, "\(result.errors)")
    return try #require(JSONValue.parse(result.output).arrayValue)
  }

  @Test("strategies from stored counts and from data agree in all that stored counts tell")
  func strategies() throws {
    let scratch = try Scratch()
    try analyzed(scratch)
    let options = ["--max-length", "128,256", "--json"]
    let stored = try Self.rows(Program.run(["limits", "t.json"] + options, in: scratch.folder))
    let counted = try Self.rows(
      Program.run(["limits", "--workspace", Self.demo, "--models", "gemma-2-27b"] + options, in: scratch.folder))
    #expect(stored.count == 10 && counted.count == 10)
    for (told, known) in zip(stored, counted) {
      for member in try #require(told.objectValue).members where member.value != .null {
        #expect(known[member.key] == member.value, "\(member.key)")
      }
      #expect(try #require(known.objectValue).members.allSatisfy { $0.value != .null })
    }
  }

  @Test("the oldest turns are left out until what is left, rendered anew, fits")
  func oldestTurns() throws {
    func message(_ role: String, _ text: String) -> String { #"{"role":"\#(role)","content":"\#(text)"}"# }
    func line(_ messages: [String]) -> String { #"{"messages":[\#(messages.joined(separator: ","))]}"# + "\n" }
    let turns = (0..<6).map { number in
      [message("user", "Question \(number), please."), message("assistant", String(repeating: "word ", count: 20))]
    }
    let system = message("system", "Be brief.")
    let scratch = try Scratch()
    try scratch.file("whole.jsonl", line([system] + turns.flatMap { $0 }))
    try scratch.file("rests.jsonl", (0..<6).map { line([system] + turns[$0...].flatMap { $0 }) }.joined())
    let model = ["--model", "qwen-3-32b"]
    let counts = try Program.run(["encode"] + model + ["rests.jsonl"], in: scratch.folder).lines
      .map { try #require(JSONValue.parse(String($0))["count"]?.integerValue) }
    #expect(counts == counts.sorted(by: >) && counts.count == 6)
    for limit in [100, 64, 16] {
      let result = try Program.run(
        ["limits", "whole.jsonl", "--max-length", "\(limit)", "--json"] + model, in: scratch.folder)
      let row = try #require(Self.rows(result).first { $0["strategy"]?.stringValue == "oldest_turns" })
      let expected = counts.first { $0 <= limit }
      #expect(row["tokens"]?.integerValue == expected ?? 0, "at \(limit)")
      #expect(row["sequences"]?.integerValue == (expected == nil ? 0 : 1))
    }
  }

  @Test(
    "each trainer's lines have its own names, and what the limit costs as comments",
    arguments: [
      ("trl", ["max_length: 256", "packing_strategy: bfd  #", "# cutting them loses "]),
      ("axolotl", ["sequence_len: 256", "excess_length_strategy: drop", "# leaving them out loses "]),
      ("llamafactory", ["cutoff_len: 256", "neat_packing: true  #"]),
      ("swift", ["max_length: 256", "truncation_strategy: delete", "packing_length: 256"]),
      ("verl", ["data:", "  filter_overlong_prompts: true", "  truncation: error"]),
    ])
  func configurations(trainer: String, lines: [String]) throws {
    let scratch = try Scratch()
    try analyzed(scratch)
    let packed = try Program.run(["pack", "t.json", "--max-length", "256", "--as", trainer], in: scratch.folder)
    #expect(packed.status == 0, "\(packed.errors)")
    for line in lines { #expect(packed.lines.contains { $0.hasPrefix(line) }, "\(line) in \(packed.output)") }
    let data = try Program.run(
      ["pack", "--workspace", Self.demo, "--models", "gemma-2-27b", "--max-length", "256", "--as", trainer],
      in: scratch.folder)
    // Only the data tell in which order the rows are.
    #expect(data.lines.filter { !$0.hasPrefix("# in the order of the rows, ") } == packed.lines)
    #expect((data.lines.count > packed.lines.count) == ["trl", "axolotl", "swift"].contains(trainer))
    let show = ["show", "lighthouse_keeper", "--statistics", "t.json", "--as", trainer]
    let shown = try Program.run(show + ["--limits", "256"], in: scratch.folder)
    #expect(shown.lines.first?.contains(" at 256 tokens: ") == true, "\(shown.errors)")
    #expect(try Program.run(show, in: scratch.folder).status == 64)
    let report = try Program.run(
      ["report", "t.json", "--as", trainer, "--max-length", "256"], in: scratch.folder)
    #expect(report.status == 0, "\(report.errors)")
    let page = try String(contentsOfFile: scratch.path("index.html"), encoding: .utf8)
    #expect(page.contains(#""configurations":{"0":""#) && page.contains(" at 256 tokens: "))
  }

  @Test("a price is that of all tokens, as often as they are trained")
  func price() throws {
    let scratch = try Scratch()
    try analyzed(scratch)
    let options = ["--statistics", "t.json", "--price-per-million", "2.5", "--epochs", "4"]
    let shown = try Program.run(["show", "lighthouse_keeper", "--json"] + options, in: scratch.folder)
    let entry = try JSONValue.parse(shown.output)
    let tokens = try #require(entry["total_tokens"]?.integerValue)
    #expect(entry["price"]?.doubleValue == 2.5 * 4 * Double(tokens) / 1_000_000)
    let lines = try Program.run(["show", "lighthouse_keeper"] + options, in: scratch.folder).lines
    #expect(lines.contains { $0.hasPrefix("price") && $0.hasSuffix(" tokens 4 times") }, "\(lines)")
  }

  @Test("a card gets a row for each dataset, and the same file a second time")
  func card() throws {
    let scratch = try Scratch()
    try analyzed(scratch)
    let start = "---\nlicense: mit\n---\n# Data\n"
    let path = try scratch.file("README.md", start)
    let first = try Program.run(["card", "t.json", "--readme", "README.md"], in: scratch.folder)
    #expect(first.status == 0 && first.output == "README.md: written\n", "\(first.errors)")
    let card = try String(contentsOfFile: path, encoding: .utf8)
    #expect(card.hasPrefix(start + "\n<!-- tokenstats -->\n| dataset | conversations | tokens |"))
    #expect(card.contains("\n| `gemma-2-27b__role__lighthouse_keeper` | 64 | 10,709 |"))
    #expect(card.contains("google/gemma-2-27b-it@"))
    let second = try Program.run(["card", "t.json", "--readme", "README.md"], in: scratch.folder)
    #expect(second.output == "README.md: unchanged\n")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == card)
    let itself = try Program.run(["card", "t.json", "--readme", "t.json"], in: scratch.folder)
    #expect(itself.status == 64)
    #expect(try Program.run(["card", "t.json", "--readme", "none.md"], in: scratch.folder).status == 1)
  }

  @Test("outliers say what is wrong with each conversation at the limit, as often as the statistics count it")
  func faults() throws {
    let scratch = try Scratch()
    try analyzed(scratch)
    let result = try Program.run(
      ["outliers", "--workspace", Self.demo, "--models", "gemma-2-27b", "--over", "128", "--json"], in: scratch.folder)
    let faults = try Self.rows(result).map { $0["faults"]?.stringValue ?? "" }
    let root = try JSONValue.parse(try String(contentsOfFile: scratch.path("t.json"), encoding: .utf8))
    for fault in ["no_target", "end_lost", "prompt_over", "completion_over"] {
      let stored = try #require(root["datasets"]?.objectValue).members.reduce(0) {
        $0 + ($1.value["over_limit"]?["128"]?[fault]?.integerValue ?? 0)
      }
      #expect(faults.count { $0.split(separator: ",").contains(Substring(fault)) } == stored, "\(fault)")
    }
  }
}

/// Samples that are not whole conversations, and splits of labels of equal lengths.
@Suite struct SampleTests {
  @Test("each answer ends a sample, which is counted as the conversation up to it, and only the answer is trained")
  func turns() throws {
    let user = #"{"role":"user","content":"Question, please."}"#
    let answer = #"{"role":"assistant","content":"<think>\nWell.\n</think>\n\nAn answer."}"#
    func line(_ messages: [String]) -> String { #"{"messages":[\#(messages.joined(separator: ","))]}"# + "\n" }
    let scratch = try Scratch()
    try scratch.file("whole.jsonl", line([user, answer, user, answer, user, answer]) + line([user]))
    let parts = [[user, answer], [user, answer, user, answer], [user, answer, user, answer, user, answer], [user]]
    try scratch.file("parts.jsonl", parts.map(line).joined())
    func limits(_ file: String, _ more: [String]) throws -> JSONValue {
      let result = try Program.run(
        ["limits", file, "--model", "qwen-3-32b", "--max-length", "64", "--json"] + more, in: scratch.folder)
      try #require(result.status == 0, "\(result.errors)")
      return try JSONValue.parse(result.output)
    }
    #expect(try limits("whole.jsonl", ["--expand", "turns"]) == limits("parts.jsonl", ["--train", "last"]))
    #expect(try limits("whole.jsonl", ["--expand", "turns"]) != limits("whole.jsonl", ["--train", "last"]))
    let analyzed = try Program.run(
      [
        "analyze", "whole.jsonl", "--model", "qwen-3-32b", "--expand", "turns", "--output-json", "t.json", "--no-plots",
        "--progress", "none",
      ], in: scratch.folder)
    #expect(analyzed.status == 0, "\(analyzed.errors)")
    let root = try JSONValue.parse(try String(contentsOfFile: scratch.path("t.json"), encoding: .utf8))
    #expect(root["datasets"]?.objectValue?.members.first?.value["total_conversations"]?.integerValue == 4)
    let other = try Program.run(
      [
        "analyze", "whole.jsonl", "--model", "qwen-3-32b", "--output-json", "t.json", "--no-plots", "--progress",
        "none",
      ], in: scratch.folder)
    #expect(other.status == 1 && other.errors.contains("train"), "samples and rows are not mixed: \(other.errors)")
    let check = ["check", "whole.jsonl", "--model", "qwen-3-32b", "--expand", "turns"]
    #expect(try Program.run(check, in: scratch.folder).status == 64)
  }

  @Test("every part of a split has as many conversations of each label in each bin of lengths")
  func matchedLengths() throws {
    let scratch = try Scratch()
    let demo = Program.packageFolder.appending(path: "Demo").path
    let options = [
      "split", "qwen-3-32b__trait__curious", "gemma-2-27b__trait__curious", "--workspace", demo, "--label", "any",
      "--min-trait-score", "none", "--train", "2k", "--validation", "500", "--test", "0", "--output-dir", "split",
      "--allow-short",
    ]
    let result = try Program.run(options + ["--match-length", "label"], in: scratch.folder)
    try #require(result.status == 0, "\(result.errors)")
    let manifest = try JSONValue.parse(try String(contentsOfFile: scratch.path("split/manifest.json"), encoding: .utf8))
    #expect(manifest["settings"]?["match_length"]?.stringValue == "label")
    #expect((manifest["left_out"]?["unmatched"]?.integerValue ?? 0) > 0)
    let lengths = try Program.run(
      [
        "outliers", "--workspace", demo, "--json", "--count", "1000", "--models", "qwen-3-32b,gemma-2-27b",
      ], in: scratch.folder)
    var labels: [String: String] = [:]
    for row in try #require(JSONValue.parse(lengths.output).arrayValue) {
      labels["\(row["dataset"]?.stringValue ?? "") \(row["row"]?.integerValue ?? -1)"] = row["label"]?.stringValue
    }
    for (name, part) in try #require(manifest["splits"]?.objectValue).members.map({ ($0.key, $0.value) }) {
      var bins: [String: [String: Int]] = [:]
      for row in try #require(part["rows"]?.arrayValue) {
        let (dataset, tokens) = (row["dataset"]?.stringValue ?? "", row["tokens"]?.integerValue ?? 0)
        let label = try #require(labels["\(dataset) \(row["row"]?.integerValue ?? -1)"])
        // Edges are rounded, so that the bin is that of the last edge that is not above.
        let bin = (0...136).last { Int64(pow(2, Double($0) / 8).rounded()) <= tokens } ?? -1
        bins["\(dataset) \(bin)", default: [:]][label, default: 0] += 1
      }
      #expect(!bins.isEmpty)
      #expect(bins.values.allSatisfy { $0.count == 2 && Set($0.values).count == 1 }, "\(name): \(bins)")
    }
    let again = try Program.run(options + ["--match-length", "label", "--force"], in: scratch.folder)
    #expect(again.output == result.output)
    let one = try Program.run(
      options.map { $0 == "any" ? "pos" : $0 } + ["--match-length", "label"], in: scratch.folder)
    #expect(one.status == 64)
  }

  @Test("count says what the tokens cost, and JSON holds the number")
  func price() throws {
    let scratch = try Scratch()
    try scratch.file("a.txt", "one two three\n")
    let options = ["count", "--model", "qwen-3-32b", "a.txt", "--price-per-million", "1000000", "--epochs", "2"]
    let plain = try Program.run(options, in: scratch.folder)
    let tokens = try #require(plain.output.split(separator: "\t").first.flatMap { Int($0) })
    let price = "price: \(2 * tokens).00 for \(tokens) tokens 2 times"
    #expect(plain.output == "\(tokens)\ta.txt\n\(price)\n" && plain.errors.isEmpty)
    let json = try Program.run(options + ["--total", "--json"], in: scratch.folder)
    #expect(try JSONValue.parse(json.output)["price"]?.doubleValue == Double(2 * tokens))
    let files = try Program.run(options + ["a.txt", "--json"], in: scratch.folder).lines.map {
      try JSONValue.parse(String($0))
    }
    #expect(files.map { $0["price"]?.doubleValue } == [2, 2, 4].map { Double($0 * tokens) })
    #expect(
      try Program.run(options + ["--each", "--json"], in: scratch.folder).lines.last == "{\"price\":\(2 * tokens).0}")
    #expect(
      try Program.run(options + ["--tsv"], in: scratch.folder).output
        == "tokens\tprice\tfile\n\(tokens)\t\(2 * tokens).0\ta.txt\n")
    #expect(
      try Program.run(options + ["--tsv", "--each"], in: scratch.folder).output
        == "tokens\tprice\n\(tokens)\t\(2 * tokens).0\n")
  }
}
