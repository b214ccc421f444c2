import Counting
import Support
import Testing

@testable import Analysis

@Suite("Equal rows by digest")
struct RowDigestsTests {
  private static func digests(_ texts: [String], capacity: Int, from row: Int = 0) -> RowDigests {
    var digests = RowDigests(capacity: capacity)
    for (index, text) in texts.enumerated() {
      let digest = RenderedFacts.Digest(text.utf8Span.span.bytes)
      digests.add(RowDigests.Entry(row: row + index, line: row + index + 1, digest: digest))
    }
    return digests
  }

  private static func rows(
    _ name: String, _ digests: RowDigests, model: TextKey = "m", path: String? = nil, pair: TextKey? = nil
  ) -> DuplicateSearch.Rows {
    DuplicateSearch.Rows(name: name, model: model, path: path ?? name, pair: pair, digests: digests)
  }

  @Test("rows of a dataset that was named before are found, each with the first there")
  func datasets() {
    let one = Self.rows("one", Self.digests(["a", "b", "b"], capacity: 9))
    let two = Self.rows("two", Self.digests(["c", "b", "a", "b"], capacity: 9))
    let three = Self.rows("three", Self.digests(["c"], capacity: 9))
    let found = DuplicateSearch.duplicates(in: [one, two, three])
    #expect(found[0].map { [$0.entry.row, $0.first.row] } == [[2, 1]])
    #expect(found[1].map { [$0.entry.row, $0.first.row] } == [[1, 1], [2, 0], [3, 1]])
    #expect(found[1].map(\.dataset) == ["one", "one", nil])
    #expect(found[2].map(\.dataset) == ["two"])
  }

  @Test("what another model rendered, other selections of a file and the other side of a pair are not compared")
  func comparable() {
    let texts = Self.digests(["a"], capacity: 9)
    let pairs: [(DuplicateSearch.Rows, DuplicateSearch.Rows)] = [
      (Self.rows("x", texts), Self.rows("y", texts, model: "n")),
      (Self.rows("x", texts), Self.rows("y", texts, path: "x")),
      (Self.rows("x", texts, pair: "p"), Self.rows("y", texts, pair: "p")),
    ]
    for (one, two) in pairs { #expect(DuplicateSearch.duplicates(in: [one, two])[1].isEmpty) }
    let others = [Self.rows("x", texts, pair: "p"), Self.rows("y", texts, pair: "q")]
    #expect(DuplicateSearch.duplicates(in: others)[1].count == 1)
  }

  @Test("parts find what the whole finds, each duplicate with the first row that it equals")
  func parts() {
    let texts = ["a", "b", "a", "c", "b", "a"]
    var whole = Self.digests(Array(texts[..<3]), capacity: 100)
    whole.append(Self.digests(Array(texts[3...]), capacity: 100, from: 3))
    let found = DuplicateSearch.duplicates(in: [Self.rows("x", whole)])
    #expect(found[0].map { [$0.entry.row, $0.first.row] } == [[2, 0], [4, 1], [5, 0]])
    #expect(found[0].allSatisfy { $0.dataset == nil })
    #expect(!whole.isFull)
  }

  @Test("rows behind the bound are not compared, and that is known")
  func bound() {
    var whole = Self.digests(["a", "b"], capacity: 3)
    #expect(!whole.isFull)
    whole.append(Self.digests(["c", "a"], capacity: 3, from: 2))
    #expect(whole.isFull && whole.count == 3)
    #expect(DuplicateSearch.duplicates(in: [Self.rows("x", whole)])[0].isEmpty)
    #expect(Self.digests(["a", "b", "c", "d"], capacity: 3).isFull)
  }

  @Test("rows are equal in both sources by number; rows that one lacks are not")
  func sides() {
    let left = Self.digests(["a", "b", "c"], capacity: 9)
    let right = Self.digests(["b", "c"], capacity: 9, from: 1)
    #expect(left.equalRows(in: right).map(\.row) == [1, 2])
    #expect(right.equalRows(in: Self.digests(["a", "x", "c"], capacity: 9)).map(\.row) == [2])
  }
}
