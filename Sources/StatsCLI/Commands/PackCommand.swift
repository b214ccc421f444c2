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
      padding, where conversations without a trained token within the limit are left out, as TRL does.

      Examples:
        tokenstats pack persona_token_stats.json --max-length 2048,4096 --batch 64
        tokenstats pack gemma-2-27b__role__pirate --dataset-dir DIR --max-length 4k
      """)

  @Argument(
    help: ArgumentHelp(
      "A statistics file, or datasets by name or path; all datasets by default.", valueName: "input"))
  var inputs: [String] = []

  @Option(help: ArgumentHelp("Lengths of sequences in tokens, as in 2048,4k.", valueName: "list"))
  var maxLength: String

  @Option(help: ArgumentHelp("Sequences of an optimizer step; adds the steps of an epoch.", valueName: "n"))
  var batch: WholeNumber?

  @Option(help: ArgumentHelp("The workers that TRL prepares a dataset with.", valueName: "n"))
  var datasetNumProc = WholeNumber(1)

  @OptionGroup var price: PriceOptions
  @OptionGroup var selection: ScanSelection
  @OptionGroup var form: ResultOptions

  func validate() throws {
    if let batch, batch.value < 1 { throw ValidationError("--batch must be 1 or more, not \(batch.value).") }
    if datasetNumProc.value < 1 {
      throw ValidationError("--dataset-num-proc must be 1 or more, not \(datasetNumProc.value).")
    }
  }

  func run() throws {
    let limits = try TokenLengths(maxLength, option: "--max-length").lengths
    var table = PackingTable(limits: limits, batch: batch?.value, price: price)
    if let path = inputs.first, StatisticsDocument.isStatistics(path) {
      guard inputs.count == 1 else {
        throw CommandFailure(
          "\(path) is a statistics file: name it alone; tokenstats merge makes one of several", status: .usage)
      }
      try addStatistics(path, to: &table)
      return try print(table)
    }
    let scan = try selection.scan(inputs)
    var failures = ScanFailures(scan)
    var models: [TextKey: RowLengths.Summary] = [:]
    for (identity, summary) in failures.results(of: scan.run { _ in RowLengths() }) {
      models[identity.model, default: RowLengths.Summary()].append(summary)
    }
    for (model, summary) in models.sorted(by: { $0.key < $1.key }) {
      table.add(model.text, summary.tally.lengths, summary.tally.training)
      table.add(model.text, inOrder: summary.lengths, workers: datasetNumProc.value)
    }
    try print(table)
    try failures.end()
  }

  /// All datasets of a file together, model by model, without filtered copies of others.
  private func addStatistics(_ path: String, to table: inout PackingTable) throws {
    let document = try StatisticsDocument.loadExisting(path)
    let store = CheckpointStore(document: path)
    let copies = Set(document.copies.map { TextKey($0.dataset) })
    let wanted = Set(selection.models.flatMap { $0.split(separator: ",").map(String.init) })
    var models: [TextKey: LabelTally] = [:]
    for name in document.datasetNames where !copies.contains(TextKey(name)) {
      guard let checkpoint = try store.load(name) else {
        throw FileError(
          "read", store.folder,
          reason: "the exact lengths of \(name) are not there; count it again with 'tokenstats analyze'")
      }
      guard wanted.isEmpty || wanted.contains(checkpoint.identity.model) else { continue }
      let tally = checkpoint.tally
      let assistantTokens = tally.roles.assistantAndThinking
      models[checkpoint.identity.model, default: LabelTally()].merge(
        LabelTally(lengths: tally.lengths, assistantTokens: assistantTokens, training: tally.training))
    }
    for copy in document.copies {
      Messages.notice("\(copy.dataset) is left out: it holds rows of \(copy.original)")
    }
    for (model, tally) in models.sorted(by: { $0.key < $1.key }) {
      table.add(model.text, tally.lengths, tally.training)
    }
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
