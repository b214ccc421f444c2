import Foundation
import JSON
import TestSupport
import Testing

/// Filtering rows that hold a preferred and another answer.
@Suite struct FilterPairTests {
  private static let model = "qwen-3-32b"

  /// Pairs of answers of so many words each; no answer where there are none.
  private static let words: [(chosen: Int, rejected: Int?)] = [(3, 5), (3, 90), (90, 3), (90, 90), (4, 4), (4, nil)]

  private static func line(_ number: Int) -> String {
    let side = { (count: Int?) in
      guard let count else { return "null" }
      let text = (0..<count).map { "word\($0 % 7)" }.joined(separator: " ")
      return #"[{"role":"user","content":"Question \#(number)"},{"role":"assistant","content":"\#(text)"}]"#
    }
    let (chosen, rejected) = words[number]
    return #"{"id":\#(number),"chosen":\#(side(chosen)), "rejected":\#(side(rejected)),"more":{"a":[\#(number)]}}"#
  }

  private func source(_ numbers: [Int], in scratch: Scratch) throws -> String {
    try scratch.file("pairs.jsonl", numbers.map(Self.line).joined(separator: "\n") + "\n")
  }

  private func filter(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    try Program.run(["filter", "--model", Self.model] + arguments, in: scratch.folder)
  }

  private func lengths(_ path: String, _ side: String, in scratch: Scratch) throws -> [Int] {
    let result = try Program.run(
      ["count", "--model", Self.model, "--each", "--messages-column", side, path], in: scratch.folder)
    return result.lines.compactMap { Int($0) }
  }

  @Test("a pair is kept as it was where both sides fit; the others are beside it with the reasons of each side")
  func lines() throws {
    let scratch = try Scratch()
    let source = try source(Array(0..<6), in: scratch)
    let result = try filter([source, "--max-length", "100", "-o", "out.jsonl"], in: scratch)
    #expect(result.status == 3 && result.output.hasPrefix("kept: 2 pairs, "), "\(result)")
    #expect(result.output.contains("rejected: 4 pairs (too_long 3, failed 1)"), "\(result.output)")
    let kept = try String(contentsOfFile: scratch.path("out.jsonl"), encoding: .utf8)
    #expect(kept == Self.line(0) + "\n" + Self.line(4) + "\n")
    let rejected = try jsonLines(of: scratch.path("out.jsonl.rejected.jsonl"))
    #expect(rejected.compactMap { $0["row"]?.integerValue } == [1, 2, 3, 5])
    let reasons = { (row: JSONValue?) in row?["reasons"]?.arrayValue?.compactMap(\.stringValue) ?? ["?"] }
    #expect(rejected.map { reasons($0) } == [["too_long"], ["too_long"], ["too_long"], ["failed"]])
    #expect(rejected.map { reasons($0["chosen"]) } == [[], ["too_long"], ["too_long"], []])
    #expect(rejected.map { reasons($0["rejected"]) } == [["too_long"], [], ["too_long"], ["failed"]])
    #expect(rejected[3]["rejected"]?["message"]?.stringValue?.contains("null") == true)
    #expect(rejected[0]["data"]?["id"] == .integer(1))
  }

  @Test("the lengths of both sides are those that count finds, and every form holds the same pairs")
  func forms() throws {
    let scratch = try Scratch()
    let source = try source([0, 1, 2, 3, 4], in: scratch)
    var results: [[JSONValue]] = []
    for form in ["t.parquet", "t", "t.jsonl"] {
      let result = try filter([source, "--max-length", "100", "--add-length", "-o", form, "--json"], in: scratch)
      #expect(result.status == 0, "\(result.errors)")
      let last = "last.jsonl"
      #expect(try filter([form, "--max-length", "4k", "-o", last, "--force"], in: scratch).status == 0)
      let rows = try jsonLines(of: scratch.path(last))
      results.append(rows)
      #expect(
        try rows.compactMap { $0["chosen_length"]?.integerValue } == lengths(last, "chosen", in: scratch), "\(form)")
      #expect(
        try rows.compactMap { $0["rejected_length"]?.integerValue } == lengths(last, "rejected", in: scratch), "\(form)"
      )
      let tokens = rows.reduce(0) { sum, row in
        sum + ["chosen_length", "rejected_length"].reduce(0) { $0 + (row[$1]?.integerValue ?? 0) }
      }
      let json = try JSONValue.parse(result.output)
      #expect(json["rows"] == .integer(2) && json["tokens"]?.integerValue == tokens && json["rejected"] == .integer(3))
    }
    for rows in results {
      #expect(rows.map { $0["id"] } == results[0].map { $0["id"] })
      #expect(rows.map { $0["more"] } == results[0].map { $0["more"] })
    }
  }

  @Test("limits on prompts and targets hold for both sides; one side alone is filtered where it is named")
  func sides() throws {
    let scratch = try Scratch()
    let source = try source([0, 1, 2], in: scratch)
    let one = try filter(
      [source, "--messages-column", "chosen", "--max-length", "100", "-o", "one.jsonl"], in: scratch)
    #expect(one.output.hasPrefix("kept: 2 rows, "), "\(one)")
    let none = try filter([source, "--max-prompt-length", "3", "-o", "none.jsonl"], in: scratch)
    #expect(none.status == 4 && none.errors.contains("no row of"), "\(none)")
    try scratch.file(
      "open.jsonl",
      #"{"chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"rejected":[{"role":"user","content":"a"}]}"#
        + "\n" + Self.line(0) + "\n")
    let target = try filter(["open.jsonl", "--require-target", "-o", "target.jsonl"], in: scratch)
    #expect(target.output.contains("rejected: 1 pairs (no_target 1)"), "\(target)")
    #expect(try String(contentsOfFile: scratch.path("target.jsonl"), encoding: .utf8) == Self.line(0) + "\n")
    let tokenized = try Program.run(["tokenize", source, "--model", Self.model, "-o", "tokens"], in: scratch.folder)
    #expect(tokenized.status == 64 && tokenized.errors.contains("holds pairs"), "\(tokenized)")
  }
}
