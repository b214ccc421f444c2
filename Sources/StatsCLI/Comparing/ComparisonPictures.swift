import Support
import Analysis
import Histograms
import Support
import TokenStatistics

/// Draws what `compare` shows: a picture for each comparison, and overviews of each model's roles and traits.
struct ComparisonPlots {
  /// What draws.
  let writer: PlotWriter

  /// Comparisons with more pictures say where they are, not what each is called.
  private static let mostNamed = 20

  /// The plots of subjects across models, on the scales of `all` datasets.
  static func models(_ comparisons: [ModelComparison], scalesOf all: [DatasetProfile]) -> [PlotTask] {
    let scales = PlotScales(profiles: all)
    let pages = comparisons.map { comparison in
      PlotTask(
        DatasetComparison(kind: comparison.kind, name: comparison.name, profiles: comparison.profiles), scales: scales)
    }
    return pages + PlotTask.overviews(of: comparisons.flatMap(\.profiles), scales: scales)
  }

  /// The pictures of two labels in each of `profiles` that has both, on the scales of `all` datasets.
  static func labels(
    _ first: String, _ second: String, of profiles: [DatasetProfile], scalesOf all: [DatasetProfile]
  ) -> [PlotTask] {
    let scales = PlotScales(profiles: all)
    let both = profiles.filter { $0.contrast(first, with: second) != nil }
    let pages = both.compactMap { profile in
      DatasetComparison(of: profile, labels: first, second).map { PlotTask($0, scales: scales) }
    }
    let overviews = [first, second].flatMap { label in
      PlotTask.overviews(of: both.map { $0.conversations(labelled: label) }, scales: scales, part: label)
    }
    return pages + PlotTask.contrastMaps(of: both, labels: first, second, scales: scales) + overviews
  }

  /// The pictures of the same texts under several tokenizers.
  static func tokenizers(
    _ datasets: [(identity: DatasetIdentity, comparison: TokenizerComparison)]
  ) -> [PlotTask] {
    let comparisons = datasets.map { DatasetComparison($0.comparison, of: $0.identity) }
    let scales = PlotScales(profiles: comparisons.flatMap(\.profiles))
    let names = datasets.first?.comparison.tokenizers ?? []
    let overviews = names.enumerated().flatMap { index, name in
      PlotTask.overviews(of: comparisons.map { $0.profiles[index] }, scales: scales, part: "tokens_of_\(name)")
    }
    return comparisons.map { PlotTask($0, scales: scales) } + overviews
  }

  /// Draws and names what was drawn.
  ///
  /// - Throws: A failure where pictures are missing; each is named before.
  func draw(_ tasks: [PlotTask]) throws(CommandFailure) {
    try writer.prepare()
    let failures = writer.draw(tasks)
    let drawn = tasks.filter { failures[$0.name] == nil }.flatMap(\.stems)
    if drawn.count > Self.mostNamed {
      Messages.notice("\(NumberText.grouped(drawn.count)) pictures: \(writer.folder)")
    } else {
      for stem in drawn { Messages.notice("picture: \(writer.path(of: stem))") }
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
      DatasetProfile(
        dataset: identity.dataset, model: identity.model, kind: identity.kind, subject: identity.subject,
        scores: scores,
        provenance: Provenance(
          tokenizer: tokenizer, revision: "", templateHash: "", countMode: .template, dataHash: "",
          toolVersion: TokenStats.version),
        limits: [])
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
