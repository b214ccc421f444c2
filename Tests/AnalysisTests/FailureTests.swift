import Counting
import Datasets
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

@Suite("What goes wrong")
struct FailureTests {
  private static let good = "qwen-3-32b__role__0_default"
  /// A dataset whose conversations begin with a system message, which Gemma's template refuses.
  private static let refused = "gemma-2-27b__role__clockmaker"

  private static func refusedDatasets() throws -> DemoDatasets {
    try DemoDatasets([(good, good), ("llama-3.3-70b__role__clockmaker", refused)])
  }

  @Test("A dataset that fails is named and does not stop the others; its error goes when it succeeds")
  func datasets() throws {
    guard try TestVocabularies.areHere(suite: "datasets that fail") else { return }
    let demo = try DemoDatasets([
      (Self.good, Self.good), (Self.good, "qwen-3-32b__role__broken"), (Self.good, "gpt__role__x"),
      (Self.good, "odd-name"),
    ])
    let data = demo.data(of: "qwen-3-32b__role__broken")
    let bytes = try Files.read(data)
    try AtomicFile.write(Array(bytes.prefix(bytes.count / 2)), to: data)
    let result = try demo.run()
    #expect(result.counted == [Self.good])
    #expect(Set(result.failures.map(\.dataset)) == ["qwen-3-32b__role__broken", "gpt__role__x"])
    let errors = try #require(try demo.root()["errors"]?.arrayValue).compactMap(\.stringValue)
    #expect(errors.count == 2)
    #expect(errors.contains { $0.hasPrefix("gpt__role__x: unknown model \"gpt\"; known models are gemma-2-27b") })
    #expect(errors.contains { $0.hasPrefix("qwen-3-32b__role__broken: \(data)") })
    let details = try #require(try demo.root()["error_details"]?.arrayValue)
    #expect(details.allSatisfy { $0["row"] == .null && $0["kind"] == .string("dataset") } && details.count == 2)

    try AtomicFile.write(bytes, to: data)
    #expect(try demo.run().counted == ["qwen-3-32b__role__broken"])
    let left = try #require(try demo.root()["errors"]?.arrayValue).compactMap(\.stringValue)
    #expect(left.count == 1 && !left.contains { $0.hasPrefix("qwen") })
  }

  @Test("A row whose template raises is left out, counted by message and listed")
  func skip() throws {
    guard try TestVocabularies.areHere(suite: "rows that are left out") else { return }
    let demo = try Self.refusedDatasets()
    let result = try demo.run()
    let tally = try #require(result.checkpoints.first).tally
    #expect(tally.failedRows == 64 && result.failedRows == 64 && tally.conversations == 0)
    let entry = try demo.root()["datasets"]?[Self.refused]
    #expect(entry?["template_errors"]?["System role not supported"] == .integer(64))
    #expect(entry?["source"]?["rows"] == .integer(64))
    #expect(entry?["total_tokens"] == .integer(0) && (entry?["seed_total_tokens"]?.integerValue ?? 0) > 1_000)
    #expect(try demo.root()["error_details"]?.arrayValue?.count == 64)
    #expect(
      try demo.root()["errors"]
        == .array([.string("\(Self.refused): 64 rows were left out, the first is row 0: System role not supported")]))
  }

  @Test("With fallback such a row is counted as the original script did")
  func fallback() throws {
    guard try TestVocabularies.areHere(suite: "rows that fall back") else { return }
    let demo = try Self.refusedDatasets()
    let result = try demo.run { $0.onError = .fallback }
    let summary = try #require(result.checkpoints.first).summary
    #expect(result.failedRows == 0 && summary.all.conversations == 64)
    #expect(summary.legacyTokens == summary.all.tokens && summary.templateErrors == ["System role not supported": 64])
    #expect(summary.roles?.total == summary.all.tokens && summary.roles?.system ?? 0 > 0)
    #expect(summary.tokensWithoutSystem ?? 0 < summary.all.tokens)
    let seed = try Self.refusedDatasets()
    let original = try seed.run { $0.scan.countMode = .legacy }
    #expect(original.checkpoints.first?.tally.tokens == summary.all.tokens)
  }

  @Test("With fail the dataset fails and names the row")
  func fail() throws {
    guard try TestVocabularies.areHere(suite: "rows that fail their dataset") else { return }
    let demo = try Self.refusedDatasets()
    let result = try demo.run { $0.onError = .fail }
    #expect(result.failures == [InputError(.unreadable, dataset: Self.refused, "row 0: System role not supported")])
    #expect(result.counted == [Self.good])
  }

  @Test("A damaged document is an error before any counting and stays untouched")
  func damagedDocument() throws {
    let demo = try DemoDatasets([Self.good])
    try AtomicFile.write("{\"datasets\": ", to: demo.document)
    let error = try #require(throws: InputError.self) {
      try DatasetAnalysis(demo.options()) { _, _ in throw InputError(.unreadable, dataset: "", "loaded") }
    }
    #expect(error.description.contains("\(demo.document) is damaged: not valid JSON"))
    #expect(try Files.readText(demo.document) == "{\"datasets\": ")
  }

  @Test("What was asked for and is not there is named, with what is")
  func nothingMatched() throws {
    let demo = try DemoDatasets([Self.good])
    func failure(_ change: (inout AnalysisOptions) -> Void) throws -> InputError {
      let options = demo.options(change)
      return try #require(throws: InputError.self) {
        try DatasetAnalysis(options) { _, _ in throw InputError(.unreadable, dataset: "", "no vocabulary") }
      }
    }
    let absent = try failure { $0.query.models = ["gemma-2-27b"] }
    #expect(absent.kind == .nothingFound)
    #expect(absent.message.contains("gemma-2-27b") && absent.message.contains("qwen-3-32b"))
    let unknown = try failure { $0.query.models = ["gpt"] }
    #expect(unknown.description == "unknown model \"gpt\"; known models are gemma-2-27b, llama-3.3-70b, qwen-3-32b")
    let missing = try failure { $0.query.folder += "/none" }
    #expect(missing.description.contains("there is no such folder"))
    let unloaded = try failure { _ in }
    #expect(unloaded.description.contains("the tokenizer of qwen-3-32b cannot be used"))
    #expect(!Files.exists(demo.document))
  }

  @Test("Groups by a further column add up to the whole, and an unknown column fails the dataset")
  func groups() throws {
    guard try TestVocabularies.areHere(suite: "groups by a column") else { return }
    let demo = try DemoDatasets([Self.good])
    let result = try demo.run { $0.groupColumns = ["question_index", "label"] }
    let summary = try #require(result.checkpoints.first).summary
    for column in ["question_index", "label"] {
      let values = try #require(summary.groups[column]).values
      #expect(values.reduce(0) { $0 + $1.tokens } == summary.all.tokens)
      #expect(values.reduce(0) { $0 + $1.conversations } == summary.all.conversations)
    }
    #expect(summary.groups["question_index"]?.count ?? 0 > 1)
    let other = try DemoDatasets([Self.good])
    let failed = try other.run { $0.groupColumns = ["flavour"] }
    #expect(failed.failures.first?.message.contains("column flavour is missing") == true)
    let nested = try other.run { $0.groupColumns = ["messages"] }
    #expect(nested.failures.first?.message.contains("expected text or numbers") == true)
  }

  @Test("Any column of texts or whole numbers makes groups, and rows without a value are a group of their own")
  func groupsOfNulls() throws {
    guard try TestVocabularies.areHere(suite: "groups of nulls") else { return }
    let name = "qwen-3-32b__role__0_default"
    let demo = try DemoDatasets([name])
    let columns = ["extract_score", "system_prompt", "question", "prompt_index", "model", "role"]
    let summary = try #require(try demo.run { $0.groupColumns = columns }.checkpoints.first).summary
    for column in columns {
      let values = try #require(summary.groups[column])
      #expect(values.values.reduce(0) { $0 + $1.tokens } == summary.all.tokens)
    }
    // No row of this dataset has a score.
    #expect(summary.groups["extract_score"]?.mapValues(\.conversations) == ["null": summary.all.conversations])
    #expect(summary.groups["role"]?.keys.sorted() == ["0_default"])
    #expect(summary.groups["question"]?.count ?? 0 > 1)
  }
}
