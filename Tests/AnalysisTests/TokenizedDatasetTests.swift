import ChatTemplates
import ColumnarFiles
import Counting
import Datasets
import Foundation
import JSON
import ModelHub
import Support
import TestSupport
import Testing
import TokenStatistics
import Tokenizers

@testable import Analysis

@Suite("Tokens and labels")
struct TokenizedDatasetTests {
  /// The lists of whole numbers of a column.
  private static func lists(_ path: String, _ name: String) throws -> [[Int32]] {
    var reader = try TableReader(path: path)
    var lists: [[Int32]] = []
    while let batch = try reader.nextBatch() {
      let column = try #require(batch[name]?.list)
      let values = try #require(column.elements.int64)
      for row in 0..<batch.rowCount { lists.append(column.range(row).map { Int32(values[$0] ?? -1) }) }
    }
    return lists
  }

  private static func tokenized(
    _ rows: [String], in scratch: Scratch, jobs: Int = 1, policy: TrainPolicy = TrainPolicy(.assistant),
    suite: String, _ change: (inout TokenizedDataset.Settings) -> Void = { _ in }
  ) throws -> (ids: [[Int32]], labels: [[Int32]], result: TokenizedDataset.Result, path: String)? {
    guard let tokenizer = try TestVocabularies.tokenizer(ChatFormat(.qwen3).model.tokenizer, suite: suite) else {
      return nil
    }
    let source = try scratch.file("in.jsonl", rows.joined(separator: "\n"))
    var options = ScanOptions(datasetFolder: scratch.path)
    options.query.selections = [DatasetSelection(dataset: source)]
    options.query.countingModels = ["qwen-3-32b"]
    options.scan.trainPolicy = policy
    options.scan.workers = jobs
    let scan = try ConversationScan(options) { _, _ in tokenizer }
    var settings = TokenizedDataset.Settings()
    change(&settings)
    let path = scratch.path("\(UUID().uuidString).parquet")
    let dataset = try #require(scan.tokenized(scan.jobs[0], settings))
    let result = try #require(try dataset.write(to: path, as: .parquet))
    return (try lists(path, "input_ids"), try lists(path, "labels"), result, path)
  }

  @Test("Ids are those of apply_chat_template, and labels hold them where they are trained")
  func reference() throws {
    let suite = "ids of tokenize"
    guard let path = SharedFolder.path("golden/qwen_chat.jsonl", suite: suite) else { return }
    let scratch = try Scratch()
    let chats = try jsonLines(of: path).filter { $0["ids"]?.arrayValue != nil }
    let rows = chats.map { chat in
      let members = ["messages", "add_generation_prompt"].map { ($0, chat[$0] ?? .null) }
      return String(decoding: JSONValue.object(JSONObject(members)).serialized(ascii: true), as: UTF8.self)
    }
    for jobs in [1, 3] {
      guard let found = try Self.tokenized(rows, in: scratch, jobs: jobs, suite: suite) else { return }
      let expected = chats.map { $0["ids"]?.arrayValue?.compactMap { $0.integerValue.map { Int32($0) } } ?? [] }
      #expect(found.ids == expected)
      let isRight = zip(found.ids, found.labels).allSatisfy { ids, labels in
        ids.count == labels.count && zip(ids, labels).allSatisfy { $1 == -100 || $1 == $0 }
      }
      #expect(isRight)
      let trained = found.labels.joined().count { $0 != -100 }
      #expect(found.result.trainedTokens == trained && trained > 1_000)
    }
  }

  @Test("Packed sequences hold the conversations that best fit decreasing puts into them, cut to their length")
  func packed() throws {
    let scratch = try Scratch()
    let rows = (0..<2_300).map { number in
      let words = (0...(number * 7_919 % 90)).map(String.init).joined(separator: " ")
      return #"{"messages":[{"role":"user","content":"\#(number)"},{"role":"assistant","content":"\#(words)"}]}"#
    }
    guard let plain = try Self.tokenized(rows, in: scratch, suite: "packed tokens") else { return }
    let found = try Self.tokenized(rows, in: scratch, jobs: 3, suite: "packed tokens") { $0.packing = 128 }
    let packed = try #require(found)
    var expected: [[Int32]] = []
    var expectedLengths: [[Int32]] = []
    // TRL packs 1,000 rows at a time.
    for start in stride(from: 0, to: plain.ids.count, by: 1_000) {
      let batch = Array(plain.ids[start..<min(start + 1_000, plain.ids.count)])
      for sequence in SequencePacking.bestFitDecreasing(batch.map(\.count), limit: 128) {
        expected.append(sequence.flatMap { batch[$0].prefix(128) })
        expectedLengths.append(sequence.map { Int32(min(batch[$0].count, 128)) })
      }
    }
    #expect(packed.ids == expected)
    #expect(try Self.lists(packed.path, "seq_lengths") == expectedLengths)
    #expect(packed.result.sequences == expected.count && packed.result.cut > 0)
    #expect(packed.result.tokens + packed.result.tokensLost == plain.result.tokens)
  }

  @Test("Cut conversations keep their beginning, and those without a trained token are left out on request")
  func cut() throws {
    let scratch = try Scratch()
    let rows = [
      #"{"messages":[{"role":"user","content":"a b c d e f g h i j"},{"role":"assistant","content":"yes"}]}"#,
      #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"yes"}]}"#,
    ]
    guard let whole = try Self.tokenized(rows, in: scratch, suite: "cut tokens") else { return }
    let limit = try #require(whole.ids.map(\.count).max()) - 8
    let found = try Self.tokenized(rows, in: scratch, suite: "cut tokens") { $0.maximumLength = limit }
    let cut = try #require(found)
    #expect(cut.ids == whole.ids.map { Array($0.prefix(limit)) })
    #expect(cut.result.cut == 1 && cut.result.tokensLost == 8 && cut.result.untrained == 1)
    let strict = try Self.tokenized(rows, in: scratch, suite: "cut tokens") {
      $0.maximumLength = limit
      $0.needsTarget = true
    }
    #expect(strict?.ids == [whole.ids[1]] && strict?.result.leftOut == 1)
  }
}
