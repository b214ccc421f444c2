import Counting
import Datasets
import Foundation
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

/// A folder with datasets of the demo sample, and a document beside it.
struct DemoDatasets: ~Copyable {
  private let scratch: Scratch
  /// The folder of the datasets.
  let folder: String
  /// The path of the statistics document.
  let document: String

  /// Copies the datasets whose entries are named; each may get another name.
  init(_ entries: [(entry: String, copy: String)]) throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/datasets"
    try Files.makeDirectories(folder)
    for (entry, copy) in entries {
      try FileManager.default.copyItem(atPath: Self.source + "/" + entry, toPath: folder + "/" + copy)
    }
    self.folder = folder
    document = scratch.path + "/stats.json"
    self.scratch = scratch
  }

  init(_ entries: [String]) throws { try self.init(entries.map { ($0, $0) }) }

  /// The folder of the demo's datasets.
  static let source = SharedFolder.package + "/Demo/datasets/processed/persona"

  /// The path of a dataset folder's data file.
  func data(of dataset: String) -> String { folder + "/\(dataset)/train/data-00000-of-00001.arrow" }

  func options(_ change: (inout AnalysisOptions) -> Void = { _ in }) -> AnalysisOptions {
    var options = AnalysisOptions(datasetFolder: folder, document: document, toolVersion: "1.0.0")
    options.limits = [64, 512]
    change(&options)
    return options
  }

  func analysis(_ change: (inout AnalysisOptions) -> Void = { _ in }) throws -> DatasetAnalysis {
    try DatasetAnalysis(options(change), loadTokenizer: TestVocabularies.loader)
  }

  func run(_ change: (inout AnalysisOptions) -> Void = { _ in }) throws -> AnalysisResult {
    try analysis(change).run()
  }

  /// The document on the disk.
  func root() throws -> JSONValue { try JSONValue.parse(Files.read(document)) }
}

/// Keeps every counted row, and the totals of what was left out.
struct RowKeeper: RowVisitor, RowSummary {
  private(set) var rows: [CountedRow] = []

  mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    if let conversation = outcome.conversation { rows.append(conversation.row) }
  }

  consuming func finish() throws(InputError) -> RowKeeper { self }

  mutating func append(_ next: RowKeeper) { rows += next.rows }
}

extension StopFlag {
  /// A flag that was set before the work begins.
  static var requested: StopFlag {
    let flag = StopFlag()
    flag.request()
    return flag
  }
}

extension TestVocabularies {
  /// A tokenizer loader for analyses, for machines where ``areHere(suite:)`` is true.
  static let loader: LoadedModel.TokenizerLoader = { _, family in
    try #require(try tokenizer(family, suite: "analysis"))
  }
}
