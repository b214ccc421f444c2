import ArgumentParser
import Datasets
import JSON
import Reports
import Support
import TokenStatistics

/// Prints one dataset of a statistics file on one screen.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one dataset in the terminal: numbers and a small chart.",
    discussion: """
      NAME is a dataset's full name, or any part of it that only one dataset has, such as a persona and a model: \
      "pirate gemma", or a pattern: "qwen*pirate"; of several that match a pattern, a list is printed. \
      A file of statistics among the names is the file; without names, all its datasets are listed. --tsv prints the table by score, or that list.

      Examples:
        tokenstats show persona_token_stats.json
        tokenstats show gemma-2-27b__role__pirate --statistics t.json
        tokenstats show pirate gemma --limits 4096 --as axolotl
        tokenstats show pirate gemma --row 584 --tokens
      """)

  @Argument(
    help: "The dataset, and the statistics file; all datasets without a name.",
    completion: CompletionNames.storedDatasets)
  var name: [String] = []

  @Option(
    help: ArgumentHelp("The statistics file; default: persona_token_stats.json.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var statistics: String?

  @Flag(help: "Show the picture, or print its path where the terminal cannot.")
  var image = false

  @Flag(help: "Print the dataset's entry of the statistics as JSON.")
  var json = false

  @OptionGroup var form: TableFormOptions

  @OptionGroup var other: LimitOptions
  @OptionGroup var trainer: TrainerOptions
  @OptionGroup var price: PriceOptions

  @Option(help: "Columns to fill; default: those of the terminal.")
  var width: Int?

  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var stored: StoredRowOptions
  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if json && form.tsv { throw ValidationError("--json and --tsv exclude each other.") }
    if form.tsv, stored.row != nil || trainer.trainer != nil || image {
      throw ValidationError("--tsv prints a table: it goes with neither --row, --as nor --image.")
    }
    if stored.row != nil, trainer.trainer != nil || image || other.limits != nil {
      throw ValidationError("--row prints a conversation: it goes with neither --as, --image nor --limits.")
    }
    if trainer.trainer != nil, image { throw ValidationError("--as goes without --image.") }
  }

  func run() throws {
    let (path, words) = try fileAndWords()
    let run = try StatisticsRun.load(path)
    let datasets = StoredDatasets(datasets: run.datasets, paths: [run.path])
    let matching = datasets.matching(words)
    let isOnly = words.isEmpty && run.datasets.count == 1 && needsOne
    guard isOnly || (!words.isEmpty && matching.count < 2) else {
      return try list(words.isEmpty ? run.datasets : matching, of: run)
    }
    if form.width.wide {
      throw CommandFailure(
        "--wide is for the list of datasets: leave out the name, or say with --width how many columns to fill",
        status: .usage)
    }
    let chosen = isOnly ? run.datasets[0] : try datasets.find(words)
    if let row = stored.row { return try print(row.value, of: chosen, in: run) }
    if let trainer = trainer.trainer { return try print(trainer, of: chosen, of: path, run) }
    let shown = try other.lengths().map { (limits) throws(FileError) in
      try Self.run(run, around: chosen).applying(limits)
    }
    let dataset = shown?.datasets.first { $0.identity == chosen.identity } ?? chosen
    var output = StandardOutput()
    if image {
      try writePlot(of: dataset, beside: path, to: &output)
    } else if json {
      try output.writeLine(JSONValue.object(entry(of: dataset, in: shown ?? run)).serialized(.pretty))
    } else {
      let screen = TerminalScreen.standardOutput
      let view = DatasetView(
        dataset, of: shown ?? run, price: price.words(for: dataset.all.tokens),
        width: width ?? screen?.columns ?? 80,
        isEmphasized: TerminalScreen.usesColors)
      if form.tsv {
        try output.write(bytes: view.scoreTable.tabSeparated)
      } else {
        for line in view.lines { try output.writeLine(styled: Array(line.utf8)) }
      }
    }
    try output.flush()
  }

  /// The dataset's entry with the price, and with the pairs that it is a side of.
  private func entry(of dataset: DatasetSummary, in run: StatisticsRun) -> JSONObject {
    var entry = dataset.json
    if let pair = run.pair(of: dataset.identity.dataset) { entry["pair"] = pair.json }
    if let price = price.price(of: dataset.all.tokens) { entry["price"] = .double(price) }
    return entry
  }

  /// Prints a conversation of a dataset.
  private func print(_ row: Int, of dataset: DatasetSummary, in run: StatisticsRun) throws {
    let lookup = StoredRow(row, of: dataset, in: run, stored)
    var sample = try lookup.sample()
    var output = StandardOutput()
    if json {
      try output.writeLine(sample.json.serialized(.pretty))
    } else {
      if stored.tokens { sample.parts = try lookup.bordered(sample.parts) }
      let view = ConversationView(
        sample, of: dataset.identity.dataset, width: width ?? TerminalScreen.standardOutput?.columns ?? 80,
        isColored: TerminalScreen.usesColors)
      for line in view.lines { try output.writeLine(styled: Array(line.utf8)) }
    }
    try output.flush()
  }

  /// The statistics file, and what is left of the names: a name that is a file of statistics is the file.
  private func fileAndWords() throws(CommandFailure) -> (path: String, words: [String]) {
    guard let index = name.firstIndex(where: { StatisticsDocument.isStatistics($0) }) else {
      let path = statistics ?? workspace.statistics
      // Without any statistics the user means a file of them, or has not counted yet.
      if statistics == nil, !Files.exists(path),
        let word = name.first(where: { Files.exists($0) || $0.hasSuffix(".json") })
      {
        throw CommandFailure(
          Files.exists(word)
            ? "\(word): these are no statistics; count with: tokenstats analyze \(word) --model MODEL"
            : "\(word): there is no such file")
      }
      return (path, name)
    }
    if let statistics, !Files.areSame(statistics, name[index]) {
      throw CommandFailure("\(name[index]) and --statistics \(statistics) are two files: name one", status: .usage)
    }
    var words = name
    let path = words.remove(at: index)
    return (path, words)
  }

  /// Whether an option asks for what only one dataset has.
  private var needsOne: Bool { image || trainer.trainer != nil || other.limits != nil || stored.row != nil }

  /// Prints a line for each dataset.
  private func list(_ datasets: [DatasetSummary], of run: StatisticsRun) throws(CommandFailure) {
    if needsOne {
      let holds = datasets.count < run.datasets.count ? "holds \(datasets.count) such" : "holds \(datasets.count)"
      throw CommandFailure(
        "\(run.path) \(holds) datasets: name one for --row, --image, --as and --limits", status: .usage)
    }
    var table = ResultTable([
      .text("dataset"), .number("conversations", title: "conv."), .number("tokens", importance: .medium),
      .number("mean", importance: .low), .number("median"), .number("p95"), .number("longest"),
    ])
    for dataset in datasets {
      let lengths = dataset.all.length
      table.add([
        .text(dataset.identity.dataset), .integer(dataset.all.conversations), .integer(dataset.all.tokens),
        .decimal(lengths?.mean, digits: 1), .integer(lengths?.percentiles[50]),
        .percentile(95, lengths?.percentiles[95], of: dataset.all.conversations), .integer(lengths?.maximum),
      ])
    }
    var output = StandardOutput()
    if json {
      try output.write(bytes: table.json)
    } else {
      try form.print(table, to: &output, columns: width)
    }
    try output.flush()
  }

  /// The file with one dataset, and the other side where it is one of a pair.
  private static func run(_ run: StatisticsRun, around dataset: DatasetSummary) -> StatisticsRun {
    let name = dataset.identity.dataset
    let sides = run.pair(of: name).map { [$0.chosen, $0.rejected] } ?? [name]
    let kept = Set(sides.map { TextKey($0) })
    return run.keeping { kept.contains(TextKey($0)) }
  }

  /// The exact counts of a dataset.
  private func tally(of name: String, in path: String) throws(FileError) -> DatasetTally {
    let store = CheckpointStore(document: path)
    guard let checkpoint = try store.load(name) else { throw FileError.lostCounts(of: name, in: store) }
    return checkpoint.tally
  }

  /// Prints the lines of a trainer's configuration for the only limit.
  private func print(_ trainer: Trainer, of dataset: DatasetSummary, of path: String, _ run: StatisticsRun) throws {
    let limits = try other.lengths() ?? run.limits
    guard limits.count == 1, let limit = limits.first else {
      throw CommandFailure("--as \(trainer.rawValue): name one limit, as in --limits 4096", status: .usage)
    }
    let tally = try tally(of: dataset.identity.dataset, in: path)
    var configuration = TrainerConfiguration(
      trainer, TrainingNumbers(tally), limit: limit, policy: run.settings?.policy(of: dataset.identity.model))
    configuration.arePairs = run.pair(of: dataset.identity.dataset) != nil
    configuration.price = { [price] in price.words(for: $0) }
    var output = StandardOutput()
    if json {
      let shown = try Self.run(run, around: dataset).applying([limit])
      var entry = entry(of: shown.datasets.first { $0.identity == dataset.identity } ?? dataset, in: shown)
      entry["configuration"] = .array(configuration.lines.map(JSONValue.string))
      try output.writeLine(JSONValue.object(entry).serialized(.pretty))
    } else {
      for line in configuration.lines { try output.writeLine(line) }
    }
    try output.flush()
  }

  private func writePlot(
    of dataset: DatasetSummary, beside statistics: String, to output: inout StandardOutput
  ) throws {
    guard let plot = dataset.plot else {
      throw CommandFailure("no picture was drawn of \(dataset.identity.dataset): tokenstats plot draws it")
    }
    let path = Files.join(Files.parent(of: statistics), plot)
    guard Files.exists(path) else {
      throw CommandFailure("the picture \(path) is not there: tokenstats plot draws it again")
    }
    guard let screen = TerminalScreen.standardOutput, let format = screen.imageFormat else {
      try output.writeLine(path)
      return
    }
    let picture = TerminalImage(png: try Files.read(path))
    let columns = max(1, min(width ?? screen.columns, screen.columns))
    let pixels = screen.pixels.map { max(1, $0 * columns / screen.columns) }
    // No terminal takes an SVG.
    guard picture.isPNG else { return try output.writeLine(path) }
    try output.writeLine(styled: picture.encoded(as: format, columns: columns, pixels: pixels))
  }
}
