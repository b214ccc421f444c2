import ChatTemplates
import Counting
import Datasets
import JSON
import ModelHub
import Support
import TestSupport
import Testing
import TokenStatistics
import Tokenizers

@testable import Analysis

@Suite("The sample's reference values")
struct SampleTests {
  private static let folders = ["processed", "processed_v1", "processed_datasets5", "processed_datasets2.19"]

  /// Runs an analysis of a folder of datasets and returns its document.
  private static func analyse(
    _ folder: String, in scratch: borrowing Scratch, _ change: (inout AnalysisOptions) -> Void = { _ in }
  ) throws -> JSONValue {
    var options = AnalysisOptions(
      datasetFolder: folder, document: scratch.path + "/stats.json", toolVersion: "1.0.0")
    options.limits = [512, 1_024, 2_048, 4_096, 8_192]
    options.scan.workers = 2
    change(&options)
    let result = try DatasetAnalysis(options, loadTokenizer: TestVocabularies.loader).run()
    #expect(result.failures.isEmpty && result.failedRows == 0 && !result.isInterrupted)
    return try JSONValue.parse(Files.read(options.document))
  }

  /// Whether a value is the reference's, or an object with all of the reference's members: later schemas have more.
  private static func holds(_ value: JSONValue?, _ reference: JSONValue) -> Bool {
    guard case .object(let object) = reference else { return value == reference }
    return object.members.allSatisfy { holds(value?[$0.key], $0.value) }
  }

  @Test("Template mode equals the reference, from folders of every version", arguments: folders)
  func template(folder: String) throws {
    let suite = "the sample in template mode"
    guard let path = SharedFolder.path("corpus/sample/\(folder)", suite: suite),
      let golden = SharedFolder.path("golden/sample_stats_v2.json", suite: suite),
      try TestVocabularies.areHere(suite: suite)
    else { return }
    let scratch = try Scratch()
    let root = try Self.analyse(path, in: scratch)
    let reference = try #require(try JSONValue.parse(Files.read(golden)).objectValue)
    #expect(root["datasets"]?.objectValue?.keys == reference.keys)
    for dataset in reference.keys {
      let entry = root["datasets"]?[dataset]
      for member in reference[dataset]?.objectValue?.members ?? [] {
        #expect(Self.holds(entry?[member.key], member.value), "\(dataset) \(member.key)")
      }
    }
  }

  @Test("Parquet files and folders have equal results apart from the source", arguments: folders)
  func forms(folder: String) throws {
    let suite = "the sample's two forms"
    guard let path = SharedFolder.path("corpus/sample/\(folder)", suite: suite),
      try TestVocabularies.areHere(suite: suite)
    else { return }
    let scratch = try Scratch()
    let files = Files.join(scratch.path, "files")
    try Files.makeDirectories(files)
    for name in try Files.list(path) where name.hasSuffix(".parquet") {
      try AtomicFile.write(Files.read(Files.join(path, name)), to: Files.join(files, name))
    }
    var results: [[JSONObject.Member]] = []
    for form in [path, files] {
      var document = try Self.analyse(form, in: scratch) { $0.force = true }
      document = try #require(document["datasets"])
      results.append(
        (document.objectValue?.members ?? []).map { member in
          var entry = member.value.objectValue ?? JSONObject()
          #expect(entry["source"]?["format"] != nil)
          entry["source"] = nil
          return JSONObject.Member(key: member.key, value: .object(entry))
        })
    }
    #expect(results[0].count == 13 && results[0] == results[1])
  }

  @Test("Seed mode equals what the original script writes")
  func seed() throws {
    let suite = "the sample in seed mode"
    guard let path = SharedFolder.path("corpus/sample/processed", suite: suite),
      let golden = SharedFolder.path("golden/sample_seed_stats.json", suite: suite),
      try TestVocabularies.areHere(suite: suite)
    else { return }
    let scratch = try Scratch()
    let root = try Self.analyse(path, in: scratch) { $0.scan.countMode = .legacy }
    let reference = try JSONValue.parse(Files.read(golden))
    #expect(root["metadata"]?["total_datasets"] == reference["metadata"]?["total_datasets"])
    for entry in try #require(reference["datasets"]?.objectValue).members {
      let counted = root["datasets"]?[entry.key]
      for key in ["model", "type", "name", "total_conversations", "total_tokens"] {
        #expect(counted?[key] == entry.value[key], "\(entry.key) \(key)")
      }
      #expect(counted?["seed_total_tokens"] == entry.value["total_tokens"])
      let scores = try #require(entry.value["score_histogram"]?.objectValue)
      #expect(counted?["score_histogram"]?.objectValue?.count == scores.count)
      for score in scores.members {
        for key in ["conversations", "tokens"] {
          #expect(counted?["score_histogram"]?[score.key]?[key] == score.value[key], "\(entry.key) \(score.key) \(key)")
        }
      }
    }
  }

  @Test("Every row's count, score and label equals the reference")
  func rows() throws {
    let suite = "the sample's rows"
    guard let folder = SharedFolder.path("corpus/sample/processed", suite: suite),
      let golden = SharedFolder.path("golden/sample_row_counts.jsonl", suite: suite),
      try TestVocabularies.areHere(suite: suite)
    else { return }
    let sources = try DatasetDirectory.scan(folder).datasets
    for line in try jsonLines(of: golden) {
      let source = try #require(sources.first { $0.name.description == line["dataset"]?.stringValue })
      let format = try ModelCatalog().format(of: source.name.model)
      let tokenizer = try #require(try TestVocabularies.tokenizer(format.model.tokenizer, suite: suite))
      var counter = ConversationCounter(tokenizer: tokenizer, template: format.template, mode: .template)
      var reader = try DatasetReader(source)
      var messages: [ChatMessage] = []
      var counts: [JSONValue] = []
      var scores: [JSONValue] = []
      var labels: [JSONValue] = []
      while let batch = try reader.nextBatch() {
        for row in 0..<batch.count {
          try batch.readMessages(of: row, into: &messages)
          counts.append(.number(try counter.count(messages, of: batch.text).length))
          scores.append(try batch.score(of: row).floor.map(JSONValue.number) ?? .null)
          labels.append(batch.label(of: row).map(JSONValue.string) ?? .null)
        }
      }
      #expect(.array(counts) == line["counts"] && .array(scores) == line["scores"] && .array(labels) == line["labels"])
    }
  }
}
