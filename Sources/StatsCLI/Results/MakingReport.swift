import Analysis
import Counting
import Datasets
import PersonaData
import Reports
import Support
import TokenStatistics

/// What a run of `generate` made, by model and type.
struct GenerationSummary {
  private struct Group {
    var made = 0
    var unchanged = 0
    var empty = 0
    var failed = 0
    var rows = 0
    var folderBytes = 0
    var fileBytes = 0
  }

  private var groups: [(model: String, type: DatasetKind, group: Group)] = []
  private let failures: [InputError]
  private let directory: String

  init(_ outcomes: [DatasetGenerator.Outcome], failures: [InputError], directory: String) {
    self.failures = failures
    self.directory = directory
    for outcome in outcomes { add(outcome) }
  }

  /// Whether a dataset could not be made for another reason than filters that leave nothing.
  var hasFailures: Bool { !failures.isEmpty || groups.contains { $0.group.failed > 0 } }

  /// Whether there is no dataset at all.
  var isEmpty: Bool { groups.allSatisfy { $0.group.made + $0.group.unchanged == 0 } }

  /// What was made, a line for each model and type.
  private var table: ResultTable {
    var table = ResultTable([
      .text("model"), .text("type"), .number("made"), .number("unchanged", importance: .medium),
      .number("empty", importance: .medium), .number("failed"), .number("rows"),
      .number("folder_bytes", title: "folder bytes", importance: .low),
      .number("parquet_bytes", title: "Parquet bytes", importance: .low),
    ])
    for (model, type, group) in groups {
      let counts = [
        group.made, group.unchanged, group.empty, group.failed, group.rows, group.folderBytes, group.fileBytes,
      ]
      table.add([.text(model), .text(type.rawValue)] + counts.map { .integer($0) })
    }
    return table
  }

  /// Prints the summary.
  func print(_ form: TableFormOptions) throws(CommandFailure) {
    Messages.errors(failures)
    var output = StandardOutput()
    try form.print(table, to: &output)
    if !isEmpty, !form.tsv { try output.writeLine("datasets are in \(directory)") }
    try output.flush()
  }

  private mutating func add(_ outcome: DatasetGenerator.Outcome) {
    let name = outcome.job.name
    let index =
      groups.firstIndex { $0.model == name.model && $0.type == name.kind } ?? groups.count
    if index == groups.count { groups.append((name.model, name.kind, Group())) }
    switch outcome.result {
    case .failure(let error) where error.kind == .nothingFound: groups[index].group.empty += 1
    case .failure: groups[index].group.failed += 1
    case .success(let made):
      groups[index].group.made += made.contents == nil ? 0 : 1
      groups[index].group.unchanged += made.contents == nil ? 1 : 0
      groups[index].group.rows += made.contents?.rows ?? 0
      groups[index].group.folderBytes += made.folderBytes
      groups[index].group.fileBytes += made.fileBytes
    }
  }
}

/// How balanced a trait's two sides are, in rows and in tokens.
struct PairBalance {
  private let outcomes: [ConversationScan.Outcome<TokenSum>]

  /// Counts both datasets; rows that fail are named and left out.
  init(_ made: [MadeDataset], model: LoadedModel) throws(CommandFailure) {
    do throws(InputError) {
      let jobs = try made.map { (made) throws(InputError) in
        ScanJob(source: try DatasetSource(path: made.folder, name: made.name))
      }
      let models = Dictionary(jobs.map { ($0.model, model) }, uniquingKeysWith: { first, _ in first })
      var options = ScanOptions(datasetFolder: "")
      options.scan.workers = jobs.count
      let outcomes = ConversationScan(jobs, models: models, options: options).run(stop: Interruption.flag) { _ in
        TokenSum()
      }
      for outcome in outcomes { _ = try outcome.result.get() }
      self.outcomes = made.compactMap { made in outcomes.first { $0.job.source.name == made.name } }
    } catch {
      throw CommandFailure(error)
    }
  }

  /// The balance as a table.
  var table: ResultTable {
    var table = ResultTable([
      .text("side"), .number("rows"), .number("tokens"), .number("token_share", title: "share of tokens"),
    ])
    let sides = outcomes.map { (name: $0.identity.dataset, sum: (try? $0.result.get()) ?? TokenSum()) }
    let total = sides.reduce(0) { $0 + $1.sum.tokens }
    for side in sides {
      table.add([
        .text(side.name), .integer(side.sum.rows), .integer(side.sum.tokens),
        .text(NumberFormat.share(side.sum.tokens, of: total)),
      ])
    }
    return table
  }

  /// Names the rows that failed, and ends the command with the status that belongs to them.
  func end() throws(CommandFailure) {
    var failures = ScanFailures()
    _ = failures.summaries(of: outcomes)
    try failures.end()
  }
}
