import TokenStatistics

/// What the panels of one dataset's plot share.
struct PlotPage: Sendable {
  let profile: DatasetProfile
  let layout: PlotLayout
  /// The groups that the histogram's colors tell apart: scores, highest first, `none` last.
  let groups: [LengthGroup]
  /// The groups that have a row of their own.
  let rows: PlotRows
  /// All conversations.
  let lengths: LengthDistribution
  /// The scales in use: the shared ones, or the dataset's own.
  let scales: PlotScales
  /// The shared scales if the dataset has its own; nil if it uses the shared ones.
  let sharedScales: PlotScales?
  let bins: LengthBins
  let axis: LengthAxis
  /// Where the histogram of all conversations is.
  let frame: PlotFrame

  static let width = 1200
  static let height = 800
  /// The left and right margin.
  static let margin = 24
  /// The right end of everything.
  static let right = width - margin

  init(profile: DatasetProfile, scales: PlotScales, layout: PlotLayout) {
    self.profile = profile
    self.layout = layout
    groups = LengthGroup.groups(of: profile)
    rows = PlotRows(profile, scores: groups)
    let lengths = LengthDistribution(merging: groups.map(\.lengths))
    self.lengths = lengths
    let isOwn = scales.isMissed(by: lengths)
    let used = isOwn ? PlotScales.own(profile) : scales
    self.scales = used
    sharedScales = isOwn ? scales : nil
    bins = LengthBins(used.domain)
    axis = LengthAxis(domain: used.domain)
    let domain = used.domain
    frame = PlotFrame(
      layout: layout, rows: rows.groups.count,
      filled: rows.groups.count { Self.hasHistogram($0.lengths, on: domain) })
  }

  /// Whether a row of `lengths` has a histogram: fewer conversations are a tick each, those beyond the axis words.
  func hasHistogram(_ lengths: LengthDistribution) -> Bool { Self.hasHistogram(lengths, on: axis.domain) }

  private static func hasHistogram(_ lengths: LengthDistribution, on domain: LengthDomain) -> Bool {
    lengths.count >= LengthStrip.fewestForSummary && !lengths.isBeyond(domain)
  }

  /// Whether something that the plot shows is shorter than its axis.
  var isShorterThanAxis: Bool { shown.contains { ($0.minimum ?? .max) < axis.domain.lower } }

  /// Whether something that the plot shows is longer than its axis.
  var isLongerThanAxis: Bool { shown.contains { ($0.maximum ?? 0) >= axis.domain.upper } }

  /// All lengths that are drawn.
  private var shown: [LengthDistribution] {
    [lengths] + rows.groups.map(\.lengths).filter { !$0.isBeyond(axis.domain) }
  }

  /// Whether no conversation has a score.
  var isUnscored: Bool {
    profile.scores.allSatisfy { $0.key == .none || $0.value.lengths.isEmpty }
  }
}

extension LengthDistribution {
  /// Whether all lengths lie on one side of `domain`, outside of it.
  func isBeyond(_ domain: LengthDomain) -> Bool {
    guard let minimum, let maximum else { return false }
    return maximum < domain.lower || minimum >= domain.upper
  }
}
