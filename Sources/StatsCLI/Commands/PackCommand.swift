import Analysis
import ArgumentParser
import Counting
import Datasets
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
      at a time for each worker, axolotl groups of 100,000, first fit and without what is too long, swift 1,000 with \
      the last sequence carried over, without what is too long. Strategies are TRL's bfd, bfd_split and wrapped, and \
      padding, where conversations without a trained token within the limit are left out, as TRL does. With --as, the \
      lines of a trainer's configuration are printed instead.

      Examples:
        tokenstats pack persona_token_stats.json --max-length 2048,4096 --batch 64
        tokenstats pack gemma-2-27b__role__pirate --dataset-dir DIR --max-length 4k
        tokenstats pack persona_token_stats.json --models qwen-3-32b --max-length 4096 --as trl
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
    if trainer.trainer != nil, form.isForPrograms {
      throw ValidationError("--as prints lines of a configuration: it goes with neither --json nor --tsv.")
    }
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
      if let trainer = trainer.trainer { return try print(trainer, stored.models, limits) }
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
      try print(trainer, sorted.map { ($0.key, $0.value.numbers) }, limits)
    } else {
      for (model, summary) in sorted {
        table.add(model.text, summary.tally.lengths, summary.tally.training)
        table.add(model.text, inOrder: summary.lengths, workers: datasetNumProc.value)
      }
      try print(table)
    }
    try failures.end()
  }

  /// Prints the configuration of each model at each limit, one behind the other.
  private func print(
    _ trainer: Trainer, _ models: [(model: TextKey, numbers: TrainingNumbers)], _ limits: [Int]
  ) throws(CommandFailure) {
    let models = models.filter { !$0.numbers.lengths.isEmpty }
    guard !models.isEmpty else {
      throw CommandFailure("there are no conversations to pack", status: .nothingMatched)
    }
    var output = StandardOutput()
    var isFirst = true
    for (model, numbers) in models {
      for limit in limits {
        if !isFirst { try output.writeLine("") }
        isFirst = false
        if models.count > 1 { try output.writeLine("# \(TerminalText.visible(model.text))") }
        for line in TrainerConfiguration(trainer, numbers, limit: limit).lines { try output.writeLine(line) }
      }
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
