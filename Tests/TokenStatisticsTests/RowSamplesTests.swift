import JSON
import Testing

@testable import TokenStatistics

@Suite("Texts of the longest and shortest rows")
struct RowSamplesTests {
  private func sample(_ row: Int, _ tokens: Int) -> RowSamples.Sample {
    RowSamples.Sample(
      row: .init(row: row, tokens: tokens), score: row % 2 == 0 ? .value(3) : .none, label: row % 3 == 0 ? "pos" : nil,
      parts: [.init(kind: "user", tokens: tokens, text: "row \(row)\n\u{202E}")])
  }

  private func samples(_ rows: some Sequence<Int>, kept: Int) -> RowSamples {
    var samples = RowSamples(kept: kept)
    for row in rows {
      let sample = sample(row, 7 + row * 37 % 50)
      if samples.wants(sample.row) { samples.add(sample) }
    }
    return samples
  }

  @Test("parts merge into what the whole keeps, in any order")
  func merging() {
    let whole = samples(0..<200, kept: 4)
    #expect(whole.longest.count == 4 && whole.shortest.count == 4)
    #expect(whole.longest.map(\.row.tokens) == [56, 56, 56, 56])
    #expect(whole.longest.map(\.row.row) == whole.longest.map(\.row.row).sorted())
    var forwards = samples(0..<80, kept: 4)
    forwards.merge(samples(80..<200, kept: 4))
    var backwards = samples(80..<200, kept: 4)
    backwards.merge(samples(0..<80, kept: 4))
    #expect(forwards == whole && backwards == whole)
  }

  @Test("a part that keeps fewer leaves fewer of the whole")
  func differentNumbers() {
    var merged = samples(0..<80, kept: 4)
    merged.merge(samples(80..<200, kept: 2))
    #expect(merged == samples(0..<200, kept: 2))
    #expect(!RowSamples(kept: 0).wants(.init(row: 0, tokens: 1)))
  }

  @Test("what is written is read again")
  func roundTrip() throws {
    let whole = samples(0..<9, kept: 3)
    #expect(try RowSamples(FieldReader(JSONValue.parse(whole.json.serialized()), place: "samples")) == whole)
  }
}
