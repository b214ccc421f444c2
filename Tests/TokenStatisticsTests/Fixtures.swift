import Support
import Foundation
import JSON
import TokenStatistics

/// Reference values that lie beside the tests, made with the reference Python stack.
enum Fixtures {
  /// The lengths, scores and labels of every row of one sample dataset.
  struct Rows {
    let dataset: String
    let lengths: [Int]
    let scores: [Score]
    let labels: [String]
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try Files.read(Files.join(Files.parent(of: #filePath), "Fixtures/\(name)"))
  }

  static func json(_ name: String) throws -> JSONValue { try JSONValue.parse(bytes(name)) }

  static func rows() throws -> [Rows] {
    try bytes("sample_row_counts.jsonl").split(separator: UInt8(ascii: "\n")).map { line in
      let row = try JSONValue.parse(Array(line))
      return Rows(
        dataset: row["dataset"]?.stringValue ?? "",
        lengths: row["counts"]?.arrayValue?.compactMap(\.integerValue) ?? [],
        scores: row["scores"]?.arrayValue?.map { $0.integerValue.map(Score.value) ?? .none } ?? [],
        labels: row["labels"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
  }

  static let limits = [512, 1_024, 2_048, 4_096, 8_192]

  static let record = TokenizerRecord(
    hubID: "example/model", revision: "0123abc", tokenizerSHA256: "aa", templateSHA256: "bb",
    templateArguments: ["date_string": "26 Jul 2024"], bosPolicy: "template")

  static let settings = RunSettings(
    toolVersion: "1.0.0", countMode: .template, limits: limits,
    tokenizers: ["gemma-2-27b": record, "llama-3.3-70b": record, "qwen-3-32b": record])

  static func identity(_ dataset: String) -> DatasetIdentity {
    let parts = dataset.components(separatedBy: "__")
    return DatasetIdentity(
      dataset: dataset, model: parts[0], kind: DatasetKind(rawValue: parts[1]) ?? .role, name: parts[2],
      attributes: [DatasetAttribute(key: "persona", value: parts[2])])
  }

  /// A tally of `rows`; assistant tokens are taken to be the last two thirds of a length, and its last token the end of
  /// a turn.
  static func tally(_ rows: Rows, _ range: Range<Int>? = nil) -> DatasetTally {
    var tally = DatasetTally()
    for row in range ?? rows.lengths.indices {
      let length = rows.lengths[row]
      let prompt = length - length * 2 / 3
      let part = LabelTally(
        lengths: LengthDistribution([length]), assistantTokens: length - prompt,
        training: TrainingTally(
          prompts: LengthDistribution([prompt]), completions: LengthDistribution([length - prompt]),
          firstTargets: LengthDistribution([prompt]), turnEnds: LengthDistribution([length - 1]),
          trained: PositionCounts(starts: LengthDistribution([prompt]), ends: LengthDistribution([length]))))
      tally.extremes?.add(LengthExtremes.Row(row: row, tokens: length))
      tally.scores[rows.scores[row], default: ScoreTally()].add(part, label: rows.labels[row])
      tally.groups["question_index", default: [:]]["\(row % 7)", default: LabelTally()].merge(part)
      tally.roles.assistant += length * 2 / 3
      tally.roles.user += length - length * 2 / 3
      tally.tokensWithoutSystem += length - 1
      tally.legacyTokens += length + 1
      tally.bytes += 4 * length
      tally.characters += 3 * length
      if row % 13 == 0 {
        tally.templateErrors["System role not supported", default: 0] += 1
        tally.record(RowFailure(row: 1_000 - row, kind: .template, message: "System role not supported"))
      }
    }
    return tally
  }

  static func checkpoint(_ rows: Rows) -> Checkpoint {
    Checkpoint(
      identity: identity(rows.dataset),
      fingerprint: Fingerprint(
        source: .init(size: 12, modified: 1_700_000_000_123_456_789, sha256: "cc"),
        options: .init(
          countMode: .template, limits: limits, tokenizer: record, onError: "skip", groupColumns: ["question_index"],
          selection: "label=pos")),
      source: SourceRecord(path: "data/x", format: "arrow", rows: rows.lengths.count, bytes: 12, sha256: "cc"),
      toolVersion: "1.0.0", tally: tally(rows))
  }
}
