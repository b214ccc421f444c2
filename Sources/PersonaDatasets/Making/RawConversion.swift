internal import ColumnarFiles
internal import FileStore
internal import TokenStatistics

/// Turns the raw records of one dataset into rows.
///
/// Memory holds the key of each record and all scores, and of the texts a batch at a time.
struct RawConversion {
  let job: GenerationJob
  let recipe: DatasetRecipe
  private let scores: ScoreTable
  private(set) var contents = MadeDataset.Contents()
  /// The lines on which records were seen, to find those with the same key.
  private var lines: [RecordKey: Int] = [:]

  /// Rows of a batch, as `save_to_disk` writes them.
  private static let batchRows = ArrowStreamWriter.usualBatchSize
  /// Bytes of text after which a batch ends early, so that long conversations do not fill the memory.
  private static let batchBytes = 16 << 20

  init(_ job: GenerationJob, recipe: DatasetRecipe, scores: ScoreTable) {
    self.job = job
    self.recipe = recipe
    self.scores = scores
    lines.reserveCapacity(scores.scores.count)
  }

  /// Reads all records and writes the rows that pass the filters.
  ///
  /// - Parameters:
  ///   - hasScores: whether the column of scores holds numbers.
  ///   - writer: made when there are rows to write, and only then.
  ///   - makeWriter: makes it.
  /// - Returns: the hash of the records' file.
  /// - Throws: `DatasetError` where a file cannot be read or written, or a line is damaged and those are not to be skipped.
  mutating func run(
    hasScores: Bool, writer: inout DatasetWriter?, makeWriter: () throws(DatasetError) -> DatasetWriter
  ) throws(DatasetError) -> UInt64 {
    var builders = RowBuilders(job: job, version: recipe.schema, hasScores: hasScores)
    var record = RawRecord()
    var reader = try unreadable { () throws(FileError) in try RecordReader(path: job.persona.recordsPath) }
    while let entry = try unreadable({ () throws(FileError) in try reader.next(into: &record) }) {
      switch entry {
      case .damaged(let fault): addDamage(fault, line: reader.lineNumber)
      case .record:
        let key = record.key
        let score = scores.scores[key]
        guard isWanted(record, key, score, line: reader.lineNumber) else { continue }
        // Rows behind a damaged line are only checked: the dataset will not be written.
        guard recipe.skipsBadLines || contents.report.damagedLineCount == 0 else { continue }
        try append(record, key, score, to: &builders)
        if builders.count >= Self.batchRows || builders.textBytes >= Self.batchBytes {
          try flush(&builders, to: &writer, makeWriter)
        }
      }
    }
    try checkDamage()
    if builders.count > 0 { try flush(&builders, to: &writer, makeWriter) }
    reportScores()
    return reader.contentHash
  }

  /// Counts what is odd about a record; tells whether it becomes a row.
  private mutating func isWanted(_ record: borrowing RawRecord, _ key: RecordKey, _ score: Int?, line: Int) -> Bool {
    let first = Self.setIfZero(&lines[key, default: 0], to: line)
    if first != line {
      contents.report.duplicates += 1
      Self.keep("\(key) (lines \(first) and \(line))", in: &contents.report.duplicateExamples)
    }
    contents.report.messagesWithMore += record.messagesWithMore
    guard !record.messages.isEmpty else {
      contents.report.emptyConversations += 1
      return false
    }
    return recipe.filters.includes(score: score.map { .value($0) } ?? .none, label: key.label)
  }

  private mutating func append(
    _ record: borrowing RawRecord, _ key: RecordKey, _ score: Int?, to builders: inout RowBuilders
  ) throws(DatasetError) {
    do throws(ColumnarFileError) {
      try builders.append(record, score: score)
    } catch { throw DatasetError(.unwritable, dataset: job.name.description, error.description) }
    if contents.rows == 0 { contents.sample = sample(record, score: score) }
    contents.rows += 1
    contents.scoredRows += score == nil ? 0 : 1
    contents.contentBytes += record.messages.reduce(0) { $0 + $1.content.count }
    contents.count(label: key.label)
  }

  private func flush(
    _ builders: inout RowBuilders, to writer: inout DatasetWriter?,
    _ makeWriter: () throws(DatasetError) -> DatasetWriter
  ) throws(DatasetError) {
    let batch: RecordBatch
    do throws(ColumnarFileError) { batch = try builders.finishBatch() } catch {
      throw DatasetError(.unwritable, dataset: job.name.description, error.description)
    }
    if writer == nil { writer = try makeWriter() }
    try writer?.write(batch)
  }

  private mutating func addDamage(_ fault: RecordFault, line: Int) {
    contents.report.damagedLineCount += 1
    let place = fault.column.map { "byte \($0): " } ?? ""
    Self.keep(
      RawReport.DamagedLine(path: job.persona.recordsPath, line: line, message: place + fault.reason),
      in: &contents.report.damagedLines)
  }

  private func checkDamage() throws(DatasetError) {
    let report = contents.report
    guard report.damagedLineCount > 0, !recipe.skipsBadLines else { return }
    let more = report.damagedLineCount - report.damagedLines.count
    let lines = report.damagedLines.map(\.description) + (more > 0 ? ["and \(more) more"] : [])
    throw DatasetError(
      .unreadable, dataset: job.name.description,
      "\(lines.joined(separator: "; ")); mend the file or leave damaged lines out with --skip-bad-lines")
  }

  /// Takes over what is odd about the scores.
  private mutating func reportScores() {
    contents.report.refusals = scores.refusalCount
    contents.report.nullScores = scores.nullCount
    contents.report.unreadableScores = scores.unreadable
    let range = job.name.type.scoreRange
    let outside = scores.scores.filter { !range.contains($0.value) }.map { "\($0.key) = \($0.value)" }
    contents.report.outOfRangeScores = outside.sorted()
    let unused = (Array(scores.scores.keys) + Array(scores.scoreless)).filter { lines[$0] == nil }.map(\.description)
    contents.report.unusedScores = unused.count + scores.oddKeys.count
    contents.report.unusedScoreExamples = Array((scores.oddKeys + unused).sorted().prefix(RawReport.exampleLimit))
  }

  private func unreadable<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(DatasetError) -> Result {
    do throws(FileError) { return try body() } catch {
      throw DatasetError(.unreadable, dataset: job.name.description, error.description)
    }
  }

  /// Sets a number that is 0 still; returns what it is then. One search of a dictionary is enough for both.
  private static func setIfZero(_ number: inout Int, to value: Int) -> Int {
    if number == 0 { number = value }
    return number
  }

  private static func keep<Example>(_ example: Example, in examples: inout [Example]) {
    if examples.count < RawReport.exampleLimit { examples.append(example) }
  }
}
