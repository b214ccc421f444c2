public import ChatTemplates
import ColumnarFiles
import Support
import TokenStatistics

/// A row of a dataset as it goes into a split.
public struct SplitRow: Sendable {
  /// The number in the batch of the row that is copied.
  public var row: Int
  /// The messages as they are written; their ranges point into the batch's text.
  public var messages: [ChatMessage]
  /// Their tokens.
  public var tokens: Int

  /// Makes a row from its parts.
  public init(row: Int, messages: [ChatMessage], tokens: Int) {
    self.row = row
    self.messages = messages
    self.tokens = tokens
  }
}

/// Builds the columns of one part of a split, a batch at a time.
struct SplitRowBuilders {
  /// Number of rows since the last batch.
  private(set) var count = 0
  /// Bytes of contents since the last batch.
  var textBytes: Int { contents.byteCount }

  private var texts = [UTF8Builder](repeating: UTF8Builder(), count: 7)
  private var numbers = [Int64Builder](repeating: Int64Builder(), count: Self.numberColumns.count)
  /// The scores where some have fractions.
  private var scores = DoubleBuilder()
  private var contents = UTF8Builder()
  private var roles = UTF8Builder()
  private var messages = ListBuilder()

  private static func textColumns(subjectColumn: String) -> [String] {
    [
      "dataset", "model", "dataset_type", subjectColumn, "label", "system_prompt", "question",
    ]
  }
  private static let numberColumns = ["row", "prompt_index", "question_index", scoreColumn, "tokens"]
  private static let scoreColumn = "extract_score"

  /// The columns that are copied where a dataset has them.
  static let optionalColumns = ["system_prompt", "question", "prompt_index", "question_index"]

  /// The columns: where the row comes from, the conversation, and its tokens.
  ///
  /// - Parameters:
  ///   - subjectColumn: The name of the column that says what a dataset is about.
  ///   - hasFractions: Whether some score is no whole number.
  static func fields(subjectColumn: String, hasFractions: Bool) -> [Field] {
    textColumns(subjectColumn: subjectColumn).map { Field($0, .utf8) }
      + numberColumns.map { Field($0, hasFractions && $0 == scoreColumn ? .double : .int64) }
      + [Field("messages", .list(Field("item", .struct(HuggingFaceDataset.messageFields))))]
  }

  /// Adds a row of `batch`, which is a part of the dataset `name`.
  mutating func append(
    _ row: SplitRow, of batch: DatasetBatch, name: DatasetName
  ) throws(FileError) {
    let number = row.row
    let values: [String?] = [
      name.description, name.model, name.kind.rawValue, name.subject, batch.label(of: number),
      batch.text(of: "system_prompt", row: number), batch.text(of: "question", row: number),
    ]
    for (index, value) in values.enumerated() {
      if let value { try texts[index].append(value) } else { try texts[index].appendNull() }
    }
    // A score that cannot be read has kept the row from being chosen.
    let score = try? batch.score(of: number)
    try scores.append(score?.number)
    let integers: [Int64?] = [
      Int64(batch.firstRow + number), batch.integer(of: "prompt_index", row: number),
      batch.integer(of: "question_index", row: number), score?.floor.map(Int64.init), Int64(row.tokens),
    ]
    for (index, value) in integers.enumerated() { try numbers[index].append(value) }
    for message in row.messages {
      try contents.append(batch.text.extracting(message.content))
      try roles.append(message.role.name)
    }
    try messages.endRow(at: contents.count)
    count += 1
  }

  /// The rows since the last batch; the next batch begins.
  mutating func finishBatch(_ schema: Schema) throws(FileError) -> RecordBatch {
    var columns: [Column] = []
    for index in texts.indices { columns.append(try texts[index].finish()) }
    for index in numbers.indices { columns.append(try numbers[index].finish()) }
    let scores = try scores.finish()
    if let place = schema.index(of: Self.scoreColumn), case .double = schema.fields[place].type {
      columns[place] = scores
    }
    let elements = try Column.structs(HuggingFaceDataset.messageFields, [try contents.finish(), try roles.finish()])
    columns.append(try messages.finish(elements: elements))
    defer { count = 0 }
    return try RecordBatch(schema: schema, columns: columns, rowCount: count)
  }
}
