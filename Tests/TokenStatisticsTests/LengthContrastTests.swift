import Testing
import TokenStatistics

@Suite("Contrasts of lengths")
struct LengthContrastTests {
  @Test("Effect sizes equal their definitions over all pairs")
  func definitions() throws {
    let a = [3, 9, 9, 14, 20, 7], b = [9, 4, 3, 3, 8]
    let contrast = LengthContrast(LengthDistribution(a), LengthDistribution(b))
    var wins = 0.0
    for x in a { for y in b { wins += x > y ? 1 : x == y ? 0.5 : 0 } }
    #expect(contrast.probabilityLonger == wins / 30)
    #expect(contrast.medianDifference == 5)
    #expect(contrast.medianRatio == 2.25)
    func squares(_ values: [Int]) -> Double {
      let mean = Double(values.reduce(0, +)) / Double(values.count)
      return values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    }
    let pooled = ((squares(a) + squares(b)) / 9).squareRoot()
    let d = try #require(contrast.cohensD)
    #expect(abs(d - (62.0 / 6 - 27.0 / 5) / pooled) < 1e-12)
  }

  @Test("Swapping the groups mirrors every value")
  func symmetry() throws {
    let a = LengthDistribution([1, 5, 5, 9]), b = LengthDistribution([2, 5, 30])
    let there = LengthContrast(a, b), back = LengthContrast(b, a)
    #expect(there.meanDifference == back.meanDifference.map { -$0 })
    #expect(there.cohensD == back.cohensD.map { -$0 })
    #expect(try #require(there.probabilityLonger) + #require(back.probabilityLonger) == 1)
  }

  @Test("What is not defined is nil")
  func undefined() {
    let empty = LengthContrast(LengthDistribution([1]), LengthDistribution())
    #expect(empty.meanDifference == nil && empty.cohensD == nil && empty.probabilityLonger == nil)
    let equal = LengthContrast(LengthDistribution([4, 4]), LengthDistribution([4]))
    #expect(equal.cohensD == nil && equal.probabilityLonger == 0.5)
    #expect(LengthContrast(LengthDistribution([1]), LengthDistribution([0])).medianRatio == nil)
  }
}
