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

  @Test("Bands cover every score of a type exactly once", arguments: PersonaType.allCases)
  func bands(type: PersonaType) {
    for score in type.scoreRange {
      #expect(type.scoreBands.filter { $0.contains(.value(score)) }.count == 1)
    }
    #expect(type.scoreBands.allSatisfy { !$0.contains(.none) })
  }

  @Test("Band keys are written as in the statistics document")
  func bandKeys() {
    #expect(PersonaType.trait.scoreBands.map(\.key) == ["0-24", "25-49", "50-69", "70-84", "85-100"])
    #expect(PersonaType.role.scoreBands.map(\.key) == ["0", "1", "2", "3"])
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
