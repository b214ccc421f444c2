import Analysis
import ArgumentParser
import Counting
import Histograms
import Reports
import Support
import TokenStatistics
import Tokenizers

/// Compares token lengths across models, labels or tokenizers.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare token lengths across models, labels or tokenizers.",
    discussion: """
      Across models: the same personas in a statistics file, where tokenizers and answers differ. With --labels: two \
      labels of each dataset, the largest effect of length first. Both need the file's partial results \
      (FILE.partials). With --tokenizers: the same texts of datasets under several tokenizers. Ratios refer to the \
      first model or tokenizer; texts are told apart by role, by script (code is what is fenced or mostly signs) and by the \
      words that differ most. Effects are those of the first label against the second; d is Cohen's, P(longer) the \
      probability to be longer. \
      With --output-plots, what is compared is drawn as well: a page for each persona or dataset, and for labels a map \
      of the effects.

      Examples:
        tokenstats compare t.json --persona accountant
        tokenstats compare t.json --labels pos,neg --output-plots plots
        tokenstats compare chats.jsonl --tokenizers gemma-2-27b,qwen-3-32b
      """)

  @Argument(
    help: ArgumentHelp(
      "The statistics file; with --tokenizers the datasets by name or path, all by default.", valueName: "input"),
    completion: CompletionNames.datasets)
  var inputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only this persona, with or without the filters of its name, or those that match a shell pattern.",
      valueName: "name"),
    completion: CompletionNames.subjects)
  var persona: String?

  @Option(help: ArgumentHelp("Compare the conversations of two labels, as in pos,neg.", valueName: "first,second"))
  var labels: String?

  @Option(
    help: ArgumentHelp("Count the same texts with these models' tokenizers.", valueName: "models"),
    completion: CompletionNames.modelLists)
  var tokenizers: String?

  @Option(
    help: ArgumentHelp("Draw what is compared here.", valueName: "dir"), completion: .directory)
  var outputPlots: String?

  @Flag(help: "Draw contact sheets and heat maps of all that is compared, too.")
  var overviews = false

  @OptionGroup var pictureFile: PictureFileOptions

  @OptionGroup var selection: ScanSelection
  @OptionGroup var form: ResultOptions

  func validate() throws {
    if overviews && outputPlots == nil { throw ValidationError("--overviews needs --output-plots.") }
    if !comparedModels.isEmpty && (persona != nil || labels != nil) {
      throw ValidationError("--tokenizers and --model compare texts: they go with neither --persona nor --labels.")
    }
    if tokenizers != nil && !selection.counting.model.isEmpty {
      throw ValidationError("--tokenizers and --model both name what counts the texts: give one of them.")
    }
    if comparedModels.isEmpty && inputs.count > 1 {
      throw ValidationError("Name one statistics file; tokenstats merge makes one of several.")
    }
    if let labels, Set(Self.parts(labels)).count != 2 || Self.parts(labels).count != 2 {
      throw ValidationError("--labels \(labels): write two labels, such as pos,neg.")
    }
    if let tokenizers {
      let models = Self.parts(tokenizers)
      if models.isEmpty { throw ValidationError("--tokenizers names no model.") }
      if Set(models).count != models.count { throw ValidationError("--tokenizers names a model twice: \(tokenizers)") }
    }
  }

  func run() throws {
    if comparedModels.isEmpty { try compareStatistics() } else { try compare(tokenizers: comparedModels) }
  }

  /// The models whose tokenizers count the same texts; none where statistics are compared.
  private var comparedModels: [String] { tokenizers.map(Self.parts) ?? selection.counting.model }

  private static func parts(_ list: String) -> [String] { list.split(separator: ",").map(String.init) }

  private func print(_ table: ResultTable) throws(CommandFailure) {
    var output = StandardOutput()
    try form.print(table, to: &output)
    try output.flush()
  }

  /// What draws; nil where no pictures are wanted. Fonts are looked for before anything is counted.
  private func pictures() throws(CommandFailure) -> ComparisonPlots? {
    guard let outputPlots else { return nil }
    do {
      return ComparisonPlots(
        batch: PlotBatch(
          folder: outputPlots, format: pictureFile.plotFormat, scale: pictureFile.plotScale, fonts: try .located(),
          jobs: selection.jobs.count), overviews: overviews)
    } catch {
      throw CommandFailure(error.description)
    }
  }
}

extension CompareCommand {
  /// The most words that are listed, those with the greatest difference.
  private static let mostWords = 20

  private func compareStatistics() throws(CommandFailure) {
    let path = inputs.first ?? selection.workspace.statistics
    let models = Set(selection.models.flatMap(Self.parts))
    // Pictures share the scales of all datasets; a table needs those of the persona alone.
    let names = try StatisticsDocument.loadExisting(path).datasetNames.filter { name in
      outputPlots != nil || persona.map { ShellPattern.isPattern($0) || name.contains(bytesOf: "__\($0)") } ?? true
    }
    let exact = ExactProfiles(names, of: path, jobs: selection.jobs.count)
    guard exact.lost.isEmpty || !exact.profiles.isEmpty else {
      throw CommandFailure(
        "\(path).partials holds no exact lengths of the datasets in \(path): 'tokenstats analyze' counts them again")
    }
    for loss in exact.lost { Messages.warning("\(loss.dataset) is left out: \(loss.reason)") }
    let chosen = exact.profiles.filter { models.isEmpty || models.contains($0.model) }
    guard !chosen.isEmpty else { throw try nothing(of: models.sorted(), in: path) }
    if let labels {
      try compare(labels: Self.parts(labels), of: chosen, all: exact.profiles, in: path)
    } else {
      try compareModels(of: chosen, all: exact.profiles, in: path)
    }
    guard exact.lost.isEmpty else {
      throw CommandFailure(
        "\(exact.lost.count) dataset\(exact.lost.count == 1 ? " was" : "s were") left out: count again with "
          + "'tokenstats analyze'", status: .partialFailure)
    }
  }

  /// Says what of the choice no dataset of a file has: the persona, or a model.
  private func nothing(of models: [String], in path: String) throws(CommandFailure) -> CommandFailure {
    let document = try StatisticsDocument.loadExisting(path)
    let identities: [DatasetIdentity]
    do throws(FileError) { identities = try document.summaries().map(\.identity) } catch {
      throw CommandFailure(error.description)
    }
    let known = Set(identities.map(\.model))
    if let model = models.first(where: { !known.contains($0) }) {
      let close = CloseNames.question(CloseNames.of(model, in: known.sorted()))
      return CommandFailure("no dataset of \(path) is of the model \(model)\(close)", status: .nothingMatched)
    }
    guard let persona else {
      return CommandFailure("\(path) holds no datasets to compare", status: .nothingMatched)
    }
    let names = Set(identities.flatMap { [$0.subject, $0.name] })
    let close = names.contains(persona) ? [] : CloseNames.of(persona, in: names.sorted())
    return CommandFailure(
      "no dataset of \(path) is of the persona \(persona)\(CloseNames.question(close))", status: .nothingMatched)
  }

  private func compareModels(
    of profiles: [DatasetProfile], all: [DatasetProfile], in path: String
  ) throws(CommandFailure) {
    let comparisons = ModelComparison.all(of: profiles, subject: pattern == nil ? persona : nil)
      .filter { pattern?.matches($0.name) ?? true }
    guard !comparisons.isEmpty else {
      if persona != nil, !profiles.contains(where: isOfPersona) { throw try nothing(of: [], in: path) }
      throw CommandFailure(
        "no two models of \(path) have the same persona" + (persona.map { " \($0)" } ?? ""),
        status: .nothingMatched)
    }
    let pictures = try pictures()
    try print(ComparisonTables.models(comparisons))
    try pictures?.draw(PlotTask.models(comparisons, scales: PlotScales(profiles: all), overviews: overviews))
  }

  /// The pattern that personas are to match; nil where one is named.
  private var pattern: ShellPattern? { persona.flatMap { ShellPattern.isPattern($0) ? ShellPattern(text: $0) : nil } }

  /// Whether a dataset is of the persona that is wanted, with or without the filters of its name.
  private func isOfPersona(_ profile: DatasetProfile) -> Bool {
    if let pattern { return pattern.matches(profile.subject) }
    return persona.map { profile.subject == $0 || profile.dataset.hasSuffix("__\(profile.kind.rawValue)__\($0)") }
      ?? true
  }

  private func compare(
    labels: [String], of profiles: [DatasetProfile], all: [DatasetProfile], in path: String
  ) throws(CommandFailure) {
    let wanted = profiles.filter(isOfPersona)
    guard !wanted.isEmpty else { throw try nothing(of: [], in: path) }
    let table = ComparisonTables.labels(wanted, labels[0], labels[1])
    guard table.count > 0 else {
      let known = Set(wanted.flatMap(\.scores.values).flatMap(\.labels.keys).map(\.text)).sorted()
      let unknown = labels.filter { !known.contains($0) }
      let close = CloseNames.question(unknown.flatMap { CloseNames.of($0, in: known) })
      throw CommandFailure(
        "no dataset of \(path) has conversations of both labels \(labels[0]) and \(labels[1]); "
          + "the labels are \(CloseNames.listed(known))\(close)", status: .nothingMatched)
    }
    let pictures = try pictures()
    try print(table)
    try pictures?.draw(
      PlotTask.labels(labels[0], labels[1], of: wanted, scales: PlotScales(profiles: all), overviews: overviews))
  }

  private func compare(tokenizers names: [String]) throws {
    let pictures = try pictures()
    let models = try selection.counting.files.models(named: names, selection.tokenization)
    let loaded = try models.map { (model) throws(CommandFailure) in
      (name: model.name, tokenizer: try model.load().tokenizer)
    }
    // Rows are read once, and rendered with one model to tell which can be used.
    var selection = selection
    selection.counting.model = Array(selection.counting.model.prefix(1))
    let scan = try selection.scan(inputs, defaultModel: names.first)
    let outcomes = scan.run { _ in TokenizerComparer(loaded) }
    var failures = ScanFailures(scan)
    let results = failures.results(of: outcomes)
    var sum = TokenizerComparison(tokenizers: names)
    var datasets: [TextKey: (identity: DatasetIdentity, comparison: TokenizerComparison)] = [:]
    for (identity, part) in results {
      sum.merge(part)
      // Several parts of a dataset share a picture.
      datasets[identity.dataset, default: (identity, TokenizerComparison(tokenizers: names))].comparison
        .merge(part.withoutWords())
    }
    let words = sum.differingWords(under: loaded.map(\.tokenizer), limit: Self.mostWords)
    try print(ComparisonTables.tokenizers(sum, words: words))
    if sum.words.oneIn > 1 { Messages.notice("of the different words, one in \(sum.words.oneIn) was compared") }
    if let pictures, !datasets.isEmpty {
      let sorted = datasets.sorted { $0.key < $1.key }.map(\.value)
      try pictures.draw(pictures.tokenizers(sorted))
    }
    try failures.end()
    if sum.failedTexts > 0 {
      throw CommandFailure(
        "\(sum.failedTexts) conversation\(sum.failedTexts == 1 ? " was" : "s were") left out, for which a tokenizer has no "
          + "tokens: \(sum.failure ?? "no reason given")", status: .partialFailure)
    }
  }
}
