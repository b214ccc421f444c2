import ChatTemplates
import ColumnarFiles
import Counting
import Datasets
import JSON
import ModelHub
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Analysis

/// A source that several threads read in parts gives what one thread finds in it.
@Suite("Sources in parts")
struct DividedSourceTests {
  /// How the rows of a source are stored.
  enum Form: String, CaseIterable, Sendable {
    /// An Arrow folder of one file with several record batches.
    case batches
    /// An Arrow folder of several files, one of them without rows.
    case shards
    /// A Parquet file with several row groups.
    case rowGroups
  }

  /// The rows of a source: conversations of several lengths, labels, scores and questions.
  private static func rows(_ count: Int, withSystem: Bool = false) -> [StoredRow] {
    (0..<count).map { index in
      let question = "Question \(index % 7)?"
      let answer = (0...(index * 37 % 23)).map { "word\($0)" }.joined(separator: " ")
      var row = StoredRow(
        label: ["pos", "neg", nil][index % 3], score: index % 11 == 10 ? nil : "\(index % 101)",
        messages: [("user", question), ("assistant", answer)])
      row.promptIndex = index % 5
      row.questionIndex = index % 7
      row.question = question
      if index % 6 == 1 || withSystem { row.messages.insert(("system", "Be brief, \(index % 5)."), at: 0) }
      if index % 29 == 28 { row.messages = [] }
      return row
    }
  }

  /// The sources that are read: one is counted, the template of the other raises for every row that it has messages of.
  private static func sources(_ form: Form, in folder: String) throws -> [String] {
    let counted = "qwen-3-32b__trait__calm"
    let refused = "gemma-2-27b__trait__calm"
    for (name, rows) in [(counted, rows(150)), (refused, rows(90, withSystem: true))] {
      switch form {
      case .batches: try StoredRow.write(rows, asFolder: folder + "/" + name, batchRows: 8)
      case .shards:
        try StoredRow.write(
          [Array(rows[..<20]), [], Array(rows[20..<21]), Array(rows[21...])], asFolder: folder + "/" + name,
          batchRows: 50)
      case .rowGroups: try StoredRow.write(rows, asFile: folder + "/\(name).parquet", groupRows: 12)
      }
      let source = try DatasetSource(named: name, inFolder: folder)
      #expect(try source.parts(ofBytes: 1).count > 3)
    }
    return [refused, counted]
  }

  /// Lets three threads read parts of one batch or row group each, or one thread the whole.
  private static func divide(_ scan: inout Scan.Options, _ isDivided: Bool) {
    scan.workers = isDivided ? 3 : 1
    scan.partBytes = isDivided ? 1 : .max / 4
  }

  @Test("Checkpoints, statistics and the file of lengths are the same bytes", arguments: Form.allCases)
  func statistics(form: Form) throws {
    guard try TestVocabularies.areHere(suite: "statistics of parts") else { return }
    let demo = try DemoDatasets([] as [String])
    let names = try Self.sources(form, in: demo.folder)
    var found: [[[UInt8]]] = []
    var datasets: [JSONValue?] = []
    for isDivided in [false, true] {
      let lengths = demo.document + ".lengths.parquet"
      let result = try demo.run {
        $0.lengths = lengths
        $0.groupColumns = ["question"]
        $0.force = true
        Self.divide(&$0.scan, isDivided)
      }
      #expect(result.counted == names && result.failedRows > 90)
      let store = CheckpointStore(document: demo.document)
      found.append(try names.map { try Files.read(store.path(of: $0)) } + [Files.read(lengths)])
      datasets.append(try demo.root()["datasets"])
    }
    #expect(found[0] == found[1])
    #expect(datasets[0] != nil && datasets[0] == datasets[1])
  }

  @Test("Outliers, splits and the tokens of every row are the same, in the order of the rows", arguments: Form.allCases)
  func visitors(form: Form) throws {
    guard try TestVocabularies.areHere(suite: "visitors of parts") else { return }
    let demo = try DemoDatasets([] as [String])
    _ = try Self.sources(form, in: demo.folder)
    var settings = SplitSettings(budgets: [.init(name: "train", tokens: 900), .init(name: "test", tokens: 500)])
    settings.group = .question
    settings.maximumLength = 40
    settings.allowsShort = true
    let chosen = settings
    func scan(_ isDivided: Bool) throws -> ConversationScan {
      var options = ScanOptions(datasetFolder: demo.folder)
      options.scan.optionalColumns = settings.columns
      options.hashesSources = true
      Self.divide(&options.scan, isDivided)
      return try ConversationScan(options, loadTokenizer: TestVocabularies.loader)
    }
    let (whole, parts) = try (scan(false), scan(true))
    let outliers = [whole, parts].map { scan in
      scan.run { OutlierCollector(dataset: $0.dataset, keep: 5, over: 30) }
    }
    #expect(outliers[0].count == 2)
    for (one, other) in zip(outliers[0], outliers[1]) {
      #expect(try one.result.get() == other.result.get())
      #expect(one.totals == other.totals && one.sha256 == other.sha256)
    }
    let long = try outliers[0][1].result.get().over
    #expect(long.count > 5 && outliers[0][0].totals.failed > 50)
    let splits = [whole, parts].map { scan in
      DatasetSplit(of: scan.run { _ in SplitCollector(chosen) }, settings: chosen)
    }
    #expect(splits[0].parts.map(\.rows) == splits[1].parts.map(\.rows))
    #expect(splits[0].parts.allSatisfy { !$0.rows.isEmpty })
    let record = DatasetSplit.Record(
      toolVersion: "1.0.0", tokenizers: whole.tokenizers, usualFilters: [:], dropsSystem: false)
    #expect(splits[0].manifest(record).serialized(.pretty) == splits[1].manifest(record).serialized(.pretty))
    let sums = [whole, parts].map { scan in scan.run { _ in RowKeeper() } }
    let rows = try sums.map { try $0.map { try $0.result.get().rows } }
    #expect(rows[0] == rows[1])
  }

  @Test("The tokens of rows are handed out in order while parts are read", arguments: Form.allCases)
  func stream(form: Form) throws {
    guard try TestVocabularies.areHere(suite: "a stream of parts") else { return }
    let demo = try DemoDatasets([] as [String])
    let names = try Self.sources(form, in: demo.folder)
    let tokenizer = try #require(try TestVocabularies.tokenizer(.qwen3, suite: "a stream of parts"))
    let model = LoadedModel(format: try ChatFormat(.qwen3), tokenizer: tokenizer, arguments: .init())
    let jobs = try (names + [names[0]]).map { name in
      ScanJob(source: try DatasetSource(named: name, inFolder: demo.folder), model: "qwen-3-32b")
    }
    var results: [[RowCounts]] = []
    for isDivided in [false, true] {
      let counts = Guarded([RowCounts](repeating: RowCounts(), count: jobs.count))
      let order = Guarded<[Int]>([])
      var options = Scan.Options()
      options.keepsOrder = true
      Self.divide(&options, isDivided)
      let stream = RowCountStream(jobs) { job, next in
        counts.withLock { $0[job].append(next[0]) }
        order.withLock { $0.append(job) }
      }
      let report = Scan(jobs, models: ["qwen-3-32b": model], options: options).run(stream, stop: StopFlag())
      #expect(report.results.allSatisfy { (try? $0?.get()) != nil })
      let jobsInOrder = order.withLock { $0 }
      #expect(jobsInOrder == jobsInOrder.sorted() && Set(jobsInOrder).count == jobs.count)
      results.append(counts.withLock { $0 })
    }
    #expect(results[0].map(\.tokens.count) == [90, 150, 90])
    #expect(results[0].map(\.tokens) == results[1].map(\.tokens))
    #expect(results[0].map(\.failures) == results[1].map(\.failures) && !results[0][1].failures.isEmpty)
    #expect(results[0].map(\.bytes) == results[1].map(\.bytes))
  }

  @Test("Where parts fail, the reason is that of the first, and what is finished of others stays", arguments: 0..<5)
  func failures(round: Int) throws {
    guard try TestVocabularies.areHere(suite: "parts that fail") else { return }
    let demo = try DemoDatasets([] as [String])
    let names = try Self.sources(.rowGroups, in: demo.folder)
    let result = try demo.run {
      $0.onError = .fail
      Self.divide(&$0.scan, true)
    }
    #expect(result.counted.isEmpty)
    #expect(
      result.failures == [
        InputError(.unreadable, dataset: names[0], "row 0: System role not supported"),
        InputError(.unreadable, dataset: names[1], "row 28: messages is empty"),
      ])
  }

  @Test("Rows of other labels may hold scores that cannot be read, for statistics and for counts alike")
  func unreadableScores() throws {
    guard try TestVocabularies.areHere(suite: "scores of other labels") else { return }
    let demo = try DemoDatasets([] as [String])
    let name = "qwen-3-32b__trait__calm"
    var rows = Self.rows(12)
    for (index, row) in rows.enumerated() where row.label != "pos" { rows[index].score = "high" }
    try StoredRow.write(rows, asFile: demo.folder + "/\(name).parquet", groupRows: 4, scores: .utf8)
    for filters in [ScoreFilters(label: "pos"), ScoreFilters(minimumScore: 0, label: "pos")] {
      let result = try demo.run {
        $0.query.selections = [DatasetSelection(dataset: name, filters: filters)]
        $0.force = true
      }
      let tally = try #require(result.checkpoints.first).tally
      #expect(result.failures.isEmpty && result.failedRows == 0)
      var options = ScanOptions(datasetFolder: demo.folder)
      options.query.selections = [DatasetSelection(dataset: name, filters: filters)]
      let scan = try ConversationScan(options, loadTokenizer: TestVocabularies.loader)
      let outcome = try #require(scan.run { _ in TokenSum() }.first)
      let sum = try outcome.result.get()
      #expect(outcome.totals.selected == 4 && outcome.totals.failed == 0 && outcome.totals.rows == 12)
      #expect(sum.rows == 4 && sum.rows == tally.conversations && sum.tokens == tally.tokens)
    }
    let all = try demo.run { $0.force = true }
    #expect(all.failedRows == 8, "without a choice the scores matter")
  }
}

/// A row of a dataset that a test writes.
struct StoredRow: Sendable {
  var label: String?
  /// The score as text, be it one or not.
  var score: String?
  var messages: [(role: String, content: String)]
  var promptIndex = 0
  var questionIndex = 0
  var question = ""

  private static func schema(_ scores: ColumnType) -> Schema {
    Schema([
      Field("label", .utf8), Field("extract_score", scores), Field("prompt_index", .int64),
      Field("question_index", .int64), Field("question", .utf8),
      Field("messages", .list(Field("item", .struct(HuggingFaceDataset.messageFields)))),
    ])
  }

  private static func batch(_ rows: some Sequence<StoredRow>, _ schema: Schema) throws -> RecordBatch {
    var (labels, questions, contents, roles) = (UTF8Builder(), UTF8Builder(), UTF8Builder(), UTF8Builder())
    var (texts, scores, prompts, numbers) = (UTF8Builder(), Int64Builder(), Int64Builder(), Int64Builder())
    var messages = ListBuilder()
    for row in rows {
      if let label = row.label { try labels.append(label) } else { try labels.appendNull() }
      if let score = row.score { try texts.append(score) } else { try texts.appendNull() }
      try scores.append(row.score.flatMap(Int64.init))
      try prompts.append(Int64(row.promptIndex))
      try numbers.append(Int64(row.questionIndex))
      try questions.append(row.question)
      for message in row.messages {
        try contents.append(message.content)
        try roles.append(message.role)
      }
      try messages.endRow(at: contents.count)
    }
    let count = labels.count
    let elements = try Column.structs(HuggingFaceDataset.messageFields, [contents.finish(), roles.finish()])
    let columns = try [
      labels.finish(), schema["extract_score"]?.type == .utf8 ? texts.finish() : scores.finish(), prompts.finish(),
      numbers.finish(), questions.finish(), messages.finish(elements: elements),
    ]
    return try RecordBatch(schema: schema, columns: columns, rowCount: count)
  }

  /// Writes a Parquet file with row groups of some rows each.
  static func write(
    _ rows: [StoredRow], asFile path: String, groupRows: Int, scores: ColumnType = .int64
  ) throws {
    let schema = schema(scores)
    var writer = try ParquetWriter(path: path, schema: schema, options: .init(rowGroupRows: groupRows))
    for start in stride(from: 0, to: rows.count, by: groupRows) {
      try writer.write(batch(rows[start...].prefix(groupRows), schema))
    }
    _ = try writer.finish()
  }

  /// Writes a folder of one data file with record batches of some rows each.
  static func write(_ rows: [StoredRow], asFolder path: String, batchRows: Int) throws {
    try write([rows], asFolder: path, batchRows: batchRows)
  }

  /// Writes a folder with a data file for each list of rows.
  static func write(_ shards: [[StoredRow]], asFolder path: String, batchRows: Int) throws {
    let schema = schema(.int64)
    try Files.makeDirectories(path)
    var names: [String] = []
    for (number, rows) in shards.enumerated() {
      names.append("data-\(number).arrow")
      var writer = try ArrowStreamWriter(path: path + "/data-\(number).arrow", schema: schema)
      for start in stride(from: 0, to: rows.count, by: batchRows) {
        try writer.write(batch(rows[start...].prefix(batchRows), schema))
      }
      _ = try writer.finish()
    }
    try AtomicFile.write(
      HuggingFaceDataset.state(files: names, fingerprint: "0123456789abcdef"), to: path + "/state.json")
  }
}
