import TestSupport
import Testing

@testable import Counting

@Suite("Shares of the work")
struct ScanShardTests {
  @Test("Every unit belongs to exactly one run, and no run has much more than its share")
  func shares() throws {
    var random = SplitMix(state: 3)
    for count in [1, 2, 3, 7, 40] {
      let sizes = (0..<25).map { _ in Int(random.next() % 5_000_000) }
      var next = 0
      for number in 1...count {
        let units = try #require(ScanShard("\(number)/\(count)")).units(ofBytes: sizes)
        guard !units.isEmpty else { continue }
        #expect(units.lowerBound == next)
        next = units.upperBound
        let share = units.reduce(0) { $0 + sizes[$1] }
        #expect(share <= sizes.reduce(0, +) / count + 5_000_000)
      }
      #expect(next == sizes.count)
    }
  }

  @Test("Empty sources are shared too")
  func emptySources() throws {
    let units = try (1...3).map { try #require(ScanShard("\($0)/3")).units(ofBytes: [0, 0, 0]) }
    #expect(units == [0..<1, 1..<2, 2..<3])
    #expect(try #require(ScanShard("1/1")).units(ofBytes: []).isEmpty)
  }

  @Test(
    "Text that is no share", arguments: ["0/4", "5/4", "1/0", "1", "1/2/3", "-1/2", "a/b", "", "1/ 2", "1/1000001"])
  func noShares(text: String) {
    #expect(ScanShard(text) == nil)
  }
}
