import ColumnarFiles
import Datasets
import JSON
import Support
import TokenStatistics

/// The columns of a dataset that is made.
public enum DatasetSchema: String, Sendable, Hashable, CaseIterable {
  /// The columns of the converter that wrote the original datasets.
  case v1
  /// The same columns and `dataset_type`, as a later version of the converter wrote them.
  case v2
}

extension DatasetSchema {
  /// The fields in the order of the original, with the note that tells the `datasets` library the features.
  ///
  /// - Parameters:
  ///   - type: names the column of the persona.
  ///   - hasScores: whether any row has a score; a column without any is of type null, as pyarrow infers it.
  func arrowSchema(type: DatasetKind, hasScores: Bool) -> Schema {
    HuggingFaceDataset.schema(fields(type: type, hasScores: hasScores))
  }

  private func fields(type: DatasetKind, hasScores: Bool) -> [Field] {
    var fields = [Field("model", .utf8), Field(type.rawValue, .utf8)]
    if self == .v2 { fields.append(Field("dataset_type", .utf8)) }
    return fields + [
      Field("system_prompt", .utf8), Field("label", .utf8), Field("prompt_index", .int64),
      Field("question_index", .int64), Field("question", .utf8),
      Field("messages", .list(Field("item", .struct(HuggingFaceDataset.messageFields)))),
      Field("extract_score", hasScores ? .int64 : .null),
    ]
  }
}

/// Builds the columns of a dataset, a batch at a time.
struct RowBuilders {
  /// Number of rows since the last batch.
  private(set) var count = 0
  /// Bytes of text since the last batch.
  private(set) var textBytes = 0

  private let schema: Schema
  private let job: GenerationJob
  private let version: DatasetSchema
  private let hasScores: Bool

  private var model = UTF8Builder()
  private var persona = UTF8Builder()
  private var type = UTF8Builder()
  private var systemPrompt = UTF8Builder()
  private var label = UTF8Builder()
  private var promptIndex = Int64Builder()
  private var questionIndex = Int64Builder()
  private var question = UTF8Builder()
  private var contents = UTF8Builder()
  private var roles = UTF8Builder()
  private var messages = ListBuilder()
  private var scores = Int64Builder()

  init(job: GenerationJob, version: DatasetSchema, hasScores: Bool) {
    self.job = job
    self.version = version
    self.hasScores = hasScores
    schema = version.arrowSchema(type: job.name.kind, hasScores: hasScores)
  }

  /// Adds a row.
  mutating func append(_ record: borrowing RawRecord, score: Int?) throws(FileError) {
    let text = record.text.span
    try model.append(job.name.model)
    try persona.append(job.name.subject)
    if version == .v2 { try type.append(job.name.kind.rawValue) }
    try Self.append(record.systemPrompt, of: text, to: &systemPrompt)
    try label.append(text.extracting(record.label))
    try promptIndex.append(Int64(record.promptIndex))
    try questionIndex.append(Int64(record.questionIndex))
    try Self.append(record.question, of: text, to: &question)
    for message in record.messages {
      try contents.append(text.extracting(message.content))
      try roles.append(text.extracting(message.role))
    }
    try messages.endRow(at: contents.count)
    if hasScores { try scores.append(score.map { Int64($0) }) }
    count += 1
    textBytes += text.byteCount
  }

  /// The rows since the last batch; the next batch begins.
  mutating func finishBatch() throws(FileError) -> RecordBatch {
    var columns = [try model.finish(), try persona.finish()]
    if version == .v2 { columns.append(try type.finish()) }
    let elements = try Column.structs(
      HuggingFaceDataset.messageFields, [try contents.finish(), try roles.finish()])
    columns += [
      try systemPrompt.finish(), try label.finish(), try promptIndex.finish(), try questionIndex.finish(),
      try question.finish(), try messages.finish(elements: elements),
      hasScores ? try scores.finish() : Column.nulls(count),
    ]
    defer {
      count = 0
      textBytes = 0
    }
    return try RecordBatch(schema: schema, columns: columns, rowCount: count)
  }

  private static func append(
    _ range: Range<Int>?, of text: RawSpan, to builder: inout UTF8Builder
  ) throws(FileError) {
    if let range { try builder.append(text.extracting(range)) } else { try builder.appendNull() }
  }
}
