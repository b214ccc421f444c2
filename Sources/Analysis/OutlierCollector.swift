import ChatTemplates
public import Counting
public import Datasets

/// A conversation that is unusually long or short.
public struct Outlier: Sendable, Hashable {
  /// The dataset's full name.
  public var dataset: String
  /// The row with its tokens.
  public var row: CountedRow
  /// The number of the system prompt; nil if the dataset does not say.
  public var promptIndex: Int64?
  /// The number of the question; nil if the dataset does not say.
  public var questionIndex: Int64?
  /// The beginning of the last message.
  public var preview: String
  /// What is wrong with it at the limit.
  public var faults: [LimitFault] = []

  /// The conversation's length in tokens.
  public var length: Int { row.count.length }
}

/// Keeps the longest and shortest conversations of a dataset, and all above a limit.
public struct OutlierCollector: RowVisitor {
  /// The columns a scan should read for the collector.
  public static let columns = ["prompt_index", "question_index"]

  /// What was kept of one dataset, or of several.
  public struct Summary: RowSummary, Equatable {
    /// The longest conversations, longest first.
    public internal(set) var longest: [Outlier] = []
    /// The shortest conversations, shortest first.
    public internal(set) var shortest: [Outlier] = []
    /// All conversations above the limit, longest first.
    public internal(set) var over: [Outlier] = []
    let keep: Int

    /// Makes an empty summary that keeps `keep` conversations of a kind.
    public init(keep: Int) { self.keep = max(0, keep) }

    /// Takes over what `other` kept.
    public mutating func merge(_ other: Summary) {
      longest = Array(Self.merged(longest, other.longest, by: Self.isLonger).prefix(keep))
      shortest = Array(Self.merged(shortest, other.shortest, by: Self.isShorter).prefix(keep))
      over = Self.merged(over, other.over, by: Self.isLonger)
    }

    /// Two lists in order as one; they may be of all conversations, so none is sorted again.
    private static func merged(
      _ left: [Outlier], _ right: [Outlier], by isBefore: (Outlier, Outlier) -> Bool
    ) -> [Outlier] {
      if left.isEmpty { return right }
      if right.isEmpty { return left }
      var list: [Outlier] = []
      list.reserveCapacity(left.count + right.count)
      var next = right.startIndex
      for outlier in left {
        while next < right.endIndex, isBefore(right[next], outlier) {
          list.append(right[next])
          next += 1
        }
        list.append(outlier)
      }
      list.append(contentsOf: right[next...])
      return list
    }

    /// Takes over what `next` kept.
    public mutating func append(_ next: Summary) { merge(next) }

    /// Whether `left` comes first among the longest; equal lengths go by dataset and row.
    static func isLonger(_ left: Outlier, _ right: Outlier) -> Bool {
      (right.length, left.dataset, left.row.row) < (left.length, right.dataset, right.row.row)
    }

    /// Whether `left` comes first among the shortest; equal lengths go by dataset and row.
    static func isShorter(_ left: Outlier, _ right: Outlier) -> Bool {
      (left.length, left.dataset, left.row.row) < (right.length, right.dataset, right.row.row)
    }
  }

  private let dataset: String
  private let limit: Int?
  private let previewBytes: Int
  private var summary: Summary

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - dataset: The dataset's full name.
  ///   - keep: How many of the longest and of the shortest are kept.
  ///   - limit: All conversations above this length are kept as well, in tokens; nil for none.
  ///   - previewBytes: The most bytes of a preview.
  public init(dataset: String, keep: Int, over limit: Int? = nil, previewBytes: Int = 160) {
    self.dataset = dataset
    self.limit = limit
    self.previewBytes = previewBytes
    summary = Summary(keep: keep)
  }

  /// Takes a row; one that failed has no length.
  public mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard let conversation = outcome.conversation else { return }
    let row = conversation.row
    let length = row.count.length
    let isOver = limit.map { length > $0 } ?? false
    let isLong = hasRoom(summary.longest) || length > summary.longest.last?.length ?? .max
    let isShort = hasRoom(summary.shortest) || length < summary.shortest.last?.length ?? .min
    guard isOver || isLong || isShort else { return }
    let number = row.row - batch.firstRow
    let outlier = Outlier(
      dataset: dataset, row: row, promptIndex: batch.integer(of: "prompt_index", row: number),
      questionIndex: batch.integer(of: "question_index", row: number),
      preview: preview(conversation.messages, in: batch), faults: LimitFault.faults(of: conversation, at: limit))
    if isOver { summary.over.append(outlier) }
    // A later row of the same length comes after, so a row that only ties with the last is never inserted.
    if isLong { insert(outlier, into: \.longest, by: Summary.isLonger) }
    if isShort { insert(outlier, into: \.shortest, by: Summary.isShorter) }
  }

  /// What was kept.
  public consuming func finish() -> Summary {
    var summary = summary
    // Numbers are moved about, and each conversation once.
    let order = summary.over.indices.map { (length: summary.over[$0].length, row: summary.over[$0].row.row, index: $0) }
      .sorted { ($1.length, $0.row) < ($0.length, $1.row) }
    summary.over = order.map { summary.over[$0.index] }
    return summary
  }

  private func hasRoom(_ list: [Outlier]) -> Bool { list.count < summary.keep }

  private mutating func insert(
    _ outlier: Outlier, into list: WritableKeyPath<Summary, [Outlier]>, by isBefore: (Outlier, Outlier) -> Bool
  ) {
    let place = summary[keyPath: list].firstIndex { isBefore(outlier, $0) } ?? summary[keyPath: list].count
    summary[keyPath: list].insert(outlier, at: place)
    if summary[keyPath: list].count > summary.keep { summary[keyPath: list].removeLast() }
  }

  private func preview(_ messages: [ChatMessage], in batch: DatasetBatch) -> String {
    guard let content = messages.last?.content else { return "" }
    // A copy, because the batch may be the file's own memory.
    let bytes = batch.text.extracting(content.prefix(previewBytes)).withUnsafeBytes { Array($0) }
    var text = String(decoding: bytes, as: UTF8.self)
    // A scalar that the end of the preview cut in two.
    if content.count > previewBytes, text.unicodeScalars.last == "\u{FFFD}" { text.unicodeScalars.removeLast() }
    return text
  }
}
