import Analysis
import Counting
import Datasets
import Histograms
import JSON
import Reports
import Support
import TokenStatistics

/// What `analyze` says at the end: a table, where things are, a conclusion, and every failure.
struct AnalysisReport {
  /// Rows of one dataset that are named in messages.
  private static let namedRows = 10
  /// Datasets up to which several rows of each are named, and up to which one is.
  private static let namedDatasets = 3
  private static let listedDatasets = 10

  /// Why plots are missing, by dataset.
  var plotFailures: PlotBatch.Failures = [:]
  /// Where the time went, where that was asked for.
  var timing: AnalysisTimingReport?

  private let result: AnalysisResult
  private let statistics: String
  private let lengths: String?
  private let pictures: String?
  private let overviews: [LengthOverview]
  private let models: [LengthOverview]

  /// - Parameters:
  ///   - result: what became of the analysis.
  ///   - statistics: the path of the statistics file.
  ///   - lengths: the path of the file of lengths, if one is wanted.
  ///   - pictures: The folder of the plots, if there are any.
  init(_ result: AnalysisResult, statistics: String, lengths: String?, pictures: String?) {
    self.result = result
    self.statistics = statistics
    self.lengths = lengths
    self.pictures = pictures
    var byType: [String: LengthOverview] = [:]
    var byModel: [String: LengthOverview] = [:]
    let copies = Set(result.document.copies.map { TextKey($0.dataset) })
    for profile in result.checkpoints.map(\.profile) where !copies.contains(TextKey(profile.dataset)) {
      let title = "\(profile.model) \(profile.kind.rawValue)s"
      byType[title, default: LengthOverview(title: title)].add(profile)
      byModel[profile.model, default: LengthOverview(title: profile.model)].add(profile)
    }
    overviews = byType.values.sorted { $0.title < $1.title }
    models = byModel.values.sorted { $0.title < $1.title }
  }

  /// In which form the result is printed.
  enum Form {
    case json, tabSeparated
    case table(isWide: Bool)
  }

  /// Prints the result to standard output.
  func print(_ form: Form) throws(CommandFailure) {
    var output = StandardOutput()
    switch form {
    case .json: try output.writeLine(json.serialized(.pretty))
    case .tabSeparated: try output.write(bytes: table.tabSeparated)
    case .table(let isWide):
      if !overviews.isEmpty { try printTable(to: &output, isWide: isWide) }
      try output.writeLine("statistics: \(statistics)")
      if let lengths, result.lengthsRows != nil { try output.writeLine("lengths:    \(lengths)") }
      if let pictures, !result.isInterrupted { try output.writeLine("pictures:   \(pictures)") }
      if let timing { try output.writeLine(JSONValue.object(JSONObject([timing.member])).serialized()) }
    }
    try output.flush()
  }

  private var table: ResultTable {
    var table = ResultTable(LengthOverview.columns)
    for overview in overviews { table.add(overview.cells) }
    return table
  }

  private func printTable(to output: inout StandardOutput, isWide: Bool) throws(CommandFailure) {
    try output.write(table, isWide: isWide)
    try output.writeLine("")
    let rules = PolicyTable(result.checkpoints, except: Set(result.document.copies.map { TextKey($0.dataset) }))
    if rules.table.count > 0 {
      try output.write(rules.table, isWide: isWide)
      try output.writeLine("")
    }
    for line in models.compactMap(\.conclusion) { try output.writeLine(line) }
    for line in times { try output.writeLine(line) }
    let copies = copies
    if copies.count > Self.namedDatasets {
      let named = NameList.short(copies.map { "\($0.dataset) (of \($0.original))" })
      try output.writeLine("\(copies.count) datasets are not in these sums: they hold rows of others: \(named)")
    } else {
      for copy in copies {
        try output.writeLine("\(copy.dataset) is not in these sums: it holds rows of \(copy.original)")
      }
    }
    try output.writeLine("")
  }

  /// Names every failure on standard error and ends the command with the status that belongs to them.
  func end() throws(CommandFailure) {
    Messages.errors(result.failures)
    for (dataset, reason) in plotFailures.sorted(by: { $0.key < $1.key }) {
      Messages.error("\(dataset): the picture is missing: \(reason)")
    }
    for sentence in FindingNotices(result.checkpoints, statistics: statistics).sentences { Messages.notice(sentence) }
    warn()
    if let lengths, result.lengthsRows == nil { Messages.warning("\(lengths) was not written: not all was counted") }
    if result.isInterrupted {
      throw CommandFailure(
        "interrupted; \(result.checkpoints.count) finished datasets are kept, the next run goes on from there",
        status: .interrupted)
    }
    var parts: [String] = []
    if !result.failures.isEmpty { parts.append(Self.count(result.failures.count, "dataset") + " failed") }
    if result.failedRows > 0 { parts.append(Self.count(result.failedRows, "row") + " left out") }
    if !plotFailures.isEmpty { parts.append(Self.count(plotFailures.count, "picture") + " missing") }
    guard !parts.isEmpty else { return }
    throw CommandFailure(
      parts.joined(separator: ", ") + "; repair the data and run again: what is done is taken over",
      status: .partialFailure)
  }

  /// What time the templates that ask for it were told, as their texts depend on it.
  private var times: [String] {
    let told = result.checkpoints.compactMap { checkpoint in
      checkpoint.fingerprint.options.tokenizer.now.map {
        "\(checkpoint.identity.model): the template was told the time \($0)"
      }
    }
    return Set(told).sorted()
  }

  /// The datasets of this run whose rows other datasets hold as well.
  private var copies: [(dataset: String, original: String)] {
    let counted = Set(result.checkpoints.map { TextKey($0.identity.dataset) })
    return result.document.copies.filter { counted.contains(TextKey($0.dataset)) }
  }

  /// Names the rows that were left out: of a few datasets the first rows each, of many the first row each.
  private func warn() {
    let failed = result.checkpoints.filter { $0.tally.failedRows > 0 }
    guard failed.count > Self.namedDatasets else { return failed.forEach(warn(of:)) }
    for checkpoint in failed.prefix(Self.listedDatasets) {
      let rows = Self.count(checkpoint.tally.failedRows, "row")
      guard let first = checkpoint.tally.failures.first else { continue }
      Messages.warning(
        "\(checkpoint.identity.dataset): \(rows) left out, first row \(first.row)\(first.kind.place): \(first.message)"
      )
    }
    let others = failed.dropFirst(Self.listedDatasets)
    if !others.isEmpty {
      let rows = Self.count(others.reduce(0) { $0 + $1.tally.failedRows }, "row")
      Messages.warning(
        "\(NameList.short(others.map(\.identity.dataset))): \(rows) left out, too; \(statistics) names them (error_details)"
      )
    }
  }

  private func warn(of checkpoint: Checkpoint) {
    for failure in checkpoint.tally.failures.prefix(Self.namedRows) {
      let place = "\(checkpoint.identity.dataset), row \(failure.row)\(failure.kind.place)"
      Messages.warning("\(place): \(failure.message); the row is left out")
    }
    let unnamed = checkpoint.tally.failedRows - min(Self.namedRows, checkpoint.tally.failures.count)
    if unnamed > 0 {
      Messages.warning("\(checkpoint.identity.dataset): \(unnamed) more rows are left out; \(statistics) names them")
    }
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(NumberFormat.grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  private var json: JSONValue {
    .object(
      JSONObject(
        [
          ("statistics", .string(statistics)), ("pictures", pictures.map(JSONValue.string) ?? .null),
          ("counted", .number(result.counted.count)), ("taken_over", .number(result.reused.count)),
          ("copies", .object(JSONObject(copies.map { ($0.dataset, .string($0.original)) }))),
          ("failed", .array(result.failures.map { .string($0.description) })),
          ("failed_rows", .number(result.failedRows)),
          ("lengths", result.lengthsRows == nil ? .null : lengths.map(JSONValue.string) ?? .null),
          ("models", .object(JSONObject(models.map { ($0.title, $0.json) }))),
        ] + (timing.map { [$0.member] } ?? [])))
  }
}

extension RowFailure.Kind {
  /// What such a failure is about, behind the row; empty where its message names the column.
  fileprivate var place: String {
    switch self {
    case .template: ", chat template"
    case .messages, .score: ""
    }
  }
}

/// What `analyze --timing` prints: where the time of a run went.
///
/// Seconds of phases that several threads share are sums over the threads; `seconds` of a part is time that passed.
struct AnalysisTimingReport {
  /// What the analysis measured.
  var analysis = AnalysisTimings()
  /// The threads that drew, and the seconds until the last was done.
  var pictures: (threads: [PlotTimes], seconds: Double)?
  /// Writing the statistics file again, with the places of the plots.
  var recording = 0.0
  /// The whole command.
  var total = 0.0

  /// The member that the timing adds to the result.
  var member: (String, JSONValue) {
    var members = [
      ("total_seconds", Self.seconds(total)), ("scan_seconds", Self.seconds(analysis.scanning)),
      ("load_seconds", Self.seconds(analysis.loading)), ("counting", counting),
    ]
    if let pictures { members.append(("drawing", Self.drawing(pictures.threads, seconds: pictures.seconds))) }
    members.append(("write_seconds", Self.seconds(analysis.writing + recording)))
    return ("timing", .object(JSONObject(members)))
  }

  private var counting: JSONValue {
    let all = analysis.allWorkers
    let workers = analysis.workers.map { worker in
      Self.thread(elapsed: worker.elapsed, processor: worker.processor, waiting: worker.waiting)
    }
    return .object(
      JSONObject([
        ("seconds", Self.seconds(analysis.working)), ("read_seconds", Self.seconds(all.reading)),
        ("render_seconds", Self.seconds(all.rendering)), ("count_seconds", Self.seconds(all.counting)),
        ("hash_seconds", Self.seconds(all.hashing)), ("save_seconds", Self.seconds(all.saving)),
        ("waiting_seconds", Self.seconds(all.waiting)), ("workers", .array(workers)),
      ]))
  }

  private static func drawing(_ threads: [PlotTimes], seconds: Double) -> JSONValue {
    let workers = threads.map { thread(elapsed: $0.elapsed, processor: $0.processor, waiting: $0.waiting) }
    return .object(
      JSONObject([
        ("seconds", Self.seconds(seconds)), ("pictures", .number(threads.reduce(0) { $0 + $1.plots })),
        ("unchanged", .number(threads.reduce(0) { $0 + $1.kept })),
        ("draw_seconds", Self.seconds(threads.reduce(0) { $0 + $1.drawing })),
        ("write_seconds", Self.seconds(threads.reduce(0) { $0 + $1.writing })),
        ("waiting_seconds", Self.seconds(threads.reduce(0) { $0 + $1.waiting })), ("workers", .array(workers)),
      ]))
  }

  /// A thread: how long it worked, the share of that time and of its waiting that it was running, and its waiting.
  private static func thread(elapsed: Double, processor: Double, waiting: Double) -> JSONValue {
    let whole = elapsed + waiting
    return .object(
      JSONObject([
        ("seconds", seconds(elapsed)), ("processor_seconds", seconds(processor)),
        ("busy_share", .double(whole > 0 ? (processor / whole * 1000).rounded() / 1000 : 0)),
        ("waiting_seconds", seconds(waiting)),
      ]))
  }

  private static func seconds(_ value: Double) -> JSONValue { .double((value * 1e6).rounded() / 1e6) }
}
