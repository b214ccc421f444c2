import Counting
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

  @Test("parts find what the whole finds, each duplicate with the first row that it equals")
  func parts() {
    let texts = ["a", "b", "a", "c", "b", "a"]
    var whole = Self.digests(Array(texts[..<3]), capacity: 100)
    whole.append(Self.digests(Array(texts[3...]), capacity: 100, from: 3))
    #expect(whole.duplicates().map { [$0.entry.row, $0.first.row] } == [[2, 0], [4, 1], [5, 0]])
    #expect(!whole.isFull)
  }

  @Test("rows behind the bound are not compared, and that is known")
  func bound() {
    var whole = Self.digests(["a", "b"], capacity: 3)
    #expect(!whole.isFull)
    whole.append(Self.digests(["c", "a"], capacity: 3, from: 2))
    #expect(whole.isFull && whole.count == 3 && whole.duplicates().isEmpty)
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
