import Foundation
import JSON
import TestSupport
import Testing

/// The data of the reported bugs, each with its right result, as a user would run the program on them.
@Suite(.enabled(if: SharedFolder.path(suite: "data bugs") != nil)) struct DataBugTests {
  static let models = ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"]

  /// A file and what is expected of it in its folder's `expected.json`: a path of members that ends in models.
  struct Case: CustomTestStringConvertible {
    let file: String
    let members: [String]
    var testDescription: String { file }
  }

  static let cases: [Case] =
    ["rows.jsonl"].map { Case(file: "blank-lines/\($0)", members: ["counts"]) }
    + ["chats.parquet"].map { Case(file: "empty-list-in-footer/\($0)", members: ["counts"]) }
    + [
      "UPPER.PARQUET", "chats.pq", "blob-without-extension", "stream.arrow", "file.arrow", "rows.jsonl.gz",
      "array.json",
    ]
    .map { Case(file: "kind-by-name/\($0)", members: ["counts"]) }
    + ["rows.jsonl", "rows.parquet", "rows"].map { Case(file: "null-content/\($0)", members: ["counts"]) }
    + ["text.parquet", "sharegpt.parquet", "conversation.parquet", "json_text.parquet"]
    .map { Case(file: "other-columns/\($0)", members: [$0]) }
    + ["hub", "hub/data", "cache"].map { Case(file: "parquet-shards/\($0)", members: ["counts"]) }
    + ["rows.parquet", "rows.jsonl"].map { Case(file: "tool-calls-as-text/\($0)", members: ["counts"]) }
    + [
      Case(file: "tools-and-arguments/tools.parquet", members: ["tools.parquet", "with_tools"]),
      Case(file: "tools-and-arguments/tools.jsonl", members: ["tools.jsonl"]),
      Case(file: "tools-and-arguments/arguments.jsonl", members: ["arguments.jsonl"]),
    ]

  private func path(_ name: String) throws -> String {
    try #require(SharedFolder.path("bugs/\(name)", suite: "data bugs"))
  }

  @Test("rows of every kind of file and shape are counted as the reference counts them", arguments: cases)
  func counts(bug: Case) throws {
    let folder = try #require(bug.file.split(separator: "/").first.map(String.init))
    let expected = try JSONValue.parse(Array(Data(contentsOf: URL(filePath: path("\(folder)/expected.json")))))
    let counts = bug.members.reduce(expected) { $0[$1] ?? .null }
    for model in Self.models {
      let result = try Program.run(["count", "--each", "--model", model, path(bug.file)])
      let wanted = try #require(counts[model]?.arrayValue).map { $0.integerValue.map(String.init) ?? "-" }
      #expect(result.lines.map(String.init) == wanted, "\(model): \(result.errors)")
      #expect(result.status == (wanted.contains("-") ? 3 : 0))
    }
  }

  @Test("standard input is told from its first bytes too")
  func standardInput() throws {
    let input = try Data(contentsOf: URL(filePath: path("kind-by-name/UPPER.PARQUET")))
    let result = try Program.run(["count", "--model", "qwen-3-32b", "-"], input: input)
    #expect(result.lines == ["28", "35", "19"], "\(result.errors)")
    let piped = try Program.shell(
      "cat '\(path("kind-by-name/UPPER.PARQUET"))' | '\(Program.executable.path)' count --model qwen-3-32b")
    #expect(piped.lines == ["28", "35", "19"], "\(piped.errors)")
  }

  @Test("folders and files whose names are no UTF-8 are read like any other, and messages show the byte")
  func otherNames() throws {
    let dataset = Program.packageFolder.appending(path: "Demo/datasets/processed/persona")
      .appending(path: "qwen-3-32b__trait__curious.parquet")
    let result = try Program.shell(
      "bash '\(path("path-not-utf8/check.sh"))' '\(Program.executable.path)' '\(dataset.path)'")
    #expect(result.status == 0, "\(result)")
    let scratch = try Scratch()
    let missing = try Program.shell(
      "cd '\(scratch.path)'; '\(Program.executable.path)' count --model qwen-3-32b \"$(printf 'lat\\351in.txt')\"")
    #expect(missing.errors == "error: lat\\xE9in.txt: there is no such file or folder\n")
  }

  @Test("UTF-16 is named in one error")
  func utf16() throws {
    let result = try Program.run(["count", "--model", "qwen-3-32b", path("kind-by-name/rows-utf16.jsonl")])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.contains("this is text in UTF-16") && result.errors.split(separator: "\n").count == 1)
  }

  @Test("two columns of one name are an error", arguments: ["two.parquet", "two_contents.parquet"])
  func duplicates(file: String) throws {
    let result = try Program.run(["count", "--model", "qwen-3-32b", path("duplicate-columns/\(file)")])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.contains("messages"))
  }

  private func analyze(_ arguments: [String]) throws -> (result: Program.Result, document: JSONValue) {
    try Scratch.with { folder in
      let file = folder.path("t.json")
      let result = try Program.run(
        ["analyze"] + arguments + ["--output-json", file, "--no-plots", "--progress", "none"])
      guard let data = FileManager.default.contents(atPath: file) else { return (result, .null) }
      return (result, try JSONValue.parse(Array(data)))
    }
  }

  @Test("scores with fractions and beyond the scale leave no conversation out")
  func fractionalScores() throws {
    let (result, document) = try analyze([path("fractional-scores/qwen-3-32b__trait__mean.parquet")])
    #expect(result.status == 0, "\(result.errors)")
    let entry = document["datasets"]?["qwen-3-32b__trait__mean"]
    #expect(entry?["total_conversations"]?.integerValue == 6)
    #expect(entry?["total_tokens"]?.integerValue == 164)
    #expect(entry?["score_histogram"]?.objectValue?.keys == ["-1", "0", "10", "72.5", "101", "null"])
    #expect(entry?["cumulative_by_score"]?["72.5"]?["conversations"]?.integerValue == 2)
    #expect(entry?["bands"]?["70-84"]?["conversations"]?.integerValue == 1)
  }

  @Test("scores with fractions are whole in no file that is written")
  func fractionalScoresInFiles() throws {
    try Scratch.with { folder in
      let source = try path("fractional-scores/qwen-3-32b__trait__mean.parquet")
      let (counted, _) = try analyze([source, "--lengths", folder.path("lengths.parquet")])
      #expect(counted.status == 0, "\(counted.errors)")
      let split = try Program.run([
        "split", "\(source):min_score=70", "--train", "1k", "--validation", "0", "--test", "0", "--allow-short",
        "--output-dir", folder.path("split"),
      ])
      #expect(split.status == 0, "\(split.errors)")
      let columns = ["--name", "copy", "--model", "qwen-3-32b", "--text-column", "dataset", "--score-column"]
      for (file, column) in [("lengths.parquet", "score"), ("split/parquet/train.parquet", "extract_score")] {
        let (result, document) = try analyze([folder.path(file)] + columns + [column])
        let entry = document["datasets"]?["qwen-3-32b__dataset__copy"]
        #expect(entry?["score_histogram"]?["72.5"]?["conversations"]?.integerValue == 1, "\(file): \(result.errors)")
      }
    }
  }

  @Test("A selection of nothing, and lists as scores or groups, are errors")
  func selectionsOfNothing() throws {
    try Scratch.with { folder in
      let rows = folder.path("rows.jsonl")
      try Data((#"{"text":"a","label":"x","s":[1],"g":{}}"# + "\n").utf8).write(to: URL(filePath: rows))
      let none = try Program.run(["count", "--model", "qwen-3-32b", "\(rows):label=y"])
      #expect(none.status != 0 && none.errors.contains("none of the rows matches"), "\(none)")
      let (scored, _) = try analyze([rows, "--model", "qwen-3-32b", "--score-column", "s"])
      #expect(scored.errors.contains("s is an array, no number"), "\(scored)")
      let (grouped, _) = try analyze([rows, "--model", "qwen-3-32b", "--group-by", "g"])
      #expect(grouped.errors.contains("g is an object, by which rows cannot be grouped"), "\(grouped)")
    }
  }

  @Test("labels and groups with NUL are counted apart")
  func nul() throws {
    let (result, document) = try analyze([
      path("label-with-nul/qwen-3-32b__trait__nul.parquet"), "--group-by", "topic",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let expected = try JSONValue.parse(Array(Data(contentsOf: URL(filePath: path("label-with-nul/expected.json")))))
    let entry = document["datasets"]?["qwen-3-32b__trait__nul"]
    for member in expected["topic"]?.objectValue?.members ?? [] {
      #expect(
        entry?["groups"]?["topic"]?[member.key]?["conversations"] == member.value, "\(member.key.debugDescription)")
    }
    for member in expected["labels"]?.objectValue?.members ?? [] {
      #expect(entry?["labels"]?[member.key]?["conversations"] == member.value, "\(member.key.debugDescription)")
    }
  }

  @Test("what is no dataset in a folder of datasets is passed over with a notice")
  func unrelated() throws {
    let (result, document) = try analyze(["--dataset-dir", path("unrelated-folder/datasets")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(document["datasets"]?.objectValue?.count == 1)
    for name in ["my_notes_dataset", "scratch", "README.md"] { #expect(result.errors.contains(name)) }
  }

  @Test("any conversations are analyzed with any model, and nothing is left of a refusal")
  func endToEnd() throws {
    try Scratch.with { folder in
      let rows = try path("null-content/rows.jsonl")
      try folder.copy(rows, to: "chats.jsonl")
      let (result, document) = try analyze([folder.path("chats.jsonl"), "--model", "qwen-3-32b"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(document["datasets"]?["qwen-3-32b__dataset__chats"]?["total_tokens"]?.integerValue == 80)
      try folder.file("picture.bin", [0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 13])
      let refused = try Program.run(
        ["analyze", "picture.bin", "--model", "qwen-3-32b", "--progress", "none"], in: folder.folder)
      #expect(refused.status == 1)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["chats.jsonl", "picture.bin"])
    }
  }
}
