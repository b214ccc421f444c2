import ChatTemplates
import Datasets
import Foundation
import JSON
import PersonaData
import Support
import TestSupport
import Testing
import TokenStatistics

/// The sample datasets of every writer's version hold what the raw records hold.
struct SampleTests {
  @Test(
    "rows, scores and labels of every sample dataset, folder and file",
    arguments: ["processed", "processed_v1", "processed_datasets5", "processed_datasets2.19"])
  func sample(folder: String) throws {
    guard let shared = SharedFolder.path(suite: "sample datasets") else { return }
    let expected = try rows("\(shared)/golden/sample_row_counts.jsonl")
    let directory = try DatasetDirectory.scan("\(shared)/corpus/sample/\(folder)")
    #expect(directory.datasets.count == 13)
    #expect(directory.failures.isEmpty && directory.notices.isEmpty)
    for source in directory.datasets {
      let golden = try #require(expected[source.name.description])
      let raw = try rawMessages(source.name, in: "\(shared)/corpus/sample/raw")
      for path in [source.path, source.path + ".parquet"] {
        let dataset = try ReadDataset(DatasetSource(path: path, name: source.name), extraColumns: ["question"])
        #expect(dataset.failures.isEmpty)
        #expect(dataset.rows.map { $0.score?.key } == golden["scores"]?.arrayValue?.map(Self.key))
        #expect(dataset.rows.map(\.label) == golden["labels"]?.arrayValue?.map(\.stringValue))
        #expect(dataset.rows.map(\.messages) == raw)
      }
    }
  }

  private static func key(_ value: JSONValue) -> String { value.integerValue.map { String($0) } ?? "null" }

  private func lines(_ path: String) throws -> [JSONValue] {
    try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
  }

  private func rows(_ path: String) throws -> [String: JSONValue] {
    try Dictionary(lines(path).map { ($0["dataset"]?.stringValue ?? "", $0) }) { first, _ in first }
  }

  private func rawMessages(_ name: DatasetName, in folder: String) throws -> [[String]] {
    let path = "\(folder)/\(name.model)/\(name.kind.rawValue)s_240/responses/\(name.subject).jsonl"
    return try lines(path).map { line in
      (line["conversation"]?.arrayValue ?? []).map {
        "\($0["role"]?.stringValue ?? ""): \($0["content"]?.stringValue ?? "")"
      }
    }
  }
}
