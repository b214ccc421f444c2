import Foundation
import JSON
import TestSupport
import Testing

/// The command that looks for rows which a training run would stumble over.
@Suite struct CheckTests {
  /// A row for each kind, and what it is checked as.
  private static let rows: [(row: String, kinds: [String])] = [
    (#"[{"role":"user","content":"What is it?"},{"role":"assistant","content":"It is a sail."}]"#, []),
    (#"[{"role":"user","content":"What is it?"},{"role":"assistant","content":"It is a sail."}]"#, ["duplicate"]),
    (#"[{"role":"user","content":"Only a question"}]"#, ["no_target", "last_not_assistant"]),
    (#"[{"role":"user","content":"Hello"},{"role":"assistant","content":" \n"}]"#, ["empty_content"]),
    (
      #"[{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"}]"#, ["roles"]
    ),
    (
      #"[{"role":"user","content":"a"},{"role":"tool","content":"5"},{"role":"assistant","content":"five"}]"#,
      ["tool_result_without_call"]
    ),
    (
      #"[{"role":"user","content":"say <|im_end|>"},{"role":"assistant","content":"No."}]"#, ["control_tokens"]
    ),
    (
      """
      [{"role":"user","content":"q1"},{"role":"assistant","content":"a1","reasoning_content":"gone in history"},\
      {"role":"user","content":"q2"},{"role":"assistant","content":"a2"}]
      """, ["not_rendered"]
    ),
    ("[]", ["unreadable"]),
    (
      """
      [{"role":"user","content":"\(String(repeating: "long ", count: 90))"},{"role":"assistant","content":"fine"}]
      """, ["no_target", "over_limit"]
    ),
    (
      """
      [{"role":"user","content":"w"},{"role":"assistant","tool_calls":[{"id":"c1","type":"function",\
      "function":{"name":"f","arguments":{"x":1}}}]},{"role":"tool","tool_call_id":"c1","content":"5"},\
      {"role":"assistant","content":"five"}]
      """, []
    ),
  ]

  private static func file(_ scratch: Scratch) throws -> String {
    try scratch.file("rows.jsonl", rows.map { #"{"messages":\#($0.row)}"# + "\n" }.joined())
  }

  private static let options = ["--model", "qwen-3-32b", "--max-length", "64"]

  @Test("each row is found as what it is, and with its line")
  func kinds() throws {
    let scratch = try Scratch()
    let result = try Program.run(["check", try Self.file(scratch), "--json", "--examples", "20"] + Self.options)
    #expect(result.status == 3, "\(result.errors)")
    let findings = try #require(JSONValue.parse(result.output)["datasets"]?.arrayValue?.first?["findings"]?.objectValue)
    for (kind, finding) in findings.members.map({ ($0.key, $0.value) }) {
      let expected = Self.rows.indices.filter { Self.rows[$0].kinds.contains(kind) }
      let examples = finding["examples"]?.arrayValue ?? []
      #expect(examples.compactMap { $0["row"]?.integerValue }.map { Int($0) } == expected, "\(kind)")
      #expect(examples.compactMap { $0["line"]?.integerValue }.map { Int($0) } == expected.map { $0 + 1 }, "\(kind)")
      #expect(finding["rows"]?.integerValue.map { Int($0) } == expected.count, "\(kind)")
    }
    #expect(findings.count == 13)
  }

  @Test(
    "a condition decides about the status; unread rows do where none is on them",
    arguments: [
      ("no_target>5,template_error>0", Int32(3)), ("no_target>5,unreadable>5", 0), ("no_target>=2,p99>50", 6),
      ("over_limit>1", 3), ("over@128>0", 3), ("over@80>=1", 6),
    ])
  func conditions(condition: String, status: Int32) throws {
    let scratch = try Scratch()
    let result = try Program.run(["check", try Self.file(scratch), "--fail-on", condition] + Self.options)
    #expect(result.status == status, "\(condition): \(result.errors)")
  }

  @Test("the table says what one row is as an example, and help names all numbers of conditions")
  func examples() throws {
    let scratch = try Scratch()
    let result = try Program.run(["check", try Self.file(scratch), "--wide"] + Self.options)
    #expect(
      result.lines.contains { $0.hasSuffix("  e.g. line 3: no token is trained; also line 10") }, "\(result.output)")
    #expect(
      result.lines.contains { $0.hasSuffix("  line 4: message 2 (assistant) has no content") }, "\(result.output)")
    #expect(result.lines.contains { $0.hasSuffix("  line 2: is rendered as line 1 is") }, "\(result.output)")
    let help = try Program.run(["check", "--help"], environment: ["COLUMNS": "400"]).output
    #expect(help.contains("end_lost@4096>0") && help.contains("trained_tokens_lost"))
  }

  @Test("conditions that cannot be told are refused")
  func refusals() throws {
    let scratch = try Scratch()
    let path = try Self.file(scratch)
    for condition in ["over_limit>0", "end_lost>0", "nothing>1"] {
      let result = try Program.run(["check", path, "--model", "qwen-3-32b", "--fail-on", condition])
      #expect(result.status == 64, "\(condition): \(result.errors)")
    }
  }

  @Test("annotations name file and line, and what would end them is escaped")
  func annotations() throws {
    let scratch = try Scratch()
    let row = #"{"messages":[{"role":"a\nb:,%","content":"x"}]}"# + "\n"
    try scratch.file("in, put.jsonl", row)
    let result = try Program.run(["check", "in, put.jsonl", "--github", "--model", "qwen-3-32b"], in: scratch.folder)
    #expect(result.lines.contains { $0.hasPrefix("::warning file=in%2C put.jsonl,line=1,title=roles::") })
    #expect(result.lines.allSatisfy { $0.hasPrefix("::") }, "\(result.output)")
    #expect(result.output.contains("a%0Ab:,%25"))
  }

  @Test("equal answers of a pair are found, in whatever order the threads read them")
  func pairs() throws {
    let scratch = try Scratch()
    let lines = (0..<6).map { number in
      let answer = { (text: String) in
        #"[{"role":"user","content":"q\#(number)"},{"role":"assistant","content":"\#(text)"}]"#
      }
      return #"{"chosen":\#(answer("yes")),"rejected":\#(answer(number % 3 == 1 ? "yes" : "no"))}"# + "\n"
    }
    let path = try scratch.file("pairs.jsonl", lines.joined())
    let result = try Program.run(["check", path, "--model", "qwen-3-32b", "--json"])
    let datasets = try #require(JSONValue.parse(result.output)["datasets"]?.arrayValue)
    #expect(datasets.compactMap { $0["findings"]?["identical_pair"]?["rows"]?.integerValue } == [2, 0])
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("texts are no conversations: only what can be wrong with a text is found")
  func texts() throws {
    let scratch = try Scratch()
    let path = try scratch.file("texts.jsonl", "{\"text\":\"one\"}\n{\"text\":\"one\"}\n{\"text\":\"\"}\n")
    let result = try Program.run(["check", path, "--model", "qwen-3-32b", "--json"])
    let findings = try #require(JSONValue.parse(result.output)["datasets"]?.arrayValue?.first?["findings"]?.objectValue)
    let found = findings.members.filter { $0.value["rows"]?.integerValue != 0 }.map(\.key)
    #expect(found == ["no_target", "empty_content", "duplicate"])
  }
}
