public import TokenStatistics

/// The scales that all pictures of a run share, so that the same place means the same in every one of them.
///
///     let scales = PlotScales(profiles: profiles)
///
/// They need the lengths of all datasets: counting comes first, drawing second. When one of them changes, every
/// picture has to be drawn again.
public struct PlotScales: Sendable, Hashable {
  /// The lengths the histograms show.
  public let domain: LengthDomain
  /// The top of the histograms, in percent of the conversations per eighth of an octave.
  public let lengthMaximum: Int
  /// The top of narrow score bars, in percent of the conversations.
  public let scoreMaximum: Int

  /// The domain used where there are no conversations at all: 64 to 2,048 tokens.
  static let defaultDomain = LengthDomain(lowerOctave: 6, upperOctave: 11)

  init(domain: LengthDomain, lengthMaximum: Int, scoreMaximum: Int) {
    self.domain = domain
    self.lengthMaximum = lengthMaximum
    self.scoreMaximum = scoreMaximum
  }

  /// Computes the scales of `profiles`.
  ///
  /// The domain covers the middle 99.8 % of all conversations. The heights are those of the 98th percentile over the
  /// datasets with at least 200 rows (over all datasets where none has), rounded up.
  ///
  /// - Parameters:
  ///   - profiles: Every dataset that is drawn in the run.
  ///   - domain: A fixed domain instead of the computed one.
  /// - Complexity: O(*n*) for *n* distinct lengths over all scores and datasets, plus merging them.
  public init(profiles: [DatasetProfile], domain: LengthDomain? = nil) {
    let lengths = profiles.map(\.lengths)
    let domain = domain ?? Self.merged(lengths).flatMap { LengthDomain(covering: $0) } ?? Self.defaultDomain
    let bins = LengthBins(domain)
    let counted = profiles.indices.filter { !lengths[$0].isEmpty }
    let large = counted.filter { lengths[$0].count >= Self.fewestRows }
    let measured = large.isEmpty ? counted : large
    self.init(
      domain: domain,
      lengthMaximum: Self.top(of: measured.map { bins.highest(of: lengths[$0]) }),
      scoreMaximum: Self.top(
        of: measured.compactMap { index in
          guard let scale = profiles[index].scoreScale, !ScoreBars.hasWideBars(scale) else { return nil }
          return ScoreBars(profiles[index], scale: scale).highest(of: lengths[index].count)
        }))
  }

  /// The scales of one dataset alone, for one that lies mostly outside the shared ones.
  static func own(_ profile: DatasetProfile) -> PlotScales {
    PlotScales(profiles: [profile])
  }

  /// Whether over a quarter of `lengths` lies outside the domain, so that the scales hide more than they show.
  func isMissed(by lengths: LengthDistribution) -> Bool {
    let below = lengths.count - lengths.count(above: domain.lower - 1)
    return 4 * (below + lengths.count(above: domain.upper - 1)) > lengths.count
  }

  /// The rows from which on a dataset has a say in the heights: fewer make ragged histograms.
  private static let fewestRows = 200

  private static let tops = [5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100]

  /// The 98th percentile (nearest rank) of `heights`, rounded up to a round number.
  private static func top(of heights: [Double]) -> Int {
    guard !heights.isEmpty else { return 12 }
    let rank = (98 * heights.count + 99) / 100
    let height = heights.sorted()[rank - 1]
    return tops.first { Double($0) >= height } ?? 100
  }

  /// All of `lengths` in one, merged in pairs so that no long sum is copied for every dataset.
  private static func merged(_ lengths: [LengthDistribution]) -> LengthDistribution? {
    var level = lengths
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { index in
        var sum = level[index]
        if index + 1 < level.count { sum.merge(level[index + 1]) }
        return sum
      }
    }
    return level.first
  }

  /// The round steps between grid lines up to `top` percent.
  static func step(for top: Int) -> Int {
    switch top {
    case ...5: 1
    case ...12: 2
    case ...30: 5
    case ...60: 10
    default: 20
    }
  }
}
