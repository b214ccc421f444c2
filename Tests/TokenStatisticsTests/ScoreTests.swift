import Support
import Testing
import TokenStatistics

@Suite("Scores and bands")
struct ScoreTests {
  @Test("Scores order by number, not by text, and a missing score is last")
  func order() {
    let keys = ["null", "10", "9", "72.5", "100", "-1", "9.25", "-1.5", "0"].compactMap(Score.init(key:)).sorted()
    #expect(keys.map(\.key) == ["-1.5", "-1", "0", "9", "9.25", "10", "72.5", "100", "null"])
  }

  @Test("A score is a number that reads back, and has a whole number below it")
  func numbers() {
    for number in [0.1, 72.5, -0.3, 1e-7, 0.1 + 0.2, 9e15, -4] {
      let score = Score(number)
      #expect(score?.number == number && score.flatMap { Score(key: $0.key) } == score, "\(number)")
    }
    #expect(Score(3) == .value(3) && Score(3)?.key == "3" && Score(-0.0) == .value(0) && Score(-0.0)?.key == "0")
    #expect(Score(72.5)?.floor == 72 && Score(-0.5)?.floor == -1 && Score.none.floor == nil)
    #expect(Score(72.5)?.withoutFraction == .value(72) && Score.none.withoutFraction == .none)
    for number in [Double.nan, .infinity, -.infinity, 1e300] { #expect(Score(number) == nil) }
    #expect(Score.value(.max).floor == .max && Score.value(.min).floor == .min)
  }

  @Test(
    "Only canonical keys are scores",
    arguments: [
      "", "03", "+3", "3.0", " 3", "nil", "NULL", "nan", "inf", "0.50", ".5", "5e-1", "0x1p-1", "99999999999999999999",
    ])
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
    // A fraction has the band of the whole number below it, so that none falls between two bands.
    for score in scale.range.dropLast() {
      let half: Score = Score(Double(score) + 0.5) ?? .none
      #expect(scale.bands.filter { $0.contains(half) }.map(\.key) == [scale.bands[scale.bandIndex(of: score)].key])
    }
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
