import Support
import Analysis
import Histograms
import TokenStatistics

/// Draws what `compare` shows: a picture for each comparison, and overviews of each model's roles and traits.
struct ComparisonPictures {
  /// What draws.
  let writer: PictureWriter

  /// Comparisons with more pictures say where they are, not what each is called.
  private static let mostNamed = 20

  /// The pictures of personas across models, on the scales of `all` datasets.
  static func models(_ comparisons: [ModelComparison], scalesOf all: [DatasetProfile]) -> [PictureTask] {
    let scales = ChartScales(profiles: all)
    let pages = comparisons.map { comparison in
      PictureTask(
        PersonaComparison(type: comparison.type, name: comparison.name, profiles: comparison.profiles), scales: scales)
    }
    return pages + PictureTask.overviews(of: comparisons.flatMap(\.profiles), scales: scales)
  }

  /// The pictures of two labels in each of `profiles` that has both, on the scales of `all` datasets.
  static func labels(
    _ first: String, _ second: String, of profiles: [DatasetProfile], scalesOf all: [DatasetProfile]
  ) -> [PictureTask] {
    let scales = ChartScales(profiles: all)
    let both = profiles.filter { $0.contrast(first, with: second) != nil }
    let pages = both.compactMap { profile in
      PersonaComparison(of: profile, labels: first, second).map { PictureTask($0, scales: scales) }
    }
    let overviews = [first, second].flatMap { label in
      PictureTask.overviews(of: both.map { $0.conversations(labelled: label) }, scales: scales, part: label)
    }
    return pages + PictureTask.contrastMaps(of: both, labels: first, second, scales: scales) + overviews
  }

  /// The pictures of the same texts under several tokenizers.
  static func tokenizers(
    _ datasets: [(identity: DatasetIdentity, comparison: TokenizerComparison)]
  ) -> [PictureTask] {
    let comparisons = datasets.map { PersonaComparison($0.comparison, of: $0.identity) }
    let scales = ChartScales(profiles: comparisons.flatMap(\.profiles))
    let names = datasets.first?.comparison.tokenizers ?? []
    let overviews = names.enumerated().flatMap { index, name in
      PictureTask.overviews(of: comparisons.map { $0.profiles[index] }, scales: scales, part: "tokens_of_\(name)")
    }
    return comparisons.map { PictureTask($0, scales: scales) } + overviews
  }

  /// Draws and names what was drawn.
  ///
  /// - Throws: A failure where pictures are missing; each is named before.
  func draw(_ tasks: [PictureTask]) throws(CommandFailure) {
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

extension PersonaComparison {
  /// The texts of one dataset under several tokenizers.
  fileprivate init(_ comparison: TokenizerComparison, of identity: DatasetIdentity) {
    let profiles = zip(comparison.tokenizers, comparison.conversations).map { tokenizer, scores in
      DatasetProfile(
        dataset: identity.dataset, model: identity.model, type: identity.type, persona: identity.persona,
        scores: scores,
        provenance: Provenance(
          tokenizer: tokenizer, revision: "", templateHash: "", countMode: .template, dataHash: "",
          toolVersion: TokenStats.version),
        limits: [])
    }
    self.init(
      type: identity.type, name: identity.name, profiles: profiles, rowNames: comparison.tokenizers,
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
