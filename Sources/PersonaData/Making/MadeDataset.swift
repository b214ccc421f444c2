public import Datasets

/// A dataset that was made, or found complete and unchanged.
public struct MadeDataset: Sendable, Hashable {
  /// The dataset's name.
  public let name: DatasetName
  /// The folder as `save_to_disk` writes it.
  public let folder: String
  /// The Parquet file.
  public let file: String
  /// Size of the folder's files, in bytes.
  public let folderBytes: Int
  /// Size of the Parquet file, in bytes.
  public let fileBytes: Int
  /// What is in it; nil if it was there and unchanged.
  public let contents: Contents?

  /// What a dataset that was made holds.
  public struct Contents: Sendable, Hashable {
    /// Number of rows.
    public var rows = 0
    /// Number of rows with a score.
    public var scoredRows = 0
    /// Number of rows by label, in order of appearance.
    public var labels: [PersonaListing.LabelCount] = []
    /// Bytes of the messages' contents.
    public var contentBytes = 0
    /// The first row as one JSON object.
    public var sample = ""
    /// What was odd about the raw records.
    public var report = RawReport()
  }
}

/// What was odd about the raw records of one dataset.
public struct RawReport: Sendable, Hashable {
  /// A line that is no record.
  public struct DamagedLine: Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, from 1.
    public let line: Int
    /// What is wrong, and at which byte.
    public let message: String

    /// File, line and what is wrong.
    public var description: String { "\(path), line \(line): \(message)" }
  }

  /// How many examples of each kind are kept.
  public static let exampleLimit = 10

  /// The first damaged lines.
  public internal(set) var damagedLines: [DamagedLine] = []
  /// Number of damaged lines.
  public internal(set) var damagedLineCount = 0
  /// Number of records without a message, which were left out.
  public internal(set) var emptyConversations = 0
  /// Number of scores that the judge refused, which became null.
  public internal(set) var refusals = 0
  /// Number of scores that are null in the file.
  public internal(set) var nullScores = 0
  /// Number of scores that are no whole number, which became null.
  public internal(set) var unreadableScores = 0
  /// The first of them in the file of scores, as `key = value`.
  public internal(set) var unreadableScoreExamples: [String] = []
  /// Number of scores outside the range of the persona's type, which were kept.
  public internal(set) var outOfRangeScores = 0
  /// The first of them by name, as `key = value`.
  public internal(set) var outOfRangeScoreExamples: [String] = []
  /// Number of records whose label, prompt and question another record has too; all were kept.
  public internal(set) var duplicates = 0
  /// The first duplicates, as `key (lines 3 and 7)`.
  public internal(set) var duplicateExamples: [String] = []
  /// Number of scores that fit no record.
  public internal(set) var unusedScores = 0
  /// The first of their keys by name.
  public internal(set) var unusedScoreExamples: [String] = []
  /// Number of messages with members beyond role and content, which were left out.
  public internal(set) var messagesWithMore = 0

  /// Whether nothing was odd.
  public var isClean: Bool { self == RawReport() }

  /// What was odd, a sentence each.
  public var warnings: [String] {
    [
      sentence(refusals, "refusal counts", "refusals count", "as a missing score"),
      sentence(nullScores, "null score", "null scores", "in the file of scores"),
      sentence(unreadableScores, "score is", "scores are", "no whole number: \(list(unreadableScoreExamples))"),
      sentence(outOfRangeScores, "score is", "scores are", "out of range: \(list(outOfRangeScoreExamples))"),
      sentence(emptyConversations, "conversation is", "conversations are", "empty and left out"),
      sentence(duplicates, "record repeats", "records repeat", "another's key: \(list(duplicateExamples))"),
      sentence(unusedScores, "score fits", "scores fit", "no record: \(list(unusedScoreExamples))"),
      sentence(messagesWithMore, "message has", "messages have", "members besides role and content, left out"),
      sentence(damagedLineCount, "damaged line", "damaged lines", "left out"),
    ].compactMap { $0 }
  }

  private func sentence(_ count: Int, _ one: String, _ many: String, _ rest: String) -> String? {
    count == 0 ? nil : "\(count) \(count == 1 ? one : many) \(rest)"
  }

  private func list(_ examples: [String]) -> String {
    examples.prefix(3).joined(separator: ", ") + (examples.count > 3 ? ", ..." : "")
  }
}
