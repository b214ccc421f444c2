import Counting
import Datasets
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

@Suite("Analysing parts of datasets")
struct SelectionTests {
  private static let trait = "gemma-2-27b__trait__frank"
  private static let role = "llama-3.3-70b__role__clockmaker"

  private static func datasets() throws -> DemoDatasets { try DemoDatasets([trait, role]) }

  private static func selection(_ text: String) throws -> DatasetSelection { try DatasetSelection(parsing: text) }

  private static func failure(
    _ demo: borrowing DemoDatasets, _ selections: [String], models: [String] = []
  ) throws -> InputError {
    let chosen = try selections.map(selection)
    let options = demo.options {
      $0.query.selections = chosen
      $0.query.models = models
    }
    return try #require(throws: InputError.self) {
      try DatasetAnalysis(options, loadTokenizer: TestVocabularies.loader).run()
    }
  }

  @Test("Exactly the chosen rows are counted, under the name that a created dataset would have")
  func rows() throws {
    guard try TestVocabularies.areHere(suite: "parts of datasets") else { return }
    let demo = try Self.datasets()
    let whole = try demo.run()
    let chosen = try [
      "\(Self.trait):label=pos,min_score=75", "\(Self.role):max_score=2", "\(demo.folder)/\(Self.trait):label=neg",
    ].map(Self.selection)
    let result = try demo.run { $0.query.selections = chosen }
    #expect(
      result.counted == [
        "\(Self.trait)__min75__pos", "\(Self.trait)__neg", "\(Self.role)__max2",
      ])
    let filters = [
      ScoreFilters(minimumScore: 75, label: "pos"), ScoreFilters(label: "neg"), ScoreFilters(maximumScore: 2),
    ]
    for (checkpoint, filter) in zip(result.checkpoints, filters) {
      let all = try #require(whole.checkpoints.first { $0.identity.subject == checkpoint.identity.subject }).tally
      var lengths = LengthDistribution()
      for (score, tally) in all.scores {
        for (label, part) in tally.labels where filter.includes(score: score, label: label.text) {
          lengths.merge(part.lengths)
        }
      }
      #expect(lengths.count > 0 && lengths.count < all.conversations)
      var counted = LengthDistribution()
      for score in checkpoint.tally.scores.values { counted.merge(score.lengths) }
      #expect(counted == lengths, "\(checkpoint.identity.dataset)")
      #expect(checkpoint.identity.filters == filter && checkpoint.fingerprint.options.selection == filter.selectionText)
      #expect(checkpoint.summary.all.conversations == lengths.count)
    }
    let entries = try #require(try demo.root()["datasets"]?.objectValue)
    #expect(entries.count == 5, "the whole datasets stay in the document")
    let entry = entries["\(Self.trait)__min75__pos"]
    #expect(entry?["filters"]?["min_score"] == .integer(75) && entry?["filters"]?["label"] == .string("pos"))
  }

  @Test("A stored result holds for its selection only")
  func fingerprints() throws {
    guard try TestVocabularies.areHere(suite: "results of selections") else { return }
    let demo = try Self.datasets()
    let positive = [try Self.selection("\(Self.trait):label=pos")]
    let name = "\(Self.trait)__pos"
    #expect(try demo.run { $0.query.selections = positive }.counted == [name])
    let again = try demo.analysis { $0.query.selections = positive + positive }
    #expect(again.datasets == [name] && again.isUpToDate(name))
    #expect(try again.run().reused == [name])
    // The same name and the same file, but other rows.
    let store = CheckpointStore(document: demo.document)
    var stored = try #require(try store.load(name))
    stored.fingerprint.options.selection = "label=pos,min_score=3"
    try store.save(stored)
    #expect(try demo.run { $0.query.selections = positive }.counted == [name])
  }

  @Test("What is not there is named, and what leaves nothing is told apart from damage")
  func failures() throws {
    guard try TestVocabularies.areHere(suite: "selections of nothing") else { return }
    let demo = try Self.datasets()
    let missing = try Self.failure(demo, [Self.role, "nobody", "\(Self.trait)x:label=pos"])
    #expect(missing.description.hasSuffix("there is no dataset nobody, \(Self.trait)x"))
    let empty = try Self.failure(demo, ["\(Self.role):label=neg"])
    #expect(empty.kind == .nothingFound)
    #expect(empty.message.contains("\(Self.role)__neg: none of the 64 rows"))
    #expect(empty.message.hasSuffix("matches label=neg"))
    let reversed = try Self.failure(demo, ["\(Self.role):min_score=3,max_score=1"])
    #expect(reversed.kind == .nothingFound)
    let otherModel = try Self.failure(demo, [Self.role], models: ["qwen-3-32b"])
    #expect(otherModel.kind == .nothingFound)
    #expect(!Files.exists(demo.document))
    let both = try ["\(Self.role):label=neg", Self.trait].map(Self.selection)
    let result = try demo.run { $0.query.selections = both }
    #expect(result.counted == [Self.trait] && result.failures.map(\.dataset) == ["\(Self.role)__neg"])
  }
}
