public import Support
public import TokenStatistics

/// The scales that all plots of a run share, so that the same place means the same in every one of them.
///
///     let scales = PlotScales(profiles: profiles)
///
/// They need the lengths of all datasets: counting comes first, drawing second. When one of them changes, every
/// plot has to be drawn again.
public struct PlotScales: Sendable, Hashable {
  /// The lengths the histograms show.
  public let domain: LengthDomain
  /// The top of the histograms, in percent of the conversations per eighth of an octave.
  public let lengthMaximum: Int
  /// The top of the histograms of single scores and other groups, in percent of the group's conversations per eighth
  /// of an octave.
  public let rowMaximum: Int
  /// The top of narrow score bars, in percent of the conversations.
  public let scoreMaximum: Int
  /// The number of datasets that share the scales.
  public let datasets: Int

  /// The domain used if there are no conversations at all: 64 to 2,048 tokens.
  static let defaultDomain = LengthDomain(lowerOctave: 6, upperOctave: 11)

  init(domain: LengthDomain, lengthMaximum: Int, rowMaximum: Int, scoreMaximum: Int, datasets: Int) {
    self.domain = domain
    self.lengthMaximum = lengthMaximum
    self.rowMaximum = rowMaximum
    self.scoreMaximum = scoreMaximum
    self.datasets = datasets
  }

  /// Computes the scales of `profiles`.
  ///
  /// The domain covers the middle 99.8 % of all conversations, and of their parts where no plot shows anything else in its
  /// rows. The heights are those of the 98th percentile over the
  /// datasets, and over their groups, with at least 200 rows (over all datasets if none has that many), rounded up.
  ///
  /// - Parameters:
  ///   - profiles: Every dataset that is drawn in the run.
  ///   - domain: A fixed domain instead of the computed one.
  /// - Complexity: O(*n*) for *n* distinct lengths over all scores and datasets.
  public init(profiles: [DatasetProfile], domain: LengthDomain? = nil) {
    let rows = profiles.map { PlotRows($0, scores: LengthGroup.groups(of: $0)) }
    let groups = rows.map { $0.groups.map(\.lengths) }
    let lengths = profiles.indices.map { index in
      groups[index].isEmpty || rows[index].areParts
        ? profiles[index].lengths : LengthDistribution(merging: groups[index])
    }
    // Parts are shorter and more alike than conversations: they set no scale that others share.
    let areParts = rows.allSatisfy(\.areParts)
    let covered = lengths + (areParts ? groups.flatMap(\.self) : [])
    let domain =
      domain ?? LengthDomain(covering: LengthDistribution(merging: covered)) ?? Self.defaultDomain
    let bins = LengthBins(domain)
    let counted = profiles.indices.filter { !lengths[$0].isEmpty }
    let large = counted.filter { lengths[$0].count >= Self.fewestRows }
    let measured = large.isEmpty ? counted : large
    let lengthMaximum = Self.top(of: measured.map { bins.highest(of: lengths[$0]) })
    let shown = measured.filter { areParts || !rows[$0].areParts }
      .flatMap { index in groups[index].filter { $0.count >= Self.fewestRows } }
    self.init(
      domain: domain, lengthMaximum: lengthMaximum,
      rowMaximum: shown.isEmpty ? lengthMaximum : Self.top(of: shown.map { bins.highest(of: $0) }),
      scoreMaximum: Self.top(
        of: measured.compactMap { index in
          guard let scale = profiles[index].scoreScale, !ScoreBars.hasWideBars(scale) else { return nil }
          return ScoreBars(profiles[index], scale: scale).highest(of: lengths[index].count)
        }), datasets: profiles.count)
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

  /// The rows from which on a dataset influences the heights: fewer make ragged histograms.
  private static let fewestRows = 200

  private static let tops = [5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100]

  /// The 98th percentile (nearest rank) of `heights`, rounded up to a round number.
  static func top(of heights: [Double]) -> Int {
    guard !heights.isEmpty else { return 12 }
    let rank = (98 * heights.count + 99) / 100
    let height = heights.sorted()[rank - 1]
    return tops.first { Double($0) >= height } ?? 100
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

/// The lengths a length axis shows: from a lower power of two up to, but without, an upper one.
public struct LengthDomain: Sendable, Hashable {
  /// The binary logarithm of the shortest length shown.
  let lowerOctave: Int
  /// The binary logarithm of the first length no longer shown.
  let upperOctave: Int

  /// The highest octave a domain can reach.
  static let highestOctave = 40

  init(lowerOctave: Int, upperOctave: Int) {
    self.lowerOctave = lowerOctave
    self.upperOctave = upperOctave
  }

  /// Makes a domain from two powers of two in tokens, the lower one first and at least 1.
  ///
  /// - Throws: `FileError` if a bound is no power of two or the order is wrong.
  public init(lower: Int, upper: Int) throws(FileError) {
    guard lower > 0, upper > lower, lower.nonzeroBitCount == 1, upper.nonzeroBitCount == 1,
      upper.trailingZeroBitCount <= Self.highestOctave
    else { throw .domain(text: "\(lower):\(upper)") }
    self.init(lowerOctave: lower.trailingZeroBitCount, upperOctave: upper.trailingZeroBitCount)
  }

  /// Reads a domain from text such as `64:2048`.
  ///
  /// - Throws: `FileError` if the text does not have that form.
  public init(parsing text: String) throws(FileError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let lower = Int(parts[0]), let upper = Int(parts[1]),
      let domain = try? LengthDomain(lower: lower, upper: upper)
    else { throw .domain(text: text) }
    self = domain
  }

  /// The domain that holds the middle 99.8 % of `lengths`, at least five octaves wide; nil without conversations.
  ///
  /// It runs from the power of two at or below the percentile 0.1 to the one above the percentile 99.9. What is
  /// missing to five octaves is added below and above in turn.
  init?(covering lengths: LengthDistribution) {
    guard let low = lengths.percentile(0.1), let high = lengths.percentile(99.9) else { return nil }
    var lower = Self.octave(atOrBelow: max(low, 1))
    var upper = max(Self.octave(atOrBelow: max(high, 1)) + 1, lower + 1)
    var extendsBelow = true
    while upper - lower < Self.fewestOctaves {
      if extendsBelow, lower > 0 { lower -= 1 } else { upper += 1 }
      extendsBelow.toggle()
    }
    self.init(lowerOctave: lower, upperOctave: min(upper, Self.highestOctave))
  }

  /// The shortest length shown, in tokens.
  public var lower: Int { 1 << lowerOctave }

  /// The first length no longer shown, in tokens.
  public var upper: Int { 1 << upperOctave }

  /// The width in octaves.
  var octaves: Int { upperOctave - lowerOctave }

  /// Whether the axis shows `length`.
  func contains(_ length: Int) -> Bool {
    lower <= length && length < upper
  }

  private static let fewestOctaves = 5

  private static func octave(atOrBelow length: Int) -> Int {
    Int.bitWidth - 1 - length.leadingZeroBitCount
  }
}
