import Analysis
import ArgumentParser
import Counting
import Datasets
import JSON
import Reports
import Support
import TokenStatistics

/// Says what packing comes to before a run begins.
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Say how many sequences packing makes, how full they are, and what is lost.",
    discussion: """
      From a statistics file, all conversations of a model are packed at once, from their exact lengths (FILE.partials). \
      From data, they are counted and packed as trainers do it as well, in the order of the rows: trl packs 1,000 rows \
      at a time for each worker, axolotl groups of 100,000, first fit and without what is too long or has no trained token (texts are cut), swift 1,000 with \
      the last sequence carried over, without what is too long. Strategies are TRL's bfd, bfd_split and wrapped, and \
      padding, where conversations without a trained token within the limit are left out, as TRL does. With --as, the \
      lines of a trainer's configuration are printed instead, with what its own packing, steps and price come to.

      Examples:
        tokenstats pack persona_token_stats.json --max-length 2048,4096 --batch 64
        tokenstats pack gemma-2-27b__role__pirate --dataset-dir DIR --max-length 4k
        tokenstats pack t.json --models qwen-3-32b --max-length 4096 --as trl
      """)

  @Argument(
    help: ArgumentHelp(
      "A statistics file, or datasets by name or path; all datasets by default.", valueName: "input"),
    completion: CompletionNames.datasets)
  var inputs: [String] = []

  @Option(help: ArgumentHelp("Lengths of sequences in tokens, as in 2048,4k.", valueName: "list"))
  var maxLength: String

  @Option(help: ArgumentHelp("Sequences of an optimizer step; adds the steps of an epoch.", valueName: "n"))
  var batch: WholeNumber?

  @Option(help: ArgumentHelp("The workers that TRL prepares a dataset with.", valueName: "n"))
  var datasetNumProc = WholeNumber(1)

  @OptionGroup var trainer: TrainerOptions
  @OptionGroup var price: PriceOptions
  @OptionGroup(title: "What is trained") var training: SampleOptions
  @OptionGroup var selection: ScanSelection
  @OptionGroup var form: ResultOptions

  func validate() throws {
    if let batch, batch.value < 1 { throw ValidationError("--batch must be 1 or more, not \(batch.value).") }
    if trainer.trainer != nil, form.tsv { throw ValidationError("--as prints no table: leave out --tsv.") }
    if datasetNumProc.value < 1 {
      throw ValidationError("--dataset-num-proc must be 1 or more, not \(datasetNumProc.value).")
    }
  }

  func run() throws {
    let limits = try TokenLengths(maxLength, option: "--max-length").lengths
    var table = PackingTable(limits: limits, batch: batch?.value, price: price)
    if let path = try StoredTraining.path(inputs) {
      try StoredTraining.check(path, training)
      let stored = try StoredTraining(path, models: selection.models)
      if let trainer = trainer.trainer {
        return try print(
          stored.models.flatMap { model, numbers in
            configurations(
              trainer, model, numbers, limits, stored.settings?.policy(of: model.text),
              arePairs: stored.paired.contains(model))
          })
      }
      for (model, numbers) in stored.models { table.add(model.text, numbers.lengths, numbers.training) }
      return try print(table)
    }
    let selections = try inputs.map { (text) throws(CommandFailure) in try DatasetOptions.selection(text) }
    let policy = try training.policy()
    let scan = try selection.scan(selections) { $0.scan.trainPolicy = policy }
    var failures = ScanFailures(scan)
    var models: [TextKey: RowLengths.Summary] = [:]
    for (identity, summary) in failures.results(of: scan.run { _ in RowLengths() }) {
      models[identity.model, default: RowLengths.Summary()].append(summary)
    }
    let sorted = models.sorted { $0.key < $1.key }
    if let trainer = trainer.trainer {
      try print(
        sorted.flatMap { model, summary in
          configurations(
            trainer, model, summary.numbers, limits, policy,
            arePairs: ScanJob.sides(of: scan.jobs.filter { $0.model == model.text }) != nil, rows: summary.rows)
        })
    } else {
      for (model, summary) in sorted {
        table.add(model.text, summary.tally.lengths, summary.tally.training)
        table.add(model.text, inOrder: summary.rows, workers: datasetNumProc.value)
      }
      try print(table)
    }
    try failures.end()
  }

  private typealias Configuration = (model: TextKey, limit: Int, lines: [String])

  /// The configuration of a model at each limit; none without conversations.
  private func configurations(
    _ trainer: Trainer, _ model: TextKey, _ numbers: TrainingNumbers, _ limits: [Int], _ policy: TrainPolicy?,
    arePairs: Bool, rows: [PackingRow]? = nil
  ) -> [Configuration] {
    guard !numbers.lengths.isEmpty else { return [] }
    return limits.map { limit in
      var configuration = TrainerConfiguration(trainer, numbers, limit: limit, policy: policy)
      configuration.rows = rows
      configuration.arePairs = arePairs
      configuration.workers = datasetNumProc.value
      configuration.batch = batch?.value
      configuration.price = { [price] in price.words(for: $0) }
      return (model, limit, configuration.lines)
    }
  }

  /// Prints configurations, one behind the other.
  private func print(_ configurations: [Configuration]) throws(CommandFailure) {
    guard let first = configurations.first else {
      throw CommandFailure("there are no conversations to pack", status: .nothingMatched)
    }
    var output = StandardOutput()
    if form.json {
      let objects = configurations.map { model, limit, lines in
        JSONValue.object(
          JSONObject([
            ("model", .string(model.text)), ("max_length", .number(limit)),
            ("as", .string(trainer.trainer?.rawValue ?? "")), ("configuration", .array(lines.map(JSONValue.string))),
          ]))
      }
      try output.writeLine(JSONValue.array(objects).serialized(.pretty))
    }
    for (index, configuration) in configurations.enumerated() where !form.json {
      if index > 0 { try output.writeLine("") }
      if configurations.contains(where: { $0.model != first.model }) {
        try output.writeLine("# \(TerminalText.visible(configuration.model.text))")
      }
      for line in configuration.lines { try output.writeLine(line) }
    }
    try output.flush()
  }

  private func print(_ table: PackingTable) throws(CommandFailure) {
    guard table.table.count > 0 else {
      throw CommandFailure("there are no conversations to pack", status: .nothingMatched)
    }
    var output = StandardOutput()
    try form.print(table.table, to: &output)
    try output.flush()
  }
}
