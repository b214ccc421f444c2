import Analysis
import ArgumentParser
import Histograms
import Reports
import TokenStatistics
import Tokenizers

/// Compares token lengths across models, labels or tokenizers.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare token lengths across models, labels or tokenizers.",
    discussion: """
      Across models: the same personas in a statistics file, where tokenizers and answers differ. With --labels: two \
      labels of each trait, the largest effect of length first. With --tokenizers: the same texts of datasets under \
      several tokenizers. Ratios and effects refer to the first; d is Cohen's, P(longer) the probability to be longer.

      Examples:
        tokenstats compare t.json --persona accountant
        tokenstats compare t.json --labels pos,neg
        tokenstats compare gemma-2-27b__role__pirate --tokenizers gemma-2-27b,llama-3.3-70b,qwen-3-32b
      """)

  @Argument(
    help: ArgumentHelp(
      "The statistics file; with --tokenizers the datasets by name or path, all by default.", valueName: "input"))
  var inputs: [String] = []

  @Option(help: ArgumentHelp("Only this persona, with or without the filters of its name.", valueName: "name"))
  var persona: String?

  @Option(help: ArgumentHelp("Compare the conversations of two labels, as in pos,neg.", valueName: "first,second"))
  var labels: String?

  @Option(help: ArgumentHelp("Count the same texts with these models' tokenizers.", valueName: "models"))
  var tokenizers: String?

  @Option(
    help: ArgumentHelp("Draw personas across models, contact sheets and heat maps here.", valueName: "dir"),
    completion: .directory)
  var outputPlots: String?

  @Option(help: "The pictures' file format.")
  var plotFormat = ChartFormat.png

  @OptionGroup var selection: ScanSelection
  @OptionGroup var form: ResultOptions

  func validate() throws {
    if tokenizers != nil && (persona != nil || labels != nil) {
      throw ValidationError("--tokenizers compares texts: it goes with neither --persona nor --labels.")
    }
    if outputPlots != nil && (tokenizers != nil || labels != nil) {
      throw ValidationError("--output-plots draws models: it goes with neither --tokenizers nor --labels.")
    }
    if tokenizers == nil && inputs.count > 1 {
      throw ValidationError("Name one statistics file; tokenstats merge makes one of several.")
    }
    if let labels, Self.parts(labels).count != 2 {
      throw ValidationError("--labels \(labels): write two labels, such as pos,neg.")
    }
    if let tokenizers, Self.parts(tokenizers).isEmpty { throw ValidationError("--tokenizers names no model.") }
  }

  func run() async throws {
    if let tokenizers {
      try await compare(tokenizers: Self.parts(tokenizers))
    } else {
      try compareStatistics()
    }
  }

  private static func parts(_ list: String) -> [String] { list.split(separator: ",").map(String.init) }

  private func print(_ table: ResultTable, pictures: [String] = []) throws(CommandFailure) {
    var output = StandardOutput()
    try form.print(table, to: &output)
    try output.flush()
    for path in pictures { Messages.notice("picture: \(path)") }
  }
}

extension CompareCommand {
  private func compareStatistics() throws {
    let path = inputs.first ?? selection.workspace.statistics
    let models = Set(selection.models.flatMap(Self.parts))
    let exact = try ExactProfiles(statistics: path, jobs: selection.jobs.count) { name in
      // Pictures share the scales of all datasets; a table needs those of the persona alone.
      outputPlots != nil || persona.map { name.contains("__\($0)") } ?? true
    }
    if !exact.missing.isEmpty {
      Messages.warning("\(path).partials holds no exact lengths of \(exact.missing.joined(separator: ", "))")
    }
    let chosen = exact.profiles.filter { models.isEmpty || models.contains($0.model) }
    if let labels {
      try compare(labels: Self.parts(labels), of: chosen, in: path)
    } else {
      try compareModels(of: chosen, all: exact.profiles, in: path)
    }
    guard exact.missing.isEmpty else {
      throw CommandFailure(
        "\(exact.missing.count) datasets were left out: count them again with 'tokenstats analyze'",
        status: .partialFailure)
    }
  }

  private func compareModels(of profiles: [DatasetProfile], all: [DatasetProfile], in path: String) throws {
    let comparisons = ModelComparison.all(of: profiles, persona: persona)
    guard !comparisons.isEmpty else {
      throw CommandFailure(
        "no two models of \(path) have the same persona" + (persona.map { " \($0)" } ?? ""), status: .nothingMatched)
    }
    var pictures: [String] = []
    if let outputPlots {
      pictures = try ComparisonPictures(folder: outputPlots, format: plotFormat).draw(
        comparisons, overviews: comparisons.flatMap(\.profiles), scalesOf: all)
    }
    try print(ComparisonTables.models(comparisons), pictures: pictures)
  }

  private func compare(labels: [String], of profiles: [DatasetProfile], in path: String) throws(CommandFailure) {
    let wanted = profiles.filter { profile in
      persona.map { profile.persona == $0 || profile.dataset.hasSuffix("__\(profile.type.rawValue)__\($0)") } ?? true
    }
    let table = ComparisonTables.labels(wanted, labels[0], labels[1])
    guard table.count > 0 else {
      throw CommandFailure(
        "no dataset of \(path) has conversations of both labels \(labels[0]) and \(labels[1])",
        status: .nothingMatched)
    }
    try print(table)
  }

  private func compare(tokenizers names: [String]) async throws {
    let selector = try selection.tokenization.selector()
    let loaded = try names.map { (name) throws(CommandFailure) in
      (name: name, tokenizer: try selector.model(named: name).loadTokenizer())
    }
    let scan = try await selection.scan(inputs)
    let outcomes = await scan.run { _ in TokenizerComparer(loaded) }
    var failures = ScanFailures()
    var sum = TokenizerComparison(tokenizers: names)
    for part in failures.summaries(of: outcomes) { sum.merge(part) }
    try print(ComparisonTables.tokenizers(sum))
    try failures.end()
  }
}
