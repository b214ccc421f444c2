import ChatTemplates
import ColumnarFiles
import Counting
import Datasets
import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

@Suite("Splitting datasets")
struct DatasetSplitTests {
  private static let usual: [DatasetKind: ScoreFilters] = [
    .role: ScoreFilters(minimumScore: 3, label: "pos"), .trait: ScoreFilters(minimumScore: 75, label: "pos"),
  ]

  private static func settings(_ change: (inout SplitSettings) -> Void = { _ in }) -> SplitSettings {
    var settings = SplitSettings(budgets: [
      .init(name: "train", tokens: 6_000), .init(name: "validation", tokens: 1_500), .init(name: "test", tokens: 1_500),
    ])
    change(&settings)
    return settings
  }

  private static func split(
    _ folder: String, _ settings: SplitSettings = settings(), _ change: (inout ScanOptions) -> Void = { _ in }
  ) throws -> DatasetSplit {
    var options = ScanOptions(datasetFolder: folder)
    options.scan.optionalColumns = settings.columns
    options.query.usualFilters = usual
    options.query.namesShowFilters = false
    options.scan.dropsSystemOf = [.role, .trait]
    options.hashesSources = true
    options.scan.workers = 2
    change(&options)
    let scan = try ConversationScan(options, loadTokenizer: TestVocabularies.loader)
    return DatasetSplit(of: scan.run { _ in SplitCollector(settings) }, settings: settings)
  }

  /// A row of a written Parquet file.
  private struct Written: Equatable {
    var dataset = ""
    var row = 0
    var tokens = 0
    var request = ""
    var messages: [String] = []
  }

  private static func written(_ path: String) throws -> [Written] {
    var rows: [Written] = []
    var reader = try DatasetReader(
      DatasetSource(path: path, name: DatasetName(model: "any", kind: .trait, subject: "any")),
      extraColumns: ["dataset", "row", "tokens", "dataset_type", "persona", "prompt_index", "question_index"])
    var messages: [ChatMessage] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        try batch.readMessages(of: row, into: &messages)
        let request = ["dataset_type", "persona", "prompt_index", "question_index"].map {
          batch.text(of: $0, row: row) ?? "null"
        }
        rows.append(
          Written(
            dataset: batch.text(of: "dataset", row: row) ?? "", row: Int(batch.integer(of: "row", row: row) ?? -1),
            tokens: Int(batch.integer(of: "tokens", row: row) ?? -1),
            request: (request + [batch.label(of: row) ?? "null"]).joined(separator: " "),
            messages: messages.map { message in
              let content = batch.text.extracting(message.content).withUnsafeBytes {
                String(decoding: $0, as: UTF8.self)
              }
              return "\(message.role.name): \(content)"
            }))
      }
    }
    return rows
  }

  @Test("What is written are the chosen rows without their system messages, as a folder and as Parquet")
  func writing() throws {
    guard try TestVocabularies.areHere(suite: "writing a split") else { return }
    let scratch = try Scratch()
    let split = try Self.split(DemoDatasets.source)
    #expect(split.shortParts.isEmpty && split.parts.map(\.budget.name) == ["train", "validation", "test"])
    let folder = scratch.path + "/split"
    try split.write(to: folder, dropsSystem: true, manifest: Array("{}".utf8))
    var requests: [String: String] = [:]
    var systemMessages = 0
    for part in split.parts {
      let rows = try Self.written(folder + "/parquet/\(part.budget.name).parquet")
      #expect(try rows == Self.written(folder + "/dataset/\(part.budget.name)"))
      #expect(rows.map(\.dataset) == part.rows.map { split.sources[$0.source].identity.dataset })
      #expect(rows.map(\.row) == part.rows.map(\.row) && rows.map(\.tokens) == part.rows.map(\.tokens))
      #expect(part.tokens == rows.reduce(0) { $0 + $1.tokens } && part.tokens <= part.budget.tokens)
      for row in rows {
        // Several models answer the same requests: their answers are in one part.
        #expect(requests[row.request, default: part.budget.name] == part.budget.name)
        requests[row.request] = part.budget.name
        let original = try Self.original(row.dataset, row.row)
        systemMessages += original.filter { $0.hasPrefix("system: ") }.count
        #expect(row.messages == original.filter { !$0.hasPrefix("system: ") } && !row.messages.isEmpty)
      }
    }
    #expect(systemMessages > 0, "there was something to drop")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["split"])
  }

  private static func original(_ dataset: String, _ row: Int) throws -> [String] {
    var reader = try DatasetReader(DatasetSource(named: dataset, inFolder: DemoDatasets.source))
    var messages: [ChatMessage] = []
    while let batch = try reader.nextBatch() {
      guard row < batch.firstRow + batch.count else { continue }
      try batch.readMessages(of: row - batch.firstRow, into: &messages)
      return messages.map { message in
        let content = batch.text.extracting(message.content).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return "\(message.role.name): \(content)"
      }
    }
    return []
  }

  @Test("Counts without system messages are those that the statistics call without_system", arguments: [true, false])
  func tokens(dropsSystem: Bool) throws {
    guard try TestVocabularies.areHere(suite: "tokens of a split") else { return }
    var options = ScanOptions(datasetFolder: DemoDatasets.source)
    options.scan.workers = 2
    let whole = try ConversationScan(options, loadTokenizer: TestVocabularies.loader).run { _ in RowKeeper() }
    let split = try Self.split(DemoDatasets.source) { $0.scan.dropsSystemOf = dropsSystem ? [.role, .trait] : [] }
    var differences = 0
    for row in split.parts.flatMap(\.rows) {
      let dataset = split.sources[row.source].identity.dataset
      let rows = try #require(whole.first { $0.identity.dataset == dataset }).result.get().rows
      let count = try #require(rows.first { $0.row == row.row }).count
      #expect(row.tokens == (dropsSystem ? count.tokensWithoutSystem : count.length))
      if count.tokensWithoutSystem != count.length { differences += 1 }
    }
    #expect(differences > 0)
  }

  @Test("Of equal conversations the first is taken, too long ones are left out, and everything is accounted for")
  func leftOut() throws {
    guard try TestVocabularies.areHere(suite: "what a split leaves out") else { return }
    let name = "gemma-2-27b__trait__frank"
    let demo = try DemoDatasets([(name, name), ("\(name).parquet", "\(name)__min50.parquet")])
    let settings = Self.settings {
      $0.budgets = [.init(name: "train", tokens: 100_000)]
      $0.maximumLength = 150
    }
    let split = try Self.split(demo.folder, settings) { $0.query.usualFilters = [:] }
    #expect(split.sources.map(\.identity.dataset) == [name, name + "__min50"])
    let (first, second) = (split.sources[0], split.sources[1])
    #expect(first.rows == second.rows && first.tooLong == second.tooLong && first.tooLong > 0 && first.candidates > 0)
    #expect(second.candidates == 0 && second.duplicates == second.rows - second.tooLong)
    let part = try #require(split.parts.first)
    #expect(part.rows.count == first.candidates && part.rows.allSatisfy { $0.source == 0 && $0.tokens <= 150 })
    #expect(part.isShort && part.tokens == split.candidateTokens)
  }

  @Test("What a selection says stands above what is usual for its type")
  func selections() throws {
    guard try TestVocabularies.areHere(suite: "selections of a split") else { return }
    let name = "gemma-2-27b__trait__frank"
    let usual = try Self.split(DemoDatasets.source) { $0.query.selections = [DatasetSelection(dataset: name)] }
    #expect(usual.sources.first?.filters == Self.usual[.trait])
    let other = try Self.split(DemoDatasets.source) {
      $0.query.selections = [DatasetSelection(dataset: name, filters: ScoreFilters(maximumScore: 20, label: "neg"))]
    }
    #expect(other.sources.first?.filters == ScoreFilters(maximumScore: 20, label: "neg"))
    #expect(other.sources.first?.selected ?? 0 > 0)
    let label = try Self.split(DemoDatasets.source) {
      $0.query.selections = [DatasetSelection(dataset: name, filters: ScoreFilters(label: "neg"))]
    }
    #expect(label.sources.first?.filters == ScoreFilters(minimumScore: 75, label: "neg"))
  }

  @Test("The choice does not depend on the number of jobs, and strata have their shares in it")
  func strata() throws {
    guard try TestVocabularies.areHere(suite: "strata of a split") else { return }
    let settings = Self.settings {
      $0.stratum = .subject
      $0.budgets = [.init(name: "train", tokens: 12_000), .init(name: "test", tokens: 6_000)]
    }
    let split = try Self.split(DemoDatasets.source, settings) { $0.query.usualFilters = [:] }
    let again = try Self.split(DemoDatasets.source, settings) {
      $0.query.usualFilters = [:]
      $0.scan.workers = 1
    }
    #expect(split.parts.map(\.rows) == again.parts.map(\.rows))
    let whole = split.sources.reduce(into: [String: Int]()) {
      $0["\($1.identity.kind.rawValue) \($1.identity.subject)", default: 0] += $1.candidates
    }
    let all = whole.values.reduce(0, +)
    for part in split.parts {
      #expect(part.strata.reduce(0) { $0 + $1.conversations } == part.rows.count)
      #expect(part.strata.reduce(0) { $0 + $1.tokens } == part.tokens)
      for stratum in part.strata {
        let expected = Double(part.rows.count) * Double(whole[stratum.name] ?? 0) / Double(all)
        #expect(abs(Double(stratum.conversations) - expected) <= max(3, 0.35 * expected), "\(stratum)")
      }
    }
  }

  @Test("A dataset that changed since it was scanned is an error, and nothing is left behind")
  func changed() throws {
    guard try TestVocabularies.areHere(suite: "a split of changed data") else { return }
    let name = "gemma-2-27b__trait__frank"
    let demo = try DemoDatasets([name])
    let settings = Self.settings { $0.budgets = [.init(name: "train", tokens: 1_000)] }
    let split = try Self.split(demo.folder, settings) { $0.query.usualFilters = [:] }
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: demo.data(of: name))
    let before = try FileManager.default.contentsOfDirectory(atPath: demo.folder + "/..").sorted()
    let error = try #require(throws: InputError.self) {
      try split.write(to: demo.folder + "/../split", dropsSystem: true, manifest: [])
    }
    #expect(error.description.contains("changed while it was read"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: demo.folder + "/..").sorted() == before)
  }
}
