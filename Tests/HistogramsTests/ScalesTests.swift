import Support
import Testing
import TokenStatistics

@testable import Histograms

/// The scales all plots of a run share, and where they put things.
@Suite struct ScalesTests {
  @Test func domainHoldsTheMiddleOfAllConversations() throws {
    // p0.1 = 70 lies at or above 64, p99.9 = 2,047 needs the axis to end at 2,048.
    let lengths = LengthDistribution(Array(repeating: 70, count: 500) + Array(repeating: 2_047, count: 500))
    #expect(LengthDomain(covering: lengths) == LengthDomain(lowerOctave: 6, upperOctave: 11))
    let longer = LengthDistribution(Array(repeating: 64, count: 500) + Array(repeating: 2_048, count: 500))
    #expect(LengthDomain(covering: longer) == LengthDomain(lowerOctave: 6, upperOctave: 12))
    #expect(LengthDomain(covering: LengthDistribution()) == nil)
  }

  @Test func domainHasAtLeastFiveOctavesAndStartsAtOne() throws {
    let narrow = try #require(LengthDomain(covering: LengthDistribution([600])))
    #expect(narrow.octaves == 5)
    #expect(narrow.contains(600))
    let short = try #require(LengthDomain(covering: LengthDistribution([0, 1])))
    #expect((short.lower, short.upper) == (1, 32))
  }

  @Test func outliersDoNotStretchTheDomain() throws {
    var lengths = LengthDistribution((70..<1_070).flatMap { Array(repeating: $0, count: 10) })
    lengths.add(900_000, count: 9)
    #expect(LengthDomain(covering: lengths)?.upper == 2_048)
    lengths.add(900_000, count: 3)
    #expect(LengthDomain(covering: lengths)?.upper == 1 << 20)
  }

  @Test func readsADomainFromText() throws {
    #expect(try LengthDomain(parsing: "64:2048") == LengthDomain(lower: 64, upper: 2_048))
    for text in ["", "64", "64:2000", "2048:64", "64:64", "0:64", "-64:64", "64:2048:4096", "64:4611686018427387904"] {
      #expect(throws: FileError.domain(text: text)) { try LengthDomain(parsing: text) }
    }
  }

  @Test func binsPartitionTheDomain() {
    for domain in [LengthDomain(lowerOctave: 0, upperOctave: 20), LengthDomain(lowerOctave: 6, upperOctave: 11)] {
      let bins = LengthBins(domain)
      #expect(bins.edges.first == domain.lower && bins.edges.last == domain.upper)
      #expect(zip(bins.edges, bins.edges.dropFirst()).allSatisfy { $0 < $1 })
      let lengths = LengthDistribution(Array(0...5_000))
      let counts = bins.counts(of: lengths)
      #expect(counts.less + counts.more + counts.bins.reduce(0, +) == lengths.count)
      #expect(counts.less == domain.lower)
      for (index, count) in counts.bins.enumerated() where bins.edges[index + 1] <= 5_000 {
        #expect(count == bins.edges[index + 1] - bins.edges[index])
      }
    }
  }

  @Test func binsAgreeWithTheStoredHistograms() {
    let bins = LengthBins(LengthDomain(lowerOctave: 0, upperOctave: 17))
    #expect(bins.edges == HistogramBins.edges)
    let lengths = LengthDistribution([0, 1, 5, 5, 700, 131_071, 131_072, 900_000])
    let counts = bins.counts(of: lengths)
    #expect([counts.less] + counts.bins + [counts.more] == HistogramBins.counts(of: lengths))
  }

  @Test func evenLengthsMakeNoComb() {
    // As many conversations of length n as an even spread over octaves puts there: bars of one height, also where
    // bins hold one, two or three whole lengths.
    let bins = LengthBins(LengthDomain(lowerOctave: 0, upperOctave: 10))
    for (index, width) in bins.widths.enumerated() {
      let count = Int((width * 100_000).rounded())
      let height = bins.height(count, bin: index, of: 1_000_000)
      #expect(abs(height - 100.0 / 80) < 0.001)
    }
  }

  @Test func heightsComeFromTheLargeDatasets() {
    let even = SyntheticProfiles.profile("even", lengths: [.value(3): Array(200..<800)])
    let peak = SyntheticProfiles.profile("peak", lengths: [.value(3): Array(repeating: 500, count: 199)])
    let alone = PlotScales(profiles: [even])
    #expect(PlotScales(profiles: [even, peak]).lengthMaximum == alone.lengthMaximum)
    #expect(PlotScales(profiles: [peak]).lengthMaximum == 100)
    #expect([5, 8, 10, 12, 15].contains(alone.lengthMaximum))
  }

  @Test func aFixedDomainStays() throws {
    let domain = try LengthDomain(lower: 16, upper: 65_536)
    let scales = PlotScales(profiles: [SyntheticProfiles.role("hacker")], domain: domain)
    #expect(scales.domain == domain)
    #expect(PlotScales(profiles: []).domain == LengthDomain(lowerOctave: 6, upperOctave: 11))
  }

  @Test func lengthsLieWhereTheDesignPutsThem() {
    // Columns measured in the design's plots.
    let axis = LengthAxis(domain: LengthDomain(lowerOctave: 6, upperOctave: 11))
    let columns = [
      659: 546, 1_084: 638, 629: 538, 201: 327, 254: 370, 879: 600, 978: 619, 747: 570, 59: 90, 2_135: 784,
    ]
    for (length, column) in columns {
      #expect(axis.x(length: length) == column, "length \(length)")
    }
    #expect([64, 70, 76, 83, 91, 1_878, 2_048].map { axis.x(edge: $0) } == [116, 131, 147, 163, 180, 740, 756])
    #expect(axis.gridOctaves == [6, 7, 8, 9, 10, 11])
    #expect(LengthAxis(domain: LengthDomain(lowerOctave: 0, upperOctave: 20)).gridOctaves.count == 11)
  }

  @Test func scoresOutsideTheRangeAreShownAtItsEnds() {
    let groups = LengthGroup.groups(of: SamplePlots.strangeScores)
    #expect(groups.map(\.name) == ["3+", "2", "1", "≤0", "none"])
    #expect(groups.map(\.lengths.count) == [300, 200, 0, 40, 0])
    let bars = ScoreBars(SamplePlots.strangeScores, scale: .role)
    #expect(bars.scored.map(\.conversations) == [40, 0, 200, 300])
  }

  @Test func traitBarsAndBandsHoldEveryScoreOnce() {
    var lengths: [Score: [Int]] = [.none: [1]]
    for value in 0...100 { lengths[.value(value)] = Array(repeating: 10, count: value + 1) }
    let profile = SyntheticProfiles.profile("all", kind: .trait, lengths: lengths)
    let bars = ScoreBars(profile, scale: .trait)
    #expect(bars.scored.map(\.conversations).reduce(0, +) == 101 * 102 / 2)
    #expect(bars.scored[0].conversations == 15 && bars.scored[19].conversations == 96 + 97 + 98 + 99 + 100 + 101)
    let groups = LengthGroup.groups(of: profile)
    #expect(groups.map(\.name) == ["85–100", "70–84", "50–69", "25–49", "0–24", "none"])
    #expect(groups[0].lengths.count == (86...101).reduce(0, +))
    #expect(groups[4].lengths.count == (1...25).reduce(0, +))
  }
}
