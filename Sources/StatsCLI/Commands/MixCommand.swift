import ArgumentParser
import JSON
import Reports
import Support
import TokenStatistics

/// Computes how datasets are mixed so that each has its share of the tokens.
struct MixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mix",
    abstract: "Compute how rows are mixed so that each dataset has its share of the tokens.",
    discussion: """
      Rows of different datasets have different lengths, so shares of rows are not shares of tokens. Shares need not \
      add up to 1. Printed are the shares of rows, the epochs of each dataset until the first one is at its end, and the \
      lines that trainers take: interleave_probs of LlamaFactory, probabilities of interleave_datasets, the blend of \
      Megatron, which goes by tokens.

      Example:
        tokenstats mix a.json b.json --share qwen-3-32b__role__pirate=0.7,formal=0.3
      """)

  @Argument(help: "Statistics files.", completion: .file(extensions: ["json"]))
  var statistics: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Datasets by name, or a part of it that only one has, each with its share, as in a=0.5,b=0.5; may be \
      repeated.
      """,
      valueName: "shares"), completion: CompletionNames.shares)
  var share: [String]

  @Option(help: "Which tokens the shares are shares of: those that are trained by the statistics, or all.")
  var by = Mixture.Measure.total

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print the table as tab-separated values, and nothing else.")
  var tsv = false

  @OptionGroup var width: TableOptions

  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var talk: QuietOptions

  func run() throws {
    let shares = try shares()
    let paths = statistics.isEmpty ? [workspace.statistics] : statistics
    var datasets: [DatasetSummary] = []
    var documents: [(path: String, settings: RunSettings?, names: Set<TextKey>)] = []
    for path in paths {
      let document = try StatisticsDocument.loadExisting(path)
      datasets += try document.summaries()
      documents.append((path, try document.settings(), Set(document.datasetNames.map { TextKey($0) })))
    }
    let stored = StoredDatasets(datasets: datasets, paths: paths)
    let chosen = try shares.map { (name, share) throws(CommandFailure) in
      (summary: try stored.find([name]), share: share)
    }
    let names = Set(chosen.map { TextKey($0.summary.identity.dataset) })
    guard names.count == chosen.count else {
      throw CommandFailure("--share \(list): two parts name the same dataset", status: .usage)
    }
    var trained: [TextKey: Int] = [:]
    var policies: Set<String> = []
    for summary in chosen.map(\.summary) where by == .trained {
      let name = TextKey(summary.identity.dataset)
      guard let document = documents.first(where: { $0.names.contains(name) }) else { continue }
      trained[name] = try Self.trained(of: summary, in: document.path, document.settings)
      policies.insert(document.settings?.policy(of: summary.identity.model)?.description ?? "assistant")
    }
    if policies.count > 1 {
      Messages.notice(
        "the datasets were counted by different rules about training (\(policies.sorted().joined(separator: "; "))): "
          + "their shares compare different things; count all with the same --train")
    }
    guard let mixture = Mixture(chosen, by: by, trained: trained) else {
      let empty = chosen.map(\.summary).first { Mixture([(summary: $0, share: 1)], by: by, trained: trained) == nil }
      throw CommandFailure("\(empty?.identity.dataset ?? list) has no tokens to mix by \(by.rawValue)")
    }
    try print(mixture)
  }

  /// The trained tokens of a dataset by the policy of its statistics; nil where they do not tell, which is said.
  private static func trained(
    of dataset: DatasetSummary, in path: String, _ settings: RunSettings?
  ) throws(FileError) -> Int? {
    let policy = settings?.policy(of: dataset.identity.model)
    if let policy, let tally = dataset.policies[TextKey(policy.description)] { return tally.tokens }
    if let training = try CheckpointStore(document: path).load(dataset.identity.dataset)?.tally.training {
      return training.trained.total
    }
    if let policy {
      Messages.notice(
        "\(dataset.identity.dataset): how many tokens are trained (\(policy)) is not beside \(path); shares are of what "
          + "assistants say and think")
    }
    return nil
  }

  /// All parts, whether they were named at once or one by one.
  private var list: String { share.joined(separator: ",") }

  /// The names and shares of the option.
  private func shares() throws(CommandFailure) -> [(name: String, share: Double)] {
    var shares: [(name: String, share: Double)] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let place = part.lastIndex(of: "="), place > part.startIndex,
        let number = Double(part[part.index(after: place)...]), number > 0, number.isFinite
      else {
        throw CommandFailure(
          "--share \(list): \"\(part)\" is no share; write NAME=SHARE with a positive share, as in a=0.5,b=0.5",
          status: .usage)
      }
      shares.append((String(part[..<place]), number))
    }
    return shares
  }

  private func print(_ mixture: Mixture) throws(CommandFailure) {
    var output = StandardOutput()
    if json {
      try output.writeLine(Self.json(mixture).serialized(.pretty))
      return try output.flush()
    }
    var table = ResultTable([
      .text("dataset"), .number("rows", importance: .low), .number("tokens", importance: .low),
      .number("share", importance: .medium), .number("row_share"), .number("total_share", importance: .medium),
      .number("epochs"),
    ])
    for part in mixture.parts {
      table.add([
        .text(part.dataset), .integer(part.rows), .integer(part.tokens), .decimal(part.share, digits: 4),
        .decimal(part.rowShare, digits: 4), .decimal(part.totalShare, digits: 4), .decimal(part.epochs, digits: 3),
      ])
    }
    if tsv {
      try output.write(bytes: table.tabSeparated)
      return try output.flush()
    }
    try output.write(table, isWide: width.wide)
    try output.writeLine("")
    for line in Self.settings(of: mixture) { try output.writeLine(line) }
    try output.flush()
  }

  /// The lines that trainers take.
  private static func settings(of mixture: Mixture) -> [String] {
    let rows = mixture.parts.map { NumberFormat.fixed($0.rowShare, digits: 6) }
    let blend = mixture.parts.map { "\(NumberFormat.fixed($0.totalShare, digits: 6)) \($0.dataset)" }
    return [
      "interleave_probs: \(rows.joined(separator: ","))", "probabilities=[\(rows.joined(separator: ", "))]",
      "--data-path \(blend.joined(separator: " "))",
    ].map { TerminalText.visible($0) }
  }

  private static func json(_ mixture: Mixture) -> JSONValue {
    let parts = mixture.parts.map { part in
      JSONValue.object(
        JSONObject([
          ("dataset", .string(part.dataset)), ("rows", .number(part.rows)), ("tokens", .number(part.tokens)),
          ("share", .double(part.share)), ("row_share", .double(part.rowShare)),
          ("total_share", .double(part.totalShare)), ("epochs", .double(part.epochs)),
        ]))
    }
    return .object(
      JSONObject([
        ("by", .string(mixture.measure.rawValue)), ("tokens", .double(mixture.tokens)), ("datasets", .array(parts)),
        ("probabilities", .array(mixture.parts.map { .double($0.rowShare) })),
        ("data_path", .array(mixture.parts.flatMap { [.double($0.totalShare), .string($0.dataset)] })),
      ]))
  }
}
