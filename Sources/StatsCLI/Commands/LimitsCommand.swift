import Analysis
import ArgumentParser
import Counting
import Reports
import Support
import TokenStatistics

/// Says what strategies keep of conversations that are longer than a limit.
struct LimitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limits",
    abstract: "Say what a length limit costs, and what each strategy keeps of longer conversations.",
    discussion: """
      Strategies: drop leaves longer conversations out, keep_start and keep_end cut them, oldest_turns leaves out their \
      first turns and renders the rest anew, split makes as many sequences of them as they need. From a statistics \
      file, all conversations of a model together, from their exact counts (FILE.partials); what these do not tell is \
      left open: which tokens of longer conversations are trained, but for keep_start and split, and where turns \
      begin. From data, everything is counted.

      Examples:
        tokenstats limits persona_token_stats.json --max-length 2048,4096
        tokenstats limits chats.jsonl --model Qwen/Qwen3-8B --max-length 4k
      """)

  @Argument(
    help: ArgumentHelp(
      "A statistics file, or datasets by name or path; all datasets by default.", valueName: "input"),
    completion: CompletionNames.datasets)
  var inputs: [String] = []

  @Option(help: ArgumentHelp("Length limits in tokens, as in 2048,4k.", valueName: "list"))
  var maxLength: String

  @OptionGroup(title: "What is trained") var training: SampleOptions
  @OptionGroup var selection: ScanSelection
  @OptionGroup var form: ResultOptions

  func run() throws {
    let limits = try TokenLengths(maxLength, option: "--max-length").lengths
    var table = LimitsTable()
    guard let path = try StoredTraining.path(inputs) else {
      var failures = ScanFailures()
      try addData(limits, to: &table, &failures)
      try print(table)
      return try failures.end()
    }
    try StoredTraining.check(path, training)
    for (model, numbers) in try StoredTraining(path, models: selection.models).models {
      table.add(model.text, numbers, limits.map { numbers.strategies(at: $0) })
    }
    try print(table)
    Messages.notice("\(path): what stored counts do not tell is left open; name the data to have it counted")
  }

  private func addData(
    _ limits: [Int], to table: inout LimitsTable, _ failures: inout ScanFailures
  ) throws(CommandFailure) {
    let selections = try inputs.map { (text) throws(CommandFailure) in try DatasetOptions.selection(text) }
    let policy = try training.policy()
    let scan = try selection.scan(selections) { options in
      options.scan.turnLimits = limits
      options.scan.trainPolicy = policy
    }
    failures = ScanFailures(scan)
    var models: [TextKey: StrategyCounter.Summary] = [:]
    for (identity, summary) in failures.results(of: scan.run { _ in StrategyCounter(limits) }) {
      if models[identity.model]?.append(summary) == nil { models[identity.model] = summary }
    }
    for (model, summary) in models.sorted(by: { $0.key < $1.key }) {
      let tally = summary.tally
      let numbers = TrainingNumbers(lengths: tally.lengths, training: tally.training, assistantMaskTokens: nil)
      table.add(model.text, numbers, summary.limits)
    }
  }

  private func print(_ table: LimitsTable) throws(CommandFailure) {
    guard table.table.count > 0 else {
      throw CommandFailure("there are no conversations", status: .nothingMatched)
    }
    var output = StandardOutput()
    try form.print(table.table, to: &output)
    try output.flush()
  }
}
