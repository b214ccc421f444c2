import Foundation
import JSON
import TestSupport
import Testing

/// One rule says what is trained, and every command follows it.
@Suite struct TrainedRulesTests {
  private static let model = ["--model", "qwen-3-32b"]
  private static let answer = #"{"role":"assistant","content":"Four and a half."}"#
  private static let question = #"{"role":"user","content":"Two and two?"}"#

  private static func line(_ messages: [String]) -> String { #"{"messages":[\#(messages.joined(separator: ","))]}"# }

  /// Sources of every shape, of which some rows have nothing to train.
  private static let shapes: [(name: String, text: String)] = [
    (
      "chats.jsonl",
      [line([question, answer]), line([question]), line([question, answer, question, answer, question])]
        .joined(separator: "\n")
    ),
    ("texts.jsonl", "{\"text\":\"one two\"}\n{\"text\":\"\"}\n{\"text\":\"three\"}"),
    ("lines.txt", "one two\nthree\n"),
    (
      "turns.jsonl",
      #"{"prompt":"Two?","completion":"Four."}"# + "\n" + #"{"prompt":"Three?","completion":""}"#
    ),
    (
      "alpaca.csv", "instruction,input,output\nSay four.,,Four.\nSay nothing.,,\n"
    ),
  ]

  @Test("check finds no_target in the rows that filter --require-target rejects, whatever the shape and the rule")
  func targets() throws {
    let scratch = try Scratch()
    for (name, text) in Self.shapes {
      try scratch.file(name, text)
      for rule in [nil, "assistant", "last", "all", "template", "field:train"] {
        let options = [name] + Self.model + (rule.map { ["--train", $0] } ?? [])
        let checked = try Program.run(["check", "--json", "--examples", "20"] + options, in: scratch.folder)
        let finding = checked.dataset?["findings"]?["no_target"]
        let found = finding?["examples"]?.arrayValue?.compactMap { $0["row"]?.integerValue }
        let filtered = try Program.run(
          ["filter", "--require-target", "-o", "out.jsonl", "--force"] + options, in: scratch.folder)
        var rejected: [Int] = []
        if FileManager.default.fileExists(atPath: scratch.path("out.jsonl.rejected.jsonl")) {
          rejected = try jsonLines(of: scratch.path("out.jsonl.rejected.jsonl"))
            .filter { $0["reasons"]?.arrayValue?.contains(.string("no_target")) == true }
            .compactMap { $0["row"]?.integerValue }
          for file in ["out.jsonl", "out.jsonl.rejected.jsonl"] {
            try FileManager.default.removeItem(atPath: scratch.path(file))
          }
        } else {
          // Without a row that is kept nothing is written.
          #expect(filtered.status == 4 || filtered.status == 3, "\(name), \(rule ?? "-"): \(filtered.errors)")
          rejected = found ?? []
          let failed = checked.dataset?["findings"]?["unreadable"]?["rows"]?.integerValue ?? 0
          let rows = checked.dataset?["rows"]?.integerValue
          #expect(finding?["rows"]?.integerValue.map { $0 + failed } == rows, "\(name), \(rule ?? "-")")
        }
        #expect(found == rejected, "\(name), \(rule ?? "-"): \(checked.errors)")
      }
    }
  }

  @Test("tokenize trains what assistants say unless told otherwise, and texts whole")
  func usualRule() throws {
    let scratch = try Scratch()
    for (name, text) in Self.shapes { try scratch.file(name, text) }
    func tokenized(_ name: String, _ options: [String] = []) throws -> JSONValue {
      let result = try Program.run(
        ["tokenize", name, "-o", "t.parquet", "--force", "--json"] + Self.model + options, in: scratch.folder)
      return try JSONValue.parse(result.output)
    }
    let usual = try tokenized("chats.jsonl")
    #expect(usual["train"] == .string("assistant, end of turn: turn"))
    #expect(try usual["trained_tokens"] == tokenized("chats.jsonl", ["--train", "assistant"])["trained_tokens"])
    let texts = try tokenized("lines.txt")
    #expect(texts["trained_tokens"] == texts["tokens"] && texts["no_target"] == .integer(0))
    #expect(try tokenized("lines.txt", ["--train", "last"])["trained_tokens"] == texts["tokens"])
    let counted = try Program.run(
      ["count", "lines.txt", "--json", "--train", "assistant,template"] + Self.model, in: scratch.folder)
    let trained = try JSONValue.parse(counted.output)["trained"]
    #expect(trained?["assistant"]?["tokens"] == texts["tokens"] && trained?["template"]?["tokens"] == texts["tokens"])
    let help = try Program.run(["tokenize", "--help"], environment: ["COLUMNS": "400"]).output
    #expect(help.contains("the default") && !help.contains("jsonl) or"))
  }

  @Test("a member that no message has is named once, and one that some have is not")
  func missingField() throws {
    let scratch = try Scratch()
    try scratch.file("a.jsonl", Self.line([Self.question, Self.answer]))
    try scratch.file("b.jsonl", Self.line([Self.question, #"{"role":"assistant","content":"4","train":true}"#]))
    let notice = "no message that was read has a member nosuch, which --train asks for"
    for command in [
      ["check", "a.jsonl"], ["filter", "a.jsonl", "--require-target", "-o", "f.jsonl"],
      ["count", "a.jsonl", "b.jsonl"],
      ["tokenize", "a.jsonl", "-o", "t.parquet"], ["pack", "a.jsonl", "--max-length", "64"],
      ["limits", "a.jsonl", "--max-length", "64"],
      ["analyze", "a.jsonl", "b.jsonl", "-o", "t.json", "--no-plots", "--progress", "none"],
    ] {
      let result = try Program.run(command + Self.model + ["--train", "field:nosuch"], in: scratch.folder)
      #expect(result.errors.split(separator: "\n").count { $0.hasPrefix(notice) } == 1, "\(command): \(result.errors)")
      let more = ["filter", "tokenize", "analyze"].contains(command[0]) ? ["--force"] : []
      let options = Array(command.dropFirst(2)) + Self.model + ["--train", "field:train"] + more
      let known = try Program.run([command[0], "b.jsonl"] + options, in: scratch.folder)
      #expect(!known.errors.contains("which --train asks for"), "\(command): \(known.errors)")
    }
  }

  @Test("--as follows the rule of the statistics and of the data, in show, pack and report, and in JSON")
  func configurations() throws {
    let scratch = try Scratch()
    try scratch.file("a.jsonl", Self.line([Self.question, Self.answer, Self.question, Self.answer]))
    let rule = ["--train", "last"]
    let made = try Program.run(
      ["analyze", "a.jsonl", "-o", "t.json", "--no-plots", "--progress", "none"] + Self.model + rule,
      in: scratch.folder)
    try #require(made.status == 0, "\(made.errors)")
    let limit = ["--max-length", "64", "--as", "swift"]
    let stored = try Program.run(["pack", "t.json"] + limit, in: scratch.folder)
    let counted = try Program.run(["pack", "a.jsonl"] + Self.model + rule + limit, in: scratch.folder)
    let shown = try Program.run(["show", "t.json", "__a", "--limits", "64", "--as", "swift"], in: scratch.folder)
    for result in [stored, counted, shown] {
      #expect(result.lines.contains("loss_scale: last_round"), "\(result.output)\(result.errors)")
      #expect(result.lines.contains("# trained: last, end of turn: turn"))
    }
    _ = try Program.run(["report", "t.json"] + limit, in: scratch.folder)
    #expect(try String(contentsOfFile: scratch.path("index.html"), encoding: .utf8).contains("loss_scale: last_round"))
    let other = try Program.run(
      ["pack", "a.jsonl", "--train", "all", "--train-eos", "none"] + Self.model + limit, in: scratch.folder)
    #expect(other.lines.contains("loss_scale: all"))
    #expect(other.lines.contains("# ms-swift has no option for --train-eos none; the nearest is"))
    let json = try Program.run(
      ["pack", "t.json", "--json", "--batch", "2", "--price-per-million", "1"] + limit, in: scratch.folder)
    let object = try #require(try JSONValue.parse(json.output).arrayValue?.first, "\(json.errors)")
    #expect(object["max_length"] == .integer(64) && object["as"] == .string("swift"))
    let lines = object["configuration"]?.arrayValue?.compactMap(\.stringValue) ?? []
    #expect(lines.contains("loss_scale: last_round") && lines.contains("# 1 step an epoch, of 2 sequences"))
    #expect(lines.contains { $0.hasPrefix("# price: 0.00 for ") })
    let entry = try Program.run(
      ["show", "t.json", "__a", "--limits", "64", "--as", "swift", "--json"], in: scratch.folder)
    #expect(try JSONValue.parse(entry.output)["configuration"]?.arrayValue?.isEmpty == false)
    #expect(try Program.run(["pack", "t.json", "--tsv"] + limit, in: scratch.folder).status == 64)
  }

  @Test("mix goes by the trained tokens of the statistics, and says where these are not known")
  func mixture() throws {
    let scratch = try Scratch()
    try scratch.file("a.jsonl", Self.line([Self.question, Self.answer]))
    try scratch.file("b.jsonl", Self.line([Self.question, Self.answer, Self.question, Self.answer]))
    for (rules, place) in [("last", "one.json"), ("last,all", "two.json")] {
      let made = try Program.run(
        ["analyze", "a.jsonl", "b.jsonl", "-o", place, "--no-plots", "--progress", "none", "--train", rules]
          + Self.model, in: scratch.folder)
      try #require(made.status == 0, "\(made.errors)")
    }
    func tokens(_ place: String) throws -> (tokens: [Int?], errors: String) {
      let result = try Program.run(
        ["mix", place, "--share", "__a=1,__b=1", "--by", "trained", "--json"], in: scratch.folder)
      let datasets = try JSONValue.parse(result.output)["datasets"]?.arrayValue
      return (datasets?.map { $0["tokens"]?.integerValue } ?? [], result.errors)
    }
    let counted = try ["a.jsonl", "b.jsonl"].map { file in
      let result = try Program.run(["count", file, "--json", "--train", "last"] + Self.model, in: scratch.folder)
      return try JSONValue.parse(result.output)["trained"]?["last"]?["tokens"]?.integerValue
    }
    for place in ["one.json", "two.json"] {
      let found = try tokens(place)
      #expect(found.tokens == counted && found.errors.isEmpty, "\(found)")
    }
    try FileManager.default.removeItem(atPath: scratch.path("one.json.partials"))
    let lost = try tokens("one.json")
    #expect(lost.tokens != counted && lost.errors.contains("shares are of what assistants say"), "\(lost)")
  }

  /// Rows of Qwen 3 with the number of tokens that axolotl 0.19 trains of each (`train_on_eos: turn`).
  private static let edges: [(answers: [String], trained: Int)] = [
    ([#"{"role":"assistant","content":"","tool_calls":[\#(call)]}"#], 19),
    (
      [
        #"{"role":"assistant","content":null,"tool_calls":[\#(call)]}"#, #"{"role":"tool","content":"5"}"#,
        #"{"role":"assistant","content":"five"}"#,
      ], 21
    ),
    ([#"{"role":"assistant","content":"","reasoning_content":"hm"}"#], 5),
    ([#"{"role":"assistant","content":"<think>\nhm\n</think>\n\n"}"#], 5),
  ]
  private static let call = #"{"type":"function","function":{"name":"w","arguments":{"c":"x"}}}"#

  @Test("What the template writes around calls of tools and reasoning is trained with the answer", arguments: edges)
  func edgesOfAnswers(answers: [String], trained: Int) throws {
    let scratch = try Scratch()
    let question = #"{"role":"user","content":"weather?"}"#
    for (name, member) in [("assistant", ""), ("field:train", #","train":true"#)] {
      let row = Self.line([question] + answers.map { $0.replacing(#""assistant""#, with: #""assistant"\#(member)"#) })
      try scratch.file("a.jsonl", row + "\n")
      let counted = try Program.run(
        ["count", "a.jsonl", "--each", "--json", "--train", name] + Self.model, in: scratch.folder)
      let row1 = try JSONValue.parse(String(counted.output.prefix { $0 != "\n" }))
      #expect(row1["trained"]?[name]?.integerValue == trained, "\(name): \(counted.output) \(counted.errors)")
    }
  }

  @Test("the report says by which rule tokens are trained, what others come to, and what limits cost by it")
  func report() throws {
    let scratch = try Scratch()
    try scratch.file("a.jsonl", Self.line([Self.question, Self.answer, Self.question, Self.answer]))
    let made = try Program.run(
      [
        "analyze", "a.jsonl", "-o", "t.json", "--no-plots", "--progress", "none", "--train", "last,all", "--limits",
        "16",
      ] + Self.model, in: scratch.folder)
    try #require(made.status == 0, "\(made.errors)")
    let written = try Program.run(["report", "t.json"], in: scratch.folder)
    try #require(written.status == 0, "\(written.errors)")
    let document = try JSONValue.parse(try String(contentsOfFile: scratch.path("t.json"), encoding: .utf8))
    let entry = try #require(document["datasets"]?.objectValue?.members.first?.value)
    let table = try JSONValue.parse(try String(contentsOfFile: scratch.path("index-datasets.json"), encoding: .utf8))
    let row = try #require(table.arrayValue?.first)
    #expect(row["trained"] == .string("last, end of turn: turn"))
    let lost = try #require(entry["over_limit"]?["16"]?["trained_tokens_lost"]?.integerValue)
    #expect(lost > 0 && row["trained_tokens_lost_16"]?.integerValue == lost)
    for rule in ["last, end of turn: turn", "all, end of turn: turn"] {
      let tally = try #require(entry["trained_by"]?[rule])
      #expect(row["trained_tokens (\(rule))"] == tally["tokens"] && row["no_target (\(rule))"] == tally["no_target"])
    }
    let shown = try Program.run(["show", "t.json", "__a", "--width", "120"], in: scratch.folder)
    #expect(shown.output.contains("trained by last, end of turn: turn"), "\(shown.output)")
    try scratch.file("README.md", "# Data\n")
    _ = try Program.run(["card", "t.json", "--readme", "README.md"], in: scratch.folder)
    let card = try String(contentsOfFile: scratch.path("README.md"), encoding: .utf8)
    #expect(card.contains(", trained: last, end of turn: turn\n"))
    let rows = try Program.run(["outliers", "t.json"], in: scratch.folder)
    #expect(rows.status == 64 && rows.errors.contains("t.json is a statistics file, which holds no rows"))
    let page = try String(contentsOfFile: scratch.path("index.html"), encoding: .utf8)
    let all = try #require(entry["trained_by"]?["all, end of turn: turn"]?["tokens"]?.integerValue)
    #expect(page.contains(#""all, end of turn: turn":[\#(all),0]"#))
    #expect(page.contains(#""trained":"last, end of turn: turn""#))
  }
}

extension Program.Result {
  /// The only dataset of a check.
  fileprivate var dataset: JSONValue? { (try? JSONValue.parse(output))?["datasets"]?.arrayValue?.first }
}
