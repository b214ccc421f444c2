import Foundation
import JSON
import TestSupport
import Testing

/// The command that lists unusually long and short conversations.
@Suite struct OutliersTests {
  private static let options = ["outliers", "--workspace", Program.packageFolder.appending(path: "Demo").path]

  private func rows(_ arguments: [String]) throws -> [JSONValue] {
    let result = try Program.run(Self.options + arguments + ["--json"])
    try #require(result.status == 0, "\(result.errors)")
    return try #require(JSONValue.parse(result.output).arrayValue)
  }

  @Test("the longest and shortest of one dataset are the ends of its sorted counts")
  func oneDataset() throws {
    let dataset = "gemma-2-27b__trait__frank"
    let path = Program.packageFolder.appending(path: "Demo/datasets/processed/persona/\(dataset)").path
    let counts = try Program.run(["count", "--each", "--model", "gemma-2-27b", path]).lines.compactMap { Int($0) }
      .sorted()
    try #require(counts.count > 10)
    let found = try rows([dataset, "--count", "3"])
    #expect(found.count == 6)
    #expect(found.allSatisfy { $0["dataset"]?.stringValue == dataset })
    func tokens(_ kind: String) -> [Int] {
      found.filter { $0["kind"]?.stringValue == kind }.compactMap { $0["tokens"]?.integerValue }.map { Int($0) }
    }
    #expect(tokens("longest") == Array(counts.reversed().prefix(3)))
    #expect(tokens("shortest") == Array(counts.prefix(3)))
  }

  @Test("a path that is there is no filter, whatever its name holds")
  func pathsLikeFilters() throws {
    let dataset = "gemma-2-27b__trait__frank"
    let path = Program.packageFolder.appending(path: "Demo/datasets/processed/persona/\(dataset).parquet")
    let scratch = try Scratch()
    let copy = try scratch.file("old:label=pos,day=1/\(dataset).parquet", try Data(contentsOf: path))
    let tokens = try rows([copy]).map { $0["tokens"]?.integerValue }
    #expect(try !tokens.isEmpty && tokens == rows([dataset]).map { $0["tokens"]?.integerValue })
  }

  @Test("a folder that is no whole dataset is named and ends the command with status 3; the others are listed")
  func brokenDataset() throws {
    let scratch = try Scratch()
    let source = Program.packageFolder.appending(path: "Demo/datasets/processed/persona/gemma-2-27b__trait__frank")
    try FileManager.default.copyItem(at: source, to: scratch.folder.appending(path: source.lastPathComponent))
    let broken = scratch.folder.appending(path: "gemma-2-27b__role__pirate")
    try FileManager.default.createDirectory(at: broken, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: broken.appending(path: "dataset_dict.json"))
    let result = try Program.run(["outliers", "--dataset-dir", scratch.folder.path, "--json"])
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.errors.contains("gemma-2-27b__role__pirate"), "\(result.errors)")
    #expect(try JSONValue.parse(result.output).arrayValue?.isEmpty == false)
  }

  @Test("a conversation's roles add up, and it names its question and how it begins")
  func members() throws {
    for row in try rows(["--count", "5"]) {
      let roles = ["system", "user", "assistant", "thinking", "tool", "other", "overhead"]
      let sum = roles.compactMap { row[$0]?.integerValue }.reduce(0, +)
      #expect(sum == row["tokens"]?.integerValue)
      #expect(row["question_index"]?.integerValue != nil && row["prompt_index"] != nil && row["score"] != nil)
      #expect(row["preview"]?.stringValue?.isEmpty == false)
    }
  }

  @Test("--over lists all above the limit, longest first, and ends with 4 where there are none")
  func over() throws {
    let limit = 300
    let tokens = try rows(["--over", "\(limit)"]).compactMap { $0["tokens"]?.integerValue }
    #expect(!tokens.isEmpty && tokens.allSatisfy { $0 > limit })
    #expect(tokens == tokens.sorted(by: >))
    let none = try Program.run(Self.options + ["--over", "1000000"])
    #expect(none.status == 4)
    #expect(none.errors == "error: no conversation has more than 1000000 tokens\n")
  }

  @Test("people see a preview on one line, programs as it is")
  func previews() throws {
    let arguments = ["qwen-3-32b__trait__curious", "--count", "1"]
    let table = try Program.run(Self.options + arguments + ["--wide"])
    #expect(table.output.contains("Here is one in Python: ```python def reverse("), "\(table)")
    let rows = try rows(arguments)
    #expect(rows.first?["preview"]?.stringValue?.contains("Python:\n\n```python\n") == true)
  }

  @Test("TSV has one line a conversation, whatever stands in a preview")
  func tabSeparated() throws {
    let result = try Program.run(Self.options + ["--count", "20", "--models", "qwen-3-32b", "--tsv"])
    #expect(result.lines.count == 41)
    #expect(Set(result.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).count }).count == 1)
    #expect(result.lines.dropFirst().allSatisfy { $0.hasPrefix("qwen-3-32b__") })
  }

  @Test("wrong requests are told apart by their exit status")
  func faults() throws {
    #expect(try Program.run(Self.options + ["--count", "0"]).status == 64)
    #expect(try Program.run(Self.options + ["--json", "--tsv"]).status == 64)
    let unknown = try Program.run(Self.options + ["gemma-2-27b__trait__nobody"])
    #expect(unknown.status == 1 || unknown.status == 4)
    #expect(unknown.errors.contains("gemma-2-27b__trait__nobody"))
  }
}
