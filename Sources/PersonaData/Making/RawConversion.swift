import ColumnarFiles
import Datasets
import JSON
import Support
import TokenStatistics

/// Turns the raw records of one dataset into rows.
///
/// Memory holds one batch of texts at a time, and no keys of records: those are in the table of scores.
struct RawConversion {
  let job: GenerationJob
  let recipe: DatasetRecipe
  private(set) var contents = MadeDataset.Contents()
  private var tally = LabelTally()

  /// Rows of a batch, as `save_to_disk` writes them.
  private static let batchRows = ArrowStreamWriter.usualBatchSize
  /// Bytes of text after which a batch ends early, so that long conversations do not fill the memory.
  private static let batchBytes = 16 << 20

  init(_ job: GenerationJob, recipe: DatasetRecipe) {
    self.job = job
    self.recipe = recipe
  }

  /// Reads all records and writes the rows that pass the filters.
  ///
  /// - Parameters:
  ///   - scores: the records' scores; no record must have been noted in it.
  ///   - hasScores: whether the column of scores holds numbers.
  ///   - writer: made when there are rows to write, and only then.
  ///   - makeWriter: makes it.
  /// - Returns: the hash of the records' file.
  /// - Throws: `InputError` if a file cannot be read or written, or a line is damaged and those are not to be skipped.
  mutating func run(
    _ scores: inout ScoreTable, hasScores: Bool, writer: inout DatasetWriter?,
    makeWriter: () throws(InputError) -> DatasetWriter
  ) throws(InputError) -> UInt64 {
    var builders = RowBuilders(job: job, version: recipe.schema, hasScores: hasScores)
    var record = RawRecord()
    var reader = try unreadable { () throws(FileError) in try RecordReader(path: job.persona.recordsPath) }
    while let entry = try unreadable({ () throws(FileError) in try reader.next(into: &record) }) {
      switch entry {
      case .damaged(let fault): addDamage(fault, line: reader.lineNumber)
      case .record:
        let seen = try note(record, line: reader.lineNumber, in: &scores)
        guard isWanted(record, seen, scores.labels, line: reader.lineNumber) else { continue }
        // Rows after a damaged line are only checked: the dataset will not be written.
        guard recipe.skipsBadLines || contents.report.damagedLineCount == 0 else { continue }
        // A long conversation becomes a batch of its own, so that its text is in memory only once.
        let isLong = record.text.count >= Self.batchBytes
        if isLong, builders.count > 0 { try flush(&builders, to: &writer, makeWriter) }
        try append(record, seen, to: &builders)
        record.release()
        if builders.count >= Self.batchRows || builders.textBytes >= Self.batchBytes {
          try flush(&builders, to: &writer, makeWriter)
        }
        if isLong { builders = RowBuilders(job: job, version: recipe.schema, hasScores: hasScores) }
      }
    }
    try checkDamage()
    if builders.count > 0 { try flush(&builders, to: &writer, makeWriter) }
    contents.labels = tally.counts(scores.labels)
    reportScores(scores)
    return reader.contentHash
  }

  private func note(
    _ record: borrowing RawRecord, line: Int, in scores: inout ScoreTable
  ) throws(InputError) -> ScoreTable.Sighting {
    try scores.note(
      label: record.text.span.extracting(record.label), promptIndex: record.promptIndex,
      questionIndex: record.questionIndex, line: line, of: job.persona.recordsPath)
  }

  /// Counts what is odd about a record; says whether it becomes a row.
  private mutating func isWanted(
    _ record: borrowing RawRecord, _ seen: ScoreTable.Sighting, _ labels: LabelTable, line: Int
  ) -> Bool {
    if seen.firstLine != line { addDuplicate(record, seen, labels, line: line) }
    contents.report.messagesWithMore += record.messagesWithMore
    guard !record.messages.isEmpty else {
      contents.report.emptyConversations += 1
      return false
    }
    return recipe.filters.includes(
      score: seen.score.map { .value($0) } ?? .none, label: labels.labels[seen.label])
  }

  private mutating func addDuplicate(
    _ record: borrowing RawRecord, _ seen: ScoreTable.Sighting, _ labels: LabelTable, line: Int
  ) {
    contents.report.duplicates += 1
    let key = RecordKey(label: seen.label, promptIndex: record.promptIndex, questionIndex: record.questionIndex)
    Self.keep(
      "\(ScoreTable.name(key, labels.labels)) (lines \(seen.firstLine) and \(line))",
      in: &contents.report.duplicateExamples)
  }

  private mutating func append(
    _ record: borrowing RawRecord, _ seen: ScoreTable.Sighting, to builders: inout RowBuilders
  ) throws(InputError) {
    do throws(FileError) {
      try builders.append(record, score: seen.score)
    } catch { throw InputError(.unwritable, dataset: job.name.description, error.description) }
    if contents.rows == 0 { contents.sample = sample(record, score: seen.score) }
    contents.rows += 1
    contents.scoredRows += seen.score == nil ? 0 : 1
    contents.contentBytes += record.messages.reduce(0) { $0 + $1.content.count }
    tally.add(seen.label)
  }

  private func flush(
    _ builders: inout RowBuilders, to writer: inout DatasetWriter?,
    _ makeWriter: () throws(InputError) -> DatasetWriter
  ) throws(InputError) {
    let batch: RecordBatch
    do throws(FileError) { batch = try builders.finishBatch() } catch {
      throw InputError(.unwritable, dataset: job.name.description, error.description)
    }
    if writer == nil { writer = try makeWriter() }
    try writer?.write(batch)
  }

  private mutating func addDamage(_ fault: FileError, line: Int) {
    contents.report.damagedLineCount += 1
    let place = fault.offset.map { "byte \($0 + 1): " } ?? ""
    Self.keep(
      RawReport.DamagedLine(path: job.persona.recordsPath, line: line, message: place + fault.reason),
      in: &contents.report.damagedLines)
  }

  private func checkDamage() throws(InputError) {
    let report = contents.report
    guard report.damagedLineCount > 0, !recipe.skipsBadLines else { return }
    let more = report.damagedLineCount - report.damagedLines.count
    let lines = report.damagedLines.map(\.description) + (more > 0 ? ["and \(more) more"] : [])
    throw InputError(
      .unreadable, dataset: job.name.description,
      "\(lines.joined(separator: "; ")); mend the file or leave damaged lines out with --skip-bad-lines")
  }

  /// Takes over what is odd about the scores.
  private mutating func reportScores(_ scores: borrowing ScoreTable) {
    let (outside, unused) = scores.survey(job.name.kind.scoreScale?.range ?? Int.min...Int.max)
    contents.report.refusals = scores.refusalCount
    contents.report.nullScores = scores.nullCount
    contents.report.unreadableScores = scores.unreadableCount
    contents.report.unreadableScoreExamples = scores.unreadableExamples
    contents.report.outOfRangeScores = outside.count
    contents.report.outOfRangeScoreExamples = outside.texts
    contents.report.unusedScores = unused.count
    contents.report.unusedScoreExamples = unused.texts
  }

  private func unreadable<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(InputError) -> Result {
    do throws(FileError) { return try body() } catch {
      throw InputError(.unreadable, dataset: job.name.description, error.description)
    }
  }

  private static func keep<Example>(_ example: Example, in examples: inout [Example]) {
    if examples.count < RawReport.exampleLimit { examples.append(example) }
  }
}

extension RawConversion {
  /// The bytes of text, and the messages, that a sample may have: nobody reads more, and a record may fill the memory.
  private static let sampleLimits = (bytes: 1 << 20, messages: 1000)

  /// A row as one JSON object, to be shown; of a very long one the beginning of its texts.
  func sample(_ record: borrowing RawRecord, score: Int?) -> String {
    let text = record.text
    var room = Self.sampleLimits.bytes
    let string = { (range: Range<Int>?) -> JSONValue in
      guard let range else { return .null }
      var shown = text[range].prefix(room)
      room -= shown.count
      guard shown.count < range.count else { return .string(String(decoding: shown, as: UTF8.self)) }
      // Not within a character.
      while shown.last.map({ $0 & 0x80 != 0 }) == true, shown.popLast().map({ $0 & 0xC0 == 0x80 }) == true {}
      return .string(String(decoding: shown, as: UTF8.self) + " ...")
    }
    let (systemPrompt, label, question) = (string(record.systemPrompt), string(record.label), string(record.question))
    let messages = record.messages.prefix(Self.sampleLimits.messages).map { message in
      JSONValue.object(JSONObject([("role", string(message.role)), ("content", string(message.content))]))
    }
    let name = job.name
    var row = JSONObject([("model", .string(name.model)), (name.kind.rawValue, .string(name.subject))])
    if recipe.schema == .v2 { row["dataset_type"] = .string(name.kind.rawValue) }
    row["system_prompt"] = systemPrompt
    row["label"] = label
    row["prompt_index"] = .number(record.promptIndex)
    row["question_index"] = .number(record.questionIndex)
    row["question"] = question
    row["messages"] = .array(messages)
    row["extract_score"] = score.map { .number($0) } ?? .null
    return String(decoding: JSONValue.object(row).serialized(), as: UTF8.self)
  }
}
