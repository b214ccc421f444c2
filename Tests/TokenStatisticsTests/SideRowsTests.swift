import Support
import Testing

@testable import TokenStatistics

/// The rows of sides of pairs.
struct SideRowsTests {
  private static func side(_ first: Int, _ lengths: [Int?]) -> SideRows {
    var side = SideRows(pair: "p", isChosen: true)
    for (row, length) in lengths.enumerated() { side.add(first + row, length: length, prompt: length.map { $0 / 2 }) }
    return side
  }

  @Test("parts add up to the whole in any order, and are stored as the whole is")
  func parts() throws {
    let whole = Self.side(0, [4, nil, 6, 8, 10])
    let parts = [Self.side(0, [4, nil]), Self.side(2, [6]), Self.side(3, [8, 10])]
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
      var sum = parts[order[0]]
      for part in order.dropFirst() { sum.merge(parts[part]) }
      #expect(sum == whole)
      #expect(sum.json == whole.json)
      #expect(sum.lengths == [4, nil, 6, 8, 10])
    }
    let fields = try FieldReader(.fields([("side", whole.json)]), place: "")
    #expect(try SideRows(optional: fields) == whole)
  }

  @Test("rows of which one side failed are no pairs, and their prompts do not count")
  func pairs() {
    let summary = PairSummary(
      names: ("a", "b"), Self.side(0, [4, nil, 6]), Self.side(0, [2, 2, nil]), limits: [3])
    #expect((summary.pairs, summary.unpaired) == (1, 2))
    #expect(summary.prompts?.tokens == 2)
    #expect(summary.limits[3]?.chosen == 1)
  }
}
