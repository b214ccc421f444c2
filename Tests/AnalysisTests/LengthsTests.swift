import ColumnarFiles
import Counting
import Datasets
import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

@Suite("The file of lengths")
struct LengthsTests {
  /// A row of the file as it stands there.
  private struct Row {
    let texts: [String: String]
    let numbers: [String: Int]
  }

  private static func rows(_ path: String) throws -> [Row] {
    var reader = try TableReader(path: path)
    var rows: [Row] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.rowCount {
        var texts: [String: String] = [:]
        var numbers: [String: Int] = [:]
        for (field, column) in zip(batch.schema.fields, batch.columns) {
          if let text = column.utf8?.string(row) { texts[field.name] = text }
          if let number = column.int64?[row] { numbers[field.name] = Int(number) }
        }
        rows.append(Row(texts: texts, numbers: numbers))
      }
    }
    return rows
  }

  private static let names = [
    "gemma-2-27b__trait__frank", "llama-3.3-70b__role__clockmaker", "qwen-3-32b__role__0_default",
    "qwen-3-32b__trait__curious",
  ]

  @Test("Every conversation has a row, and sums by dataset, kind, score and label are those of the statistics")
  func sums() throws {
    guard try TestVocabularies.areHere(suite: "sums of the file of lengths") else { return }
    let demo = try DemoDatasets(Self.names)
    let path = demo.document + ".lengths.parquet"
    let result = try demo.run { $0.lengths = path }
    let rows = try Self.rows(path)
    #expect(result.lengthsRows == rows.count && !rows.isEmpty)
    let places = rows.map { ($0.texts["dataset"] ?? "", $0.numbers["row"] ?? -1) }
    #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "rows are in order, none is there twice")
    for checkpoint in result.checkpoints {
      let summary = checkpoint.summary
      let own = rows.filter { $0.texts["dataset"] == checkpoint.identity.dataset }
      func sum(_ column: String, of rows: [Row]) -> Int { rows.reduce(0) { $0 + ($1.numbers[column] ?? 0) } }
      #expect(own.count == summary.all.conversations && sum("total_tokens", of: own) == summary.all.tokens)
      for kind in TokensByKind.kinds { #expect(sum(kind.key, of: own) == checkpoint.tally.roles[keyPath: kind.tokens]) }
      for (score, tally) in checkpoint.tally.scores {
        let scored = own.filter { $0.numbers["score"].map(String.init) ?? "null" == score.key }
        #expect(sum("total_tokens", of: scored) == tally.tokens && scored.count == tally.conversations)
        for (label, part) in tally.labels {
          #expect(sum("total_tokens", of: scored.filter { $0.texts["label"] ?? "null" == label.text }) == part.tokens)
        }
      }
      #expect(own.allSatisfy { $0.texts["model"] == checkpoint.identity.model })
      #expect(own.allSatisfy { $0.numbers["prompt_index"] != nil && $0.numbers["question_index"] != nil })
    }
    #expect(Set(rows.compactMap { $0.texts["dataset"] }) == Set(Self.names))
  }

  @Test(
    "The bytes depend neither on the number of jobs nor on what was counted before, and nothing else is left behind")
  func deterministic() throws {
    guard try TestVocabularies.areHere(suite: "a file of lengths again") else { return }
    let demo = try DemoDatasets(Self.names)
    let path = demo.document + ".lengths.parquet"
    // All datasets have stored results by now, and are in the file nevertheless.
    _ = try demo.run()
    var files: [[UInt8]] = []
    for jobs in [1, 3] {
      let result = try demo.run {
        $0.lengths = path
        $0.scan.workers = jobs
      }
      #expect(result.counted == Self.names && result.reused.isEmpty)
      files.append(try Files.read(path))
    }
    #expect(files[0] == files[1])
    #expect(try demo.run().reused == Self.names, "stored results stay valid")
    let left = try FileManager.default.contentsOfDirectory(atPath: Files.parent(of: path))
    #expect(left.filter { $0.hasPrefix(".") || $0.hasSuffix(".tmp") }.isEmpty)
  }

  @Test("Rows that are not chosen or fail are not in the file, and a failed dataset leaves the others in it")
  func partly() throws {
    guard try TestVocabularies.areHere(suite: "a part of the file of lengths") else { return }
    let demo = try DemoDatasets(Self.names)
    let path = demo.document + ".lengths.parquet"
    let chosen = try demo.run {
      $0.lengths = path
      $0.query.selections = [DatasetSelection(dataset: Self.names[0], filters: ScoreFilters(label: "neg"))]
    }
    let rows = try Self.rows(path)
    #expect(rows.count == chosen.checkpoints.first?.summary.all.conversations)
    #expect(rows.allSatisfy { $0.texts["label"] == "neg" && $0.texts["dataset"] == Self.names[0] + "__neg" })

    try AtomicFile.write("damaged", to: demo.data(of: Self.names[1]))
    let result = try demo.run { $0.lengths = path }
    #expect(result.failures.map(\.dataset) == [Self.names[1]])
    #expect(Set(try Self.rows(path).compactMap { $0.texts["dataset"] }) == Set(Self.names).subtracting([Self.names[1]]))
  }

  @Test("An interrupted run writes no file, and a place that cannot be written is known before the counting")
  func unwritten() throws {
    guard try TestVocabularies.areHere(suite: "no file of lengths") else { return }
    let demo = try DemoDatasets(Self.names)
    let path = demo.document + ".lengths.parquet"
    let stopped = try demo.analysis { $0.lengths = path }.run(stop: .requested)
    #expect(stopped.isInterrupted && stopped.lengthsRows == nil && !Files.exists(path))
    let error = try #require(throws: InputError.self) { try demo.run { $0.lengths = demo.folder } }
    #expect(error.description.contains("this is a folder"))
  }
}
