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
    let field = try explain("field:train")
    #expect(
      field.output.contains("trained            0\n") && !field.errors.contains("has a member"), "\(field.errors)")
    let missing = try explain("field:weight")
    #expect(missing.output == assistant.output && missing.errors.contains("has a member weight"), "\(missing.errors)")
    let template = try explain("template")
    #expect(template.output.contains("trained            0\n") && template.errors.contains("{% generation %}"))
  }

  @Test("Outliers find targets and ends by the rule that says what is trained")
  func outliers() throws {
    let scratch = try Scratch()
    let source = try scratch.file("chats.jsonl", Self.chat)
    func faults(_ arguments: [String]) throws -> [String] {
      let result = try Program.run(
        ["outliers", source, "--model", "qwen-3-32b", "--over", "1", "--tsv"] + arguments, in: scratch.folder)
      #expect(result.status == 0, "\(result.errors)")
      return try #require(result.lines.dropFirst().first?.split(separator: "\t").map(String.init))
    }
    func isWithoutTarget(_ arguments: [String]) throws -> Bool {
      try faults(arguments).contains { $0.split(separator: ",").contains("no_target") }
    }
    // Nothing that is said is within one token, and with all trained the first one is.
    #expect(try isWithoutTarget([]))
    #expect(try !isWithoutTarget(["--train", "all"]))
    #expect(try isWithoutTarget(["--train", "field:train"]))
    let twice = try Program.run(["outliers", source, "--train", "all,last"], in: scratch.folder)
    #expect(twice.status == 64 && twice.errors.contains("one rule is expected"), "\(twice.errors)")
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
