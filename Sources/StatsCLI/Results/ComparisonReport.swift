import Analysis
import Histograms
import Reports
import Support
import TokenStatistics

/// The tables of `compare`.
enum ComparisonTables {
  /// One line for each model of each persona; ratios and effects refer to the persona's first model.
  static func models(_ comparisons: [ModelComparison]) -> ResultTable {
    var table = ResultTable([
      .text("persona"), .text("model"), .number("conversations", title: "conv.", importance: .low),
      .number("tokens", importance: .low), .number("mean", importance: .low), .number("median"),
      .number("p95", importance: .medium), .number("max", importance: .low), .number("median_ratio", title: "ratio"),
      .number("cohens_d", title: "d", importance: .medium), .number("probability_longer", title: "P(longer)"),
    ])
    for comparison in comparisons {
      for (profile, contrast) in zip(comparison.profiles, comparison.contrasts) {
        let lengths = profile.lengths
        table.add(
          [
            .text(comparison.key), .text(profile.model), .integer(lengths.count), .integer(lengths.total),
            .decimal(lengths.mean, digits: 1), .integer(lengths.percentile(50)),
            .percentile(95, lengths.percentile(95), of: lengths.count), .integer(lengths.maximum),
          ] + effect(contrast))
      }
    }
    return table
  }

  /// One line for each dataset that has both labels, the largest effect first.
  static func labels(_ profiles: [DatasetProfile], _ first: String, _ second: String) -> ResultTable {
    var table = ResultTable([
      .text("dataset"), .text("first", importance: .low), .text("second", importance: .low),
      .number("first_conversations", title: "conv. \(first)", importance: .low),
      .number("second_conversations", title: "conv. \(second)", importance: .low),
      .number("first_median", title: "median \(first)"), .number("second_median", title: "median \(second)"),
      .number("mean_difference", title: "mean diff.", importance: .medium),
      .number("median_difference", title: "median diff.", importance: .medium),
      .number("median_ratio", title: "ratio", importance: .medium), .number("cohens_d", title: "d"),
      .number("probability_longer", title: "P(longer)"),
    ])
    let contrasts = profiles.compactMap { profile in
      profile.contrast(first, with: second).map { (dataset: profile.dataset, contrast: $0) }
    }
    // The sort is stable: equal effects stay in the order of the names.
    for (dataset, contrast) in contrasts.sorted(by: { size($0.contrast) > size($1.contrast) }) {
      table.add(
        [
          .text(dataset), .text(first), .text(second), .integer(contrast.first.count), .integer(contrast.second.count),
          .integer(contrast.first.percentile(50)), .integer(contrast.second.percentile(50)),
          .decimal(contrast.meanDifference, digits: 1), .integer(contrast.medianDifference),
        ] + effect(contrast))
    }
    return table
  }

  /// One line for each tokenizer over all texts, by role, script, score and label, and for the words that differ most;
  /// ratios refer to the first tokenizer.
  static func tokenizers(
    _ comparison: TokenizerComparison, words: [(word: TextKey, totals: TokenizerComparison.Totals)]
  ) -> ResultTable {
    var table = ResultTable([
      .text("group"), .text("value"), .text("tokenizer"), .number("texts", importance: .low),
      .number("bytes", importance: .low), .number("characters", importance: .low), .number("tokens"),
      .number("ratio"), .number("bytes_per_token", title: "bytes/token"),
      .number("characters_per_token", title: "chars/token", importance: .medium),
    ])
    func add(_ group: String, _ value: String, _ totals: TokenizerComparison.Totals) {
      for (index, tokenizer) in comparison.tokenizers.enumerated() {
        table.add([
          .text(group), .text(value), .text(tokenizer), .integer(totals.texts), .integer(totals.bytes),
          .integer(totals.characters), .integer(totals.tokens[index]), .decimal(totals.ratio(index), digits: 3),
          .decimal(totals.bytesPerToken(index), digits: 2), .decimal(totals.charactersPerToken(index), digits: 2),
        ])
      }
    }
    add("all", "", comparison.all)
    for (role, totals) in comparison.roles.sorted(by: { $0.key < $1.key }) { add("role", role.text, totals) }
    for (script, totals) in comparison.scripts.sorted(by: { $0.key < $1.key }) {
      add("script", script.rawValue, totals)
    }
    for (score, totals) in comparison.scores.sorted(by: { $0.key < $1.key }) { add("score", score.key, totals) }
    for (label, totals) in comparison.labels.sorted(by: { $0.key < $1.key }) { add("label", label.text, totals) }
    for (word, totals) in words { add("word", word.text, totals) }
    return table
  }

  private static func effect(_ contrast: LengthContrast) -> [ResultTable.Value] {
    [
      .decimal(contrast.medianRatio, digits: 2), .decimal(contrast.cohensD, digits: 2),
      .decimal(contrast.probabilityLonger, digits: 2),
    ]
  }

  private static func size(_ contrast: LengthContrast) -> Double { contrast.cohensD?.magnitude ?? -1 }
}

/// Draws what `compare` shows: a plot for each comparison, and what it is asked for beside.
struct ComparisonPlots {
  /// What draws.
  let batch: PlotBatch
  /// Whether overviews of each model's datasets of each kind are drawn too.
  let overviews: Bool

  /// Comparisons with more plots say where they are, not what each is called.
  private static let mostNamed = 20

  /// The plots of the same texts under several tokenizers.
  func tokenizers(
    _ datasets: [(identity: DatasetIdentity, comparison: TokenizerComparison)]
  ) -> [PlotTask] {
    let comparisons = datasets.map { DatasetComparison($0.comparison, of: $0.identity) }
    let scales = PlotScales(profiles: comparisons.flatMap(\.profiles))
    let pages = comparisons.map { PlotTask($0, scales: scales) }
    guard overviews else { return pages }
    let names = datasets.first?.comparison.tokenizers ?? []
    return pages
      + names.enumerated().flatMap { index, name in
        PlotTask.overviews(of: comparisons.map { $0.profiles[index] }, scales: scales, part: "tokens_of_\(name)")
      }
  }

  /// Draws and names what was drawn.
  ///
  /// - Throws: A failure where plots are missing; each is named before.
  func draw(_ plots: [PlotTask]) throws(CommandFailure) {
    do { try batch.prepare() } catch { throw CommandFailure(error.description) }
    let failures = batch.draw(plots).failures
    let drawn = plots.filter { failures[$0.name] == nil }.flatMap(\.files)
    if drawn.count > Self.mostNamed {
      Messages.notice("\(NumberFormat.grouped(drawn.count)) pictures: \(batch.folder)")
    } else {
      for path in drawn.compactMap({ try? batch.path(of: $0) }) { Messages.notice("picture: \(path)") }
    }
    for (name, reason) in failures.sorted(by: { $0.key < $1.key }) { Messages.error("\(name): \(reason)") }
    guard failures.isEmpty else {
      throw CommandFailure(
        "\(failures.count) picture\(failures.count == 1 ? " is" : "s are") missing", status: .partialFailure)
    }
  }
}

extension DatasetComparison {
  /// The texts of one dataset under several tokenizers.
  fileprivate init(_ comparison: TokenizerComparison, of identity: DatasetIdentity) {
    let profiles = zip(comparison.tokenizers, comparison.conversations).map { tokenizer, scores in
      var profile = DatasetProfile(
        dataset: identity.dataset, model: identity.model, kind: identity.kind, subject: identity.subject,
        scores: scores,
        provenance: Provenance(
          tokenizer: tokenizer, revision: "", templateHash: "", countMode: .template, dataHash: "",
          toolVersion: TokenStats.version),
        limits: [])
      profile.filters = identity.filters
      return profile
    }
    self.init(
      kind: identity.kind, name: identity.name, profiles: profiles, rowNames: comparison.tokenizers,
      basis: .identicalText)
    filePrefix = "tokenizers__\(identity.model)__"
    let roles = comparison.roles.filter { $0.value.bytes > 0 }.sorted { left, right in
      left.value.bytes == right.value.bytes ? left.key < right.key : left.value.bytes > right.value.bytes
    }
    let parts = [("all", comparison.all)] + (roles.count > 1 ? roles.map { ($0.key.text, $0.value) } : [])
    densities = parts.map { name, totals in
      Density(name: name, bytesPerToken: comparison.tokenizers.indices.map { totals.bytesPerToken($0) })
    }
  }
}
