import Support
import Testing
import TokenStatistics

@Suite("Scores and bands")
struct ScoreTests {
  @Test("Scores order by number, not by text, and a missing score is last")
  func order() {
    let keys = ["null", "10", "9", "100", "-1", "0"].compactMap(Score.init(key:)).sorted().map(\.key)
    #expect(keys == ["-1", "0", "9", "10", "100", "null"])
  }

  @Test(
    "Only canonical keys are scores", arguments: ["", "03", "+3", "3.0", " 3", "nil", "NULL", "99999999999999999999"])
  func badKeys(key: String) {
    #expect(Score(key: key) == nil)
  }

  @Test("Bands cover every score of a scale exactly once", arguments: [ScoreScale.role, .trait])
  func bands(scale: ScoreScale) {
    for score in scale.range {
      #expect(scale.bands.filter { $0.contains(.value(score)) }.count == 1)
      #expect(scale.bands[scale.bandIndex(of: score)].contains(.value(score)))
    }
    #expect(scale.bands.allSatisfy { !$0.contains(.none) })
    #expect(scale.bandIndex(of: -5) == 0 && scale.bandIndex(of: 1_000) == scale.bands.count - 1)
    #expect(ScoreScale(range: scale.range, bands: scale.bands) == scale)
  }

  @Test("A scale has bands that cover its range in order, or is none")
  func scales() {
    func scale(_ range: ClosedRange<Int>, _ bands: ClosedRange<Int>...) -> ScoreScale? {
      ScoreScale(range: range, bands: bands.map { ScoreBand($0) })
    }
    #expect(scale(1...10, 1...4, 5...7, 8...10)?.hasBandPerScore == false)
    #expect(scale(1...3, 1...1, 2...2, 3...3)?.hasBandPerScore == true)
    #expect(scale(-5 ... -5, -5 ... -5)?.bands.count == 1)
    for odd in [
      scale(1...10), scale(1...10, 1...4, 6...10), scale(1...10, 1...5, 5...10), scale(1...10, 5...10, 1...4),
      scale(1...10, 1...9), scale(1...10, 0...10), scale(0...Int.max, 0...Int.max), scale(Int.min...0, Int.min...0),
      ScoreScale(range: 0...10, bands: (0...10).map { ScoreBand($0...$0) }),
    ] { #expect(odd == nil) }
    #expect(DatasetKind.allCases.map(\.scoreScale) == [.role, .trait, nil])
  }

  @Test("Band keys are written as in the statistics document")
  func bandKeys() {
    #expect(ScoreScale.trait.bands.map(\.key) == ["0-24", "25-49", "50-69", "70-84", "85-100"])
    #expect(ScoreScale.role.bands.map(\.key) == ["0", "1", "2", "3"])
  }

  @Test("A tally equals the sum of its labels, however it was put together")
  func tallies() {
    var tally = ScoreTally()
    tally.add(LabelTally(lengths: LengthDistribution([5, 9]), assistantTokens: 6), label: "pos")
    tally.add(LabelTally(lengths: LengthDistribution([5]), assistantTokens: 2), label: "neg")
    var other = ScoreTally()
    other.merge(ScoreTally(labels: ["neg": LabelTally(lengths: LengthDistribution([5]), assistantTokens: 2)]))
    other.merge(ScoreTally(labels: ["pos": LabelTally(lengths: LengthDistribution([5, 9]), assistantTokens: 6)]))
    #expect(tally == other)
    #expect(tally == ScoreTally(labels: tally.labels))
    #expect(tally.conversations == 3 && tally.tokens == 19 && tally.assistantTokens == 8)
  }
}
