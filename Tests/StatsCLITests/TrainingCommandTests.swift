import Foundation
import JSON
import TestSupport
import Testing

/// What the command line does with `--train`, and with what `tokenize` must not write.
@Suite struct TrainingCommandTests {
  private static let chat =
    #"{"messages":[{"role":"user","content":"Two?"},{"role":"assistant","content":"Four.","train":false}]}"#

  @Test("Statistics of one policy are neither taken over nor updated with another one")
  func policies() throws {
    let scratch = try Scratch()
    let source = try scratch.file("chats.jsonl", Self.chat)
    func analyze(_ arguments: [String]) throws -> Program.Result {
      let options = ["--model", "qwen-3-32b", "--output-json", "t.json", "--no-plots", "--progress", "none"]
      return try Program.run(["analyze", source] + options + arguments, in: scratch.folder)
    }
    func firstTargets() throws -> JSONValue? {
      let document = try JSONValue.parse([UInt8](Data(contentsOf: scratch.folder.appending(path: "t.json"))))
      return document["datasets"]?["qwen-3-32b__dataset__chats"]?["first_target"]
    }
    #expect(try analyze(["--train", "assistant"]).status == 0)
    let assistant = try #require(try firstTargets())
    let other = try analyze(["--train", "all"])
    #expect(other.status == 1 && other.errors.contains("train"), "\(other.errors)")
    #expect(try firstTargets() == assistant)
    #expect(try analyze(["--train", "all", "--force"]).status == 0)
    #expect(try firstTargets() != assistant)
  }

  @Test("What is trained is marked, and a template without generation blocks is told")
  func explain() throws {
    let scratch = try Scratch()
    let source = try scratch.file("chats.jsonl", Self.chat)
    func explain(_ rule: String) throws -> Program.Result {
      try Program.run(["render", "--model", "qwen-3-32b", "--explain", "--train", rule, source])
    }
    let assistant = try explain("assistant")
    #expect(assistant.lines.count { $0.contains(" _ \"") } == 2)
    #expect(assistant.output.contains("trained            3\n"))
    #expect(try explain("field:train").output.contains("trained            0\n"))
    let template = try explain("template")
    #expect(template.output.contains("trained            0\n") && template.errors.contains("{% generation %}"))
  }

  @Test("Unknown rules, JSON as output and what is there already are refused")
  func refusals() throws {
    let scratch = try Scratch()
    let source = try scratch.file("chats.jsonl", Self.chat)
    func tokenize(_ arguments: [String]) throws -> Int32 {
      try Program.run(["tokenize", source, "--model", "qwen-3-32b"] + arguments, in: scratch.folder).status
    }
    #expect(try tokenize(["--train", "assistants", "-o", "t"]) == 64)
    #expect(try tokenize(["--train-eos", "none", "-o", "t"]) == 64)
    #expect(try tokenize(["-o", "t.jsonl"]) == 64)
    #expect(try tokenize(["--packing-strategy", "bfd", "-o", "t"]) == 64)
    #expect(try tokenize(["-o", "t.parquet"]) == 0)
    #expect(try tokenize(["-o", "t.parquet"]) == 1)
    #expect(try tokenize(["-o", "t.parquet", "--force"]) == 0)
    #expect(try tokenize(["-o", source, "--force"]) == 64)
  }
}
