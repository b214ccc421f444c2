import Analysis
import Histograms
import Support
import TokenStatistics

/// Draws what `compare` shows: a plot for each comparison, and overviews of each model's datasets of each kind.
struct ComparisonPlots {
  /// What draws.
  let batch: PlotBatch

  /// Comparisons with more plots say where they are, not what each is called.
  private static let mostNamed = 20

  /// The plots of the same texts under several tokenizers.
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
