import Counting
import Datasets
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

/// Rows that several models count are read once, and give each model what it finds alone.
struct SharedReadTests {
  private static let models = ["qwen-3-32b", "gemma-2-27b", "llama-3.3-70b"]

  /// A file of conversations, some with a system message, which Gemma's template refuses, and some without any.
  private static func write(_ demo: borrowing DemoDatasets) throws -> String {
    let path = demo.folder + "/chats.jsonl"
    let lines = (0..<60).map { row in
      let system = row % 5 == 1 ? #"{"role":"system","content":"Be brief."},"# : ""
      let answer = (0...(row * 37 % 23)).map { "word\($0)" }.joined(separator: " ")
      let turns = #"{"role":"user","content":"Question \#(row % 7)?"},{"role":"assistant","content":"\#(answer)"}"#
      return row % 29 == 28
        ? #"{"messages":[],"label":"a"}"# : #"{"messages":[\#(system)\#(turns)],"label":"\#(row % 3)"}"#
    }
    try AtomicFile.write(lines.joined(separator: "\n"), to: path)
    return path
  }

  private func run(
    _ demo: borrowing DemoDatasets, _ models: [String], document: String,
    _ change: (inout AnalysisOptions) -> Void = { _ in }
  ) throws -> (result: AnalysisResult, checkpoints: [[UInt8]]) {
    let path = demo.folder + "/chats.jsonl"
    let result = try demo.run {
      $0.document = document
      $0.query.selections = [DatasetSelection(dataset: path)]
      $0.query.countingModels = models
      $0.groupColumns = ["label"]
      change(&$0)
    }
    let store = CheckpointStore(document: document)
    return (result, try models.map { try Files.read(store.path(of: "\($0)__dataset__chats")) })
  }

  @Test("checkpoints are those of separate runs, whole and in parts", arguments: [false, true])
  func equal(isDivided: Bool) throws {
    guard try TestVocabularies.areHere(suite: "shared reads") else { return }
    let demo = try DemoDatasets([] as [String])
    _ = try Self.write(demo)
    let together = try run(demo, Self.models, document: demo.document) {
      $0.scan.workers = isDivided ? 3 : 1
      $0.scan.partBytes = isDivided ? 3000 : .max / 4
    }
    #expect(together.result.counted.count == 3 && together.result.failedRows > 12)
    for (index, model) in Self.models.enumerated() {
      let alone = try run(demo, [model], document: demo.document + ".\(index).json")
      #expect(alone.checkpoints[0] == together.checkpoints[index], "\(model)")
    }
  }

  @Test("what is known of one model is taken over, and the rows are read for the others alone")
  func resumed() throws {
    guard try TestVocabularies.areHere(suite: "resumed shared reads") else { return }
    let demo = try DemoDatasets([] as [String])
    _ = try Self.write(demo)
    _ = try run(demo, [Self.models[1]], document: demo.document)
    let path = demo.folder + "/chats.jsonl"
    let stopped = try demo.analysis {
      $0.query.selections = [DatasetSelection(dataset: path)]
      $0.query.countingModels = Self.models
      $0.groupColumns = ["label"]
    }.run(stop: .requested)
    #expect(stopped.isInterrupted && stopped.counted.isEmpty)
    let all = try run(demo, Self.models, document: demo.document)
    #expect(all.result.reused == ["gemma-2-27b__dataset__chats"] && all.result.counted.count == 2)
    let again = try run(demo, Self.models, document: demo.document)
    #expect(again.result.reused.count == 3 && again.checkpoints == all.checkpoints)
  }

  @Test("a model that fails leaves the others as they are")
  func failure() throws {
    guard try TestVocabularies.areHere(suite: "shared reads that fail") else { return }
    let demo = try DemoDatasets([] as [String])
    let path = demo.folder + "/chats.jsonl"
    let system = #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}]}"#
    try AtomicFile.write(system, to: path)
    let result = try demo.run {
      $0.query.selections = [DatasetSelection(dataset: path)]
      $0.query.countingModels = ["qwen-3-32b", "gemma-2-27b"]
      $0.onError = .fail
    }
    #expect(result.counted == ["qwen-3-32b__dataset__chats"])
    #expect(result.failures.map(\.dataset) == ["gemma-2-27b__dataset__chats"])
  }
}
