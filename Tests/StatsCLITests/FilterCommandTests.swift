import Foundation
import JSON
import TestSupport
import Testing

/// The command that writes the rows that fit.
@Suite struct FilterCommandTests {
  private static let model = "qwen-3-32b"
  /// Rows of several lengths, one without an answer and one that is no conversation.
  private static let rows = [
    #"{"id": 1, "messages": [{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}],  "x":{"a":[1,2]}}"#,
    #"{"id": 2, "messages": [{"role":"user","content":"Only a question"}], "x":{"a":[]}}"#,
    #"{"id": 3, "messages": 7, "x":null}"#,
    #"{"id": 4, "messages": [{"role":"user","content":"Count"},{"role":"assistant","content":"\#(many)"}],"x":{"a":[3]}}"#,
    #"{"id": 5, "messages": [{"role":"user","content":"\#(many)"},{"role":"assistant","content":"Yes"}],"x":{"a":[4]}}"#,
  ]
  private static let many = (1...60).map(String.init).joined(separator: " ")

  private func filter(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    try Program.run(["filter", "--model", Self.model] + arguments, in: scratch.folder)
  }

  private func source(in scratch: Scratch) throws -> String {
    try scratch.file("in.jsonl", Self.rows.joined(separator: "\n") + "\n")
  }

  @Test("lines that fit keep their bytes, the others are beside them with reasons; failed rows give status 3")
  func lines() throws {
    let scratch = try Scratch()
    let source = try source(in: scratch)
    let result = try filter([source, "--max-length", "100", "--require-target", "-o", "out.jsonl"], in: scratch)
    #expect(result.status == 3, "\(result.errors)")
    let kept = try String(contentsOfFile: scratch.path("out.jsonl"), encoding: .utf8)
    #expect(kept == Self.rows[0] + "\n")
    let rejected = try jsonLines(of: scratch.path("out.jsonl.rejected.jsonl"))
    #expect(rejected.compactMap { $0["row"]?.integerValue } == [1, 2, 3, 4])
    let reasons = rejected.map { $0["reasons"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    #expect(reasons == [["no_target"], ["failed"], ["too_long"], ["too_long"]])
    #expect(rejected[0]["data"]?["id"] == .integer(2) && rejected[1]["message"]?.stringValue != nil)
  }

  @Test(
    "an ending of data that is not written makes no folder of that name",
    arguments: ["out.csv", "out.json", "o.jsonl.gz"])
  func otherEndings(output: String) throws {
    let scratch = try Scratch()
    let source = try source(in: scratch)
    for command in [["filter", "--max-length", "100"], ["tokenize"]] {
      let result = try Program.run(command + [source, "--model", Self.model, "-o", output], in: scratch.folder)
      #expect(result.status == 1 && result.errors.contains(".parquet, .jsonl or the folder"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path(output)))
    }
  }

  @Test("the limit on prompts counts what is before the last answer")
  func prompts() throws {
    let scratch = try Scratch()
    let source = try source(in: scratch)
    _ = try filter([source, "--max-prompt-length", "50", "--min-length", "100", "-o", "o.jsonl"], in: scratch)
    let kept = try jsonLines(of: scratch.path("o.jsonl"))
    #expect(kept.compactMap { $0["id"]?.integerValue } == [4])
  }

  @Test("every route from form to form keeps the same rows with the same values, and adds the length that count finds")
  func routes() throws {
    let scratch = try Scratch()
    let source = try scratch.file(
      "in.jsonl", [Self.rows[0], Self.rows[1], Self.rows[3], Self.rows[4]].joined(separator: "\n"))
    let fit = ["--max-length", "4k"]
    for form in ["t.parquet", "t", "t.jsonl"] {
      #expect(try filter([source, "-o", form] + fit, in: scratch).status == 0)
    }
    var results: [[JSONValue]] = []
    for form in ["t.parquet", "t", "t.jsonl"] {
      for (number, over) in ["u.parquet", "u", "u.jsonl"].enumerated() {
        let first = try filter(
          [form, "-o", over, "--max-length", "100", "--add-length", "--force"], in: scratch)
        #expect(first.status == 0, "\(form), \(over): \(first.errors)")
        let last = "last\(number).jsonl"
        #expect(try filter([over, "-o", last, "--force"] + fit, in: scratch).status == 0)
        let rows = try jsonLines(of: scratch.path(last))
        results.append(
          rows.map { row in
            .object(JSONObject(["id", "length", "x"].map { ($0, row[$0] ?? .null) }))
          })
      }
    }
    #expect(results.allSatisfy { $0 == results[0] })
    let counted = try Program.run(["count", "--model", Self.model, "--each", scratch.path("t.jsonl")])
    let lengths = counted.lines.compactMap { Int($0) }.filter { $0 <= 100 }
    #expect(results[0].compactMap { $0["length"]?.integerValue } == lengths && lengths.count == 2)
  }

  @Test("nothing that is there is replaced unasked, the source never, and nothing is written where no row fits")
  func safety() throws {
    let scratch = try Scratch()
    let source = try source(in: scratch)
    let before = try String(contentsOfFile: source, encoding: .utf8)
    #expect(try filter([source, "--max-length", "100", "-o", source, "--force"], in: scratch).status == 64)
    let other = try scratch.file("there.jsonl", "keep")
    #expect(try filter([source, "--max-length", "100", "-o", other], in: scratch).status == 1)
    #expect(try filter([source, "--max-length", "1", "-o", "none.jsonl"], in: scratch).status == 3)
    #expect(try String(contentsOfFile: source, encoding: .utf8) == before)
    #expect(try String(contentsOfFile: other, encoding: .utf8) == "keep")
    #expect(!FileManager.default.fileExists(atPath: scratch.path("none.jsonl")))
    let folder = try scratch.file("folder/notes.txt", "mine")
    #expect(try filter([source, "--max-length", "100", "-o", "folder", "--force"], in: scratch).status == 1)
    #expect(FileManager.default.fileExists(atPath: folder))
  }

  @Test("a table needs one type a column, and the row that has another one is named")
  func types() throws {
    let scratch = try Scratch()
    let source = try scratch.file("in.jsonl", Self.rows[0] + "\n" + Self.rows[0].replacing("[1,2]", with: "\"text\""))
    let result = try filter([source, "--max-length", "100", "-o", "out.parquet"], in: scratch)
    #expect(
      result.status == 1 && result.errors.contains("row 1") && result.errors.contains("x: a:"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path("out.parquet")))
  }
}
