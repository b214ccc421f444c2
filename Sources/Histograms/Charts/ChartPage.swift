import TokenStatistics

/// What the panels of one dataset's picture share.
struct PlotPage: Sendable {
  let profile: DatasetProfile
  /// Score groups, highest first, `none` last.
  let groups: [ScoreGroup]
  /// All conversations.
  let lengths: LengthDistribution
  /// The scales in use: the shared ones, or the dataset's own.
  let scales: PlotScales
  /// The shared scales where the dataset has its own; nil where it uses the shared ones.
  let sharedScales: PlotScales?
  let bins: LengthBins
  let axis: LengthAxis

  static let width = 1200
  static let height = 800
  /// The left and right margin.
  static let margin = 24
  /// The right end of everything.
  static let right = width - margin

  init(profile: DatasetProfile, scales: PlotScales) {
    self.profile = profile
    groups = ScoreGroup.groups(of: profile)
    let lengths = groups.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
    self.lengths = lengths
    let isOwn = scales.isMissed(by: lengths)
    let used = isOwn ? PlotScales.own(profile) : scales
    self.scales = used
    sharedScales = isOwn ? scales : nil
    bins = LengthBins(used.domain)
    axis = LengthAxis(domain: used.domain)
  }

  /// Whether no conversation has a score.
  var isUnscored: Bool {
    profile.scores.allSatisfy { $0.key == .none || $0.value.lengths.isEmpty }
  }
}
