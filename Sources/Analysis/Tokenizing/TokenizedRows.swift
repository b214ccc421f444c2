import ColumnarFiles
import Counting
import Datasets
import Support
import Tokenizers

/// The tokens of some conversations and what a trainer is to make of each, one conversation after another.
struct TokenizedRows: Sendable {
  /// What `labels` hold of a token that is not trained.
  static let ignored: Int32 = -100

  private(set) var ids: [TokenID] = []
  private(set) var labels: [Int32] = []
  /// The number of tokens up to the end of each conversation.
  private(set) var ends: [Int] = []

  /// Number of conversations.
  var count: Int { ends.count }

  /// The tokens of a conversation.
  func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  /// Adds a conversation.
  ///
  /// - Parameters:
  ///   - limit: The most tokens that are taken, from the beginning; nil for all.
  ///   - needsTarget: Whether a conversation without a trained token is left out.
  /// - Returns: The tokens that are cut off and the trained ones that are left; nil if it was left out.
  mutating func append(
    _ conversation: CountedConversation, limit: Int?, needsTarget: Bool
  ) -> (lost: Int, trained: Int)? {
    let length = min(conversation.ids.count, limit ?? .max)
    let trained = (conversation.trained ?? []).map { $0.clamped(to: 0..<length) }
    let target = trained.reduce(0) { $0 + $1.count }
    if needsTarget, target == 0 { return nil }
    let start = ids.count
    ids += conversation.ids[..<length]
    labels.append(contentsOf: repeatElement(Self.ignored, count: length))
    for range in trained {
      for position in range { labels[start + position] = conversation.ids[position] }
    }
    ends.append(ids.count)
    return (conversation.ids.count - length, target)
  }

  /// Adds conversations that follow.
  mutating func append(_ next: TokenizedRows) {
    let start = ids.count
    ids += next.ids
    labels += next.labels
    ends += next.ends.map { start + $0 }
  }

  /// The first conversations, which are taken away.
  mutating func removeFirst(_ rows: Int) -> TokenizedRows {
    let end = rows == 0 ? 0 : ends[rows - 1]
    var first = TokenizedRows()
    first.ids = Array(ids[..<end])
    first.labels = Array(labels[..<end])
    first.ends = Array(ends[..<rows])
    ids.removeSubrange(..<end)
    labels.removeSubrange(..<end)
    ends = ends[rows...].map { $0 - end }
    return first
  }
}

/// Builds the columns of tokenized conversations.
struct TokenizedColumns {
  /// The columns as TRL takes them: `seq_lengths` says where packed conversations end.
  static func fields(isPacked: Bool) -> [Field] {
    let list = { (name: String) in
      var item = Field("item", .int64)
      item.stored = .token
      return Field(name, .list(item))
    }
    return [list("input_ids"), list("labels"), Field("length", .int64)] + (isPacked ? [list("seq_lengths")] : [])
  }

  private let schema: Schema
  private let isPacked: Bool
  private var ids = NumberListBuilder()
  private var labels = NumberListBuilder()
  private var lengths = Int64Builder()
  private var sequenceLengths = NumberListBuilder()

  init(isPacked: Bool) {
    self.isPacked = isPacked
    schema = HuggingFaceDataset.schema(Self.fields(isPacked: isPacked))
  }

  /// Tokens so far.
  var tokens: Int { ids.numberCount }
  /// Sequences so far.
  var count: Int { lengths.count }

  /// Adds a sequence that consists of conversations, each cut to `limit` tokens.
  mutating func append(_ rows: [Int], of batch: TokenizedRows, limit: Int = .max) throws(FileError) {
    let ranges = rows.map { batch.range($0).prefix(limit) }
    if let only = ranges.first, ranges.count == 1 {
      try ids.append(batch.ids.span.extracting(only))
      try labels.append(batch.labels.span.extracting(only))
    } else {
      let (whole, targets) = (ranges.flatMap { batch.ids[$0] }, ranges.flatMap { batch.labels[$0] })
      try ids.append(whole.span)
      try labels.append(targets.span)
    }
    try lengths.append(Int64(ranges.reduce(0) { $0 + $1.count }))
    guard isPacked else { return }
    let counts = ranges.map { Int32(truncatingIfNeeded: $0.count) }
    try sequenceLengths.append(counts.span)
  }

  /// The sequences since the last batch; the next batch begins.
  mutating func finishBatch() throws(FileError) -> RecordBatch {
    let count = count
    var columns = [try ids.finish(), try labels.finish(), try lengths.finish()]
    if isPacked { columns.append(try sequenceLengths.finish()) }
    return try RecordBatch(schema: schema, columns: columns, rowCount: count)
  }
}
