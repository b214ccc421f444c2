import TokenStatistics
import Analysis
import Counting
import Datasets
import PersonaData
import Reports
import Support

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
  var lines: [String] {
    var table = ResultTable([
      .text("side"), .number("rows"), .number("tokens"), .number("token_share", title: "share of tokens"),
    ])
    let sides = outcomes.map { (name: $0.identity.dataset, sum: (try? $0.result.get()) ?? TokenSum()) }
    let total = sides.reduce(0) { $0 + $1.sum.tokens }
    for side in sides {
      table.add([
        .text(side.name), .integer(side.sum.rows), .integer(side.sum.tokens), .text(NumberFormat.share(side.sum.tokens, of: total)),
      ])
    }
    return table.lines(width: nil)
  }

  /// Names the rows that failed, and ends the command with the status that belongs to them.
  func end() throws(CommandFailure) {
    var failures = ScanFailures()
    _ = failures.summaries(of: outcomes)
    try failures.end()
  }
}
