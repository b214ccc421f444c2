import Counting
import JSON
import ModelHub
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

@Suite("The demo sample")
struct DemoTests {
  private static func datasets(_ change: (inout AnalysisOptions) -> Void) throws -> JSONObject {
    let scratch = try Scratch()
    var options = AnalysisOptions(
      datasetFolder: DemoDatasets.source, document: scratch.path + "/stats.json", toolVersion: "1.0.0")
    options.limits = [512, 1_024, 2_048]
    change(&options)
    let result = try DatasetAnalysis(options, loadTokenizer: TestVocabularies.loader).run()
    #expect(result.failures.isEmpty && result.failedRows == 0)
    return try #require(try JSONValue.parse(Files.read(options.document))["datasets"]?.objectValue)
  }

  @Test("Every number equals what the reference stack counts")
  func reference() throws {
    guard try TestVocabularies.areHere(suite: "the demo sample") else { return }
    let datasets = try Self.datasets { $0.scan.workers = 2 }
    let expected = try JSONValue.parse(Files.read(SharedFolder.package + "/Demo/expected.json"))
    #expect(datasets.keys == expected.objectValue?.keys)
    for dataset in try #require(expected.objectValue).members {
      let entry = try #require(datasets[dataset.key])
      for key in ["total_conversations", "total_tokens", "length", "bytes", "characters"] {
        #expect(Self.sorted(entry[key]) == Self.sorted(dataset.value[key]), "\(dataset.key) \(key)")
      }
      for key in ["labels", "over_limit"] {
        let groups = try #require(dataset.value[key]?.objectValue)
        #expect(entry[key]?.objectValue?.count == groups.count)
        for group in groups.members {
          for number in try #require(group.value.objectValue).members {
            #expect(entry[key]?[group.key]?[number.key] == number.value, "\(dataset.key) \(key) \(group.key)")
          }
        }
      }
      for kind in try #require(dataset.value["roles"]?.objectValue).members {
        #expect(entry["roles"]?[kind.key] == kind.value, "\(dataset.key) \(kind.key)")
      }
      let scores = try #require(dataset.value["score_histogram"]?.objectValue)
      #expect(entry["score_histogram"]?.objectValue?.count == scores.count)
      for score in scores.members {
        for key in ["conversations", "tokens", "assistant_tokens"] {
          #expect(entry["score_histogram"]?[score.key]?[key] == score.value[key], "\(dataset.key) \(score.key) \(key)")
        }
      }
      let lengths = LengthDistribution(dataset.value["counts"]?.arrayValue?.compactMap(\.integerValue) ?? [])
      #expect(entry["hist"] == .array(HistogramBins.counts(of: lengths).map(JSONValue.number)))
    }
  }

  @Test("The numbers do not depend on the number of workers")
  func workers() throws {
    guard try TestVocabularies.areHere(suite: "the demo sample with one worker") else { return }
    let one = try Self.datasets { $0.scan.workers = 1 }
    let many = try Self.datasets { $0.scan.workers = 5 }
    #expect(one == many)
  }

  @Test("Documents of single models merge into the document of all")
  func mergedPartsAreTheWhole() throws {
    guard try TestVocabularies.areHere(suite: "merged documents of the demo sample") else { return }
    let scratch = try Scratch()
    var paths: [String] = []
    for model in ModelRegistry.names {
      var options = AnalysisOptions(
        datasetFolder: DemoDatasets.source, document: scratch.path + "/\(model).json", toolVersion: "1.0.0")
      options.query.models = [model]
      options.limits = [512, 1_024, 2_048]
      _ = try DatasetAnalysis(options, loadTokenizer: TestVocabularies.loader).run()
      paths.append(options.document)
    }
    let merge = try StatisticsMerge(paths, into: scratch.path + "/all.json")
    try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
    let merged = try JSONValue.parse(Files.read(scratch.path + "/all.json"))
    #expect(try merged["datasets"]?.objectValue == Self.datasets { $0.scan.workers = 2 })
    #expect(merged["metadata"]?["tokenizers"]?.objectValue?.keys == ModelRegistry.names)
  }

  /// An object with its members sorted by key.
  private static func sorted(_ value: JSONValue?) -> JSONValue? {
    guard let members = value?.objectValue?.members else { return value }
    return .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }
}
