import Support
import Testing
import TokenStatistics

@testable import Histograms

/// What is higher than its plot says how high it is.
@Suite struct CutBarTests {
  static let scales = PlotScales(profiles: SyntheticProfiles.corpus)

  /// A trait of four scores, two of them higher than the scale that others share.
  static func trait(filters: ScoreFilters = ScoreFilters()) -> DatasetProfile {
    var profile = SyntheticProfiles.profile(
      "x", kind: .trait,
      lengths: [
        .value(72): Array(300..<340), .value(78): Array(400..<440), .value(88): Array(500..<560),
        .value(92): Array(900..<960),
      ])
    profile.filters = filters
    return profile
  }

  static func labels(of profile: DatasetProfile, scales: PlotScales) throws -> [PlotLabel] {
    var sketch = try DatasetLayoutTests.sketch()
    try DatasetPlot.lay(profile, scales: scales, layout: .rows, into: &sketch)
    SketchChecks.check(sketch, profile.dataset)
    return sketch.labels
  }

  @Test func everyCutBarOfScoresHasItsNumbersInIt() throws {
    let labels = try Self.labels(of: Self.trait(), scales: Self.scales)
    #expect(Self.scales.scoreMaximum == 20)
    let turned = labels.filter { $0.style.isTurned && $0.frame.left > ScorePanel.axisLeft }
    // 40, 40, 60 and 60 of 200 conversations, the latter ones longer.
    #expect(turned.map(\.text).sorted() == ["27.1 %", "30.0 %", "30.0 %", "47.6 %"])
    // Each runs up in its own bar: bars are 13 columns apart.
    let places = turned.filter { $0.text == "30.0 %" }.map(\.x)
    #expect(places.count == 2 && places[1] - places[0] == 13)
    #expect(!labels.contains { $0.text.hasPrefix("own scale") })
  }

  @Test func whatAFilterByScoreLeavesHasTheRoom() throws {
    let all = try Self.labels(of: Self.trait(), scales: Self.scales)
    let left = try Self.labels(of: Self.trait(filters: ScoreFilters(minimumScore: 70)), scales: Self.scales)
    func axis(_ labels: [PlotLabel]) -> [String] {
      let baseline = labels.last { $0.text == "100" && $0.frame.left > ScorePanel.axisLeft }?.baseline
      return labels.filter { $0.baseline == baseline && $0.frame.left > ScorePanel.axisLeft - 20 }
        .sorted { $0.x < $1.x }.map(\.text)
    }
    #expect(axis(all) == ["0", "20", "40", "60", "80", "100", "none"])
    #expect(axis(left) == ["70", "80", "90", "100"])
    #expect(left.contains { $0.text == "own scale, not the shared 20 %" })
    #expect(!left.contains { $0.style.isTurned && $0.frame.left > ScorePanel.axisLeft })
    // What fits the scale of others stays on it.
    let top = PlotScales(domain: Self.scales.domain, lengthMaximum: 100, rowMaximum: 100, scoreMaximum: 80, datasets: 2)
    let fitting = try Self.labels(of: Self.trait(filters: ScoreFilters(maximumScore: 95)), scales: top)
    #expect(!fitting.contains { $0.text.hasPrefix("own scale") })
    #expect(axis(try Self.labels(of: Self.trait(), scales: top)) == axis(all))
  }

  @Test func bandsThatAFilterLeavesHaveWiderBars() throws {
    func bars(_ filters: ScoreFilters) throws -> [Int] {
      var profile = SyntheticProfiles.profile("x", lengths: [.value(2): Array(300..<340), .value(3): Array(300..<380)])
      profile.filters = filters
      let labels = try Self.labels(of: profile, scales: Self.scales)
      return labels.filter { ["2", "3"].contains($0.text) && $0.frame.left > ScorePanel.axisLeft }.map(\.x).sorted()
    }
    let (all, left) = (try bars(ScoreFilters()), try bars(ScoreFilters(minimumScore: 2)))
    #expect(all.count == 2 && left.count == 2)
    #expect(left[0] < all[0] && left[1] - left[0] > all[1] - all[0])
  }

  @Test func everyCutBarOfLengthsHasItsNumber() throws {
    // Three bins side by side, all higher than the plot.
    let same = [600, 655, 715].flatMap { [Int](repeating: $0, count: 100) }
    let profile = SyntheticProfiles.profile("x", lengths: [.value(3): same, .value(1): Array(200..<300)])
    let labels = try Self.labels(of: profile, scales: Self.scales)
    func heights(around percent: Double) -> [PlotLabel] {
      labels.filter { label in
        label.frame.right < LengthPanel.rightmostLabelEnd
          && Double(label.text).map { abs($0 - percent) < 2 && $0 != percent } ?? false
      }
    }
    let inPanel = heights(around: 25.5)
    #expect(inPanel.count == 3 && inPanel.contains { $0.style.isTurned } && inPanel.contains { !$0.style.isTurned })
    // In the row of the score the same bars are a third each.
    let inRow = heights(around: 34)
    #expect(inRow.count == 3 && inRow.allSatisfy { $0.style.isTurned })
  }

  @Test func heightsKeepApartWhereBarsAreNarrow() throws {
    let scales = PlotScales(
      domain: LengthDomain(lowerOctave: 0, upperOctave: 16), lengthMaximum: 5, rowMaximum: 5, scoreMaximum: 5,
      datasets: 1)
    let lengths = (0..<12).map { 200 + 18 * $0 }.flatMap { [Int](repeating: $0, count: 30) }
    _ = try Self.labels(of: SyntheticProfiles.profile("x", lengths: [.value(3): lengths]), scales: scales)
    _ = try Self.labels(
      of: SyntheticProfiles.profile("x", kind: .trait, lengths: [.value(93): lengths]), scales: scales)
  }
}
