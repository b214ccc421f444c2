import Foundation
import JSON
import TestSupport
import Testing

/// `render`, `encode` and `count` on every row of the golden files, as a user would run them.
@Suite(.enabled(if: SharedFolder.path(suite: "golden rows") != nil)) struct GoldenRowsTests {
  /// A golden file and the options that lead to it.
  struct Case: CustomTestStringConvertible {
    let file: String
    let options: [String]
    var testDescription: String { file }
  }

  static let chats = [
    Case(file: "gemma_chat", options: ["--model", "gemma-2-27b"]),
    Case(file: "llama_chat", options: ["--model", "llama-3.3-70b"]),
    Case(file: "qwen_chat", options: ["--model", "qwen-3-32b"]),
    Case(file: "qwen25_chat", options: ["--model", "qwen-3-32b", "--template", "qwen-3-32b=qwen2.5"]),
  ]

  static let texts = [
    Case(file: "gemma_text", options: ["--model", "gemma-2-27b"]),
    Case(file: "llama_text", options: ["--model", "llama-3.3-70b"]),
    Case(file: "qwen_text", options: ["--model", "qwen-3-32b"]),
  ]

  private func rows(of golden: Case) throws -> (input: Data, rows: [JSONValue]) {
    let lines = try #require(try SharedFolder.lines("golden/\(golden.file).jsonl", suite: "golden rows"))
    return (Data(lines.joined(separator: [UInt8(ascii: "\n")])), try lines.map { try JSONValue.parse(Array($0)) })
  }

  @Test("render prints the rendered text, or the template's own message", arguments: chats)
  func render(golden: Case) throws {
    let (input, rows) = try rows(of: golden)
    let result = try Program.run(["render"] + golden.options, input: input)
    try #require(result.lines.count == rows.count, "\(result.errors)")
    for (line, row) in zip(result.lines, rows) {
      let printed = try JSONValue.parse(String(line))
      if let error = row["error"], error != .null {
        #expect(printed == .object(JSONObject([("error", error)])))
      } else {
        #expect(printed == .object(JSONObject([("rendered", try #require(row["rendered"]))])))
      }
    }
    let hasErrors = rows.contains { ($0["error"] ?? .null) != .null }
    #expect(result.status == (hasErrors ? 3 : 0))
  }

  @Test("encode prints the reference's ids", arguments: chats + texts)
  func encode(golden: Case) throws {
    let (input, rows) = try rows(of: golden)
    let result = try Program.run(["encode", "--ascii"] + golden.options, input: input)
    try #require(result.lines.count == rows.count, "\(result.errors)")
    for (line, row) in zip(result.lines, rows) {
      let printed = try JSONValue.parse(String(line))
      if let ids = row["ids"], ids != .null {
        #expect(printed == .object(JSONObject([("count", try #require(row["count"])), ("ids", ids)])))
      } else {
        #expect(printed["error"] == row["error"])
      }
    }
  }

  @Test("count prints the reference's counts, whatever the number of threads", arguments: chats + texts, [1, 3])
  func count(golden: Case, jobs: Int) throws {
    let (input, rows) = try rows(of: golden)
    let result = try Program.run(["count", "--jobs", "\(jobs)"] + golden.options, input: input)
    let expected = rows.map { $0["count"]?.integerValue.map(String.init) ?? "-" }
    #expect(result.lines.map(String.init) == expected, "\(result.errors)")
  }
}
