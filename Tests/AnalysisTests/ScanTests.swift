import ChatTemplates
import Counting
import Datasets
import Foundation
import ModelHub
import Support
import TestSupport
import Testing
import TokenStatistics
import Tokenizers

@testable import Analysis

@Suite("Scanning conversations")
struct ScanTests {
  private static func scan(_ change: (inout ScanOptions) -> Void = { _ in }) throws -> ConversationScan {
    var options = ScanOptions(datasetFolder: DemoDatasets.source)
    options.scan.optionalColumns = OutlierCollector.columns
    options.scan.workers = 2
    change(&options)
    return try ConversationScan(options, loadTokenizer: TestVocabularies.loader)
  }

  @Test("Outliers are the ends of the sorted rows, over one dataset and over all")
  func outliers() throws {
    guard try TestVocabularies.areHere(suite: "outliers") else { return }
    let scan = try Self.scan()
    let all = scan.run { _ in RowKeeper() }
    #expect(all.count == 11 && all.map(\.identity.dataset) == all.map(\.identity.dataset).sorted())
    let found = scan.run { OutlierCollector(dataset: $0.dataset, keep: 5, over: 300, previewBytes: 40) }
    var summary = OutlierCollector.Summary(keep: 5)
    var lengths: [Int] = []
    for (outcome, rows) in zip(found, all) {
      let kept = try outcome.result.get()
      let expected = try rows.result.get().rows.map(\.count.length).sorted()
      #expect(kept.shortest.map(\.length) == Array(expected.prefix(5)))
      #expect(kept.longest.map(\.length) == Array(expected.reversed().prefix(5)))
      #expect(kept.over.map(\.length) == expected.reversed().filter { $0 > 300 })
      summary.merge(kept)
      lengths += expected
    }
    lengths.sort()
    #expect(summary.shortest.map(\.length) == Array(lengths.prefix(5)))
    #expect(summary.longest.map(\.length) == Array(lengths.reversed().prefix(5)))
    #expect(summary.over.count == lengths.filter { $0 > 300 }.count)
    #expect(
      summary.longest.allSatisfy { $0.questionIndex != nil && !$0.preview.isEmpty && $0.preview.utf8.count <= 40 })
  }

  @Test("Selections and filters choose datasets and rows")
  func selections() throws {
    guard try TestVocabularies.areHere(suite: "selections") else { return }
    let name = "gemma-2-27b__trait__frank"
    let everything = try Self.scan { $0.query.selections = [DatasetSelection(dataset: name)] }
    let rows = try #require(everything.run { _ in RowKeeper() }.first).result.get().rows
    let path = DemoDatasets.source + "/\(name).parquet"
    let chosen = try Self.scan {
      $0.query.selections = [DatasetSelection(dataset: path, filters: ScoreFilters(label: "pos"))]
      $0.query.usualFilters = [.trait: ScoreFilters(minimumScore: 75)]
    }
    #expect(chosen.jobs.map(\.name) == ["\(name)__min75__pos"])
    let outcome = try #require(chosen.run { _ in RowKeeper() }.first)
    #expect(outcome.identity.dataset == "\(name)__min75__pos" && outcome.identity.filters.minimumScore == 75)
    let some = try outcome.result.get().rows
    #expect(some == rows.filter { $0.label == "pos" && $0.score >= .value(75) && $0.score != .none })
    #expect(!some.isEmpty && some.count < rows.count)
    let demo = try DemoDatasets([(name, name + "__pos")])
    let contradiction = try #require(throws: InputError.self) {
      try Self.scan {
        $0.query.folder = demo.folder
        $0.query.selections = [DatasetSelection(dataset: name + "__pos", filters: ScoreFilters(label: "neg"))]
      }
    }
    #expect(contradiction.description.contains("\(name)__pos holds rows of label pos only, none of label neg"))
    let whole = try Self.scan {
      $0.query.usualFilters = [.role: ScoreFilters(label: "neg"), .trait: ScoreFilters(label: "neg")]
    }
    #expect(!whole.jobs.isEmpty && whole.jobs.allSatisfy { $0.name.hasSuffix("__neg") })
    let missing = try #require(throws: InputError.self) {
      try Self.scan { $0.query.selections = [DatasetSelection(dataset: "gemma-2-27b__role__nobody")] }
    }
    #expect(missing.description.contains("gemma-2-27b__role__nobody"))
  }

  @Test("The same texts under several tokenizers add up by role, score and label")
  func tokenizers() throws {
    guard try TestVocabularies.areHere(suite: "the same texts under several tokenizers") else { return }
    let families: [(String, TokenizerKind)] = [
      ("gemma-2-27b", .gemma2), ("llama-3.3-70b", .llama3), ("qwen-3-32b", .qwen3),
    ]
    let tokenizers = try families.map { ($0.0, try #require(try TestVocabularies.tokenizer($0.1, suite: ""))) }
    let name = "llama-3.3-70b__role__clockmaker"
    let scan = try Self.scan { $0.query.selections = [DatasetSelection(dataset: name)] }
    let outcome = try #require(scan.run { _ in TokenizerComparer(tokenizers) }.first)
    let comparison = try outcome.result.get()
    var expected = TokenizerComparison.Totals(tokenizers: 3)
    var reader = try DatasetReader(
      DatasetSource(path: DemoDatasets.source + "/" + name, name: DatasetName(parsing: name)))
    var messages: [ChatMessage] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        try batch.readMessages(of: row, into: &messages)
        for message in messages {
          let text = batch.text.extracting(message.content).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
          expected.add(
            bytes: text.utf8.count, characters: text.unicodeScalars.count,
            tokens: try tokenizers.map { try $0.1.encode(text).count })
        }
      }
    }
    #expect(comparison.all == expected)
    func sum(_ parts: some Sequence<TokenizerComparison.Totals>) -> TokenizerComparison.Totals {
      parts.reduce(into: .init(tokenizers: 3)) { $0.merge($1) }
    }
    #expect(
      sum(comparison.roles.values) == expected && comparison.roles.keys.sorted() == ["assistant", "system", "user"])
    #expect(sum(comparison.scores.values) == expected && sum(comparison.labels.values) == expected)
    let scripts = sum(comparison.scripts.values)
    #expect(scripts.tokens == expected.tokens && scripts.bytes == expected.bytes)
    for (scores, tokens) in zip(comparison.conversations, expected.tokens) {
      #expect(scores.values.reduce(0) { $0 + $1.tokens } == tokens)
      #expect(scores.values.reduce(0) { $0 + $1.conversations } == 64)
    }
    #expect(comparison.all.ratio(0) == 1 && comparison.all.bytesPerToken(1) ?? 0 > 2)
    var twice = comparison
    twice.merge(comparison)
    #expect(twice.all.tokens == expected.tokens.map { 2 * $0 } && twice.all.texts == 2 * expected.texts)
  }

  @Test("A scan that is told to stop leaves out what is not finished")
  func stopping() throws {
    guard try TestVocabularies.areHere(suite: "stopping a scan") else { return }
    let scan = try Self.scan()
    #expect(scan.run(stop: .requested) { _ in RowKeeper() }.isEmpty)
  }
}
