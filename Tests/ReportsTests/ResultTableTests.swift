import JSON
import Testing

@testable import Reports

@Suite("Tables of results")
struct ResultTableTests {
  private func sample() -> ResultTable {
    var table = ResultTable([
      .text("dataset"), .number("conversations", title: "conv."), .number("ratio", importance: .medium),
      .number("mean", importance: .low),
    ])
    table.add([
      .text("gemma-2-27b__role__pirate"), .integer(1_200), .decimal(1.25, digits: 2), .decimal(531.5, digits: 1),
    ])
    table.add([.text("tab\tquote\""), .integer(nil), .decimal(1, digits: 2)])
    return table
  }

  @Test("numbers stand on the right, a missing one is a dash")
  func text() {
    #expect(
      sample().lines(width: nil) == [
        "dataset                    conv.  ratio   mean",
        "gemma-2-27b__role__pirate  1,200   1.25  531.5",
        "tab\\u{0009}quote\"              –   1.00      –",
      ])
  }

  @Test("the least important columns go first, then the first column is cut")
  func narrow() {
    #expect(sample().lines(width: 45)[0] == "dataset                    conv.  ratio")
    #expect(sample().lines(width: 33)[0] == "dataset                    conv.")
    #expect(
      sample().lines(width: 20) == ["dataset        conv.", "gemma-2-27b_…  1,200", "tab\\u{0009}q…      –"])
  }

  @Test("a column without a heading is called by its name where it is left out")
  func unnamed() {
    var table = ResultTable([.text("dataset"), .text("percent", title: "", importance: .medium)])
    table.add([.text("gemma-2-27b"), .text("+1.5 %")])
    #expect(table.fitted(width: 15).omitted == ["percent"])
  }

  @Test("programs get names, full numbers and nothing for what is missing")
  func tabSeparated() {
    let text = String(decoding: sample().tabSeparated, as: UTF8.self)
    #expect(
      text == """
        dataset\tconversations\tratio\tmean
        gemma-2-27b__role__pirate\t1200\t1.25\t531.5
        tab\\tquote"\t\t1.0\t

        """)
  }

  @Test("JSON is an array of objects in the order of the columns")
  func json() throws {
    let rows = try JSONValue.parse(sample().json).arrayValue ?? []
    #expect(
      rows.map { $0.objectValue?.keys } == Array(repeating: ["dataset", "conversations", "ratio", "mean"], count: 2))
    #expect(rows.last?["dataset"] == .string("tab\tquote\""))
    #expect(rows.last?["conversations"] == .null)
    #expect(String(decoding: ResultTable([.text("a")]).json, as: UTF8.self) == "[\n]\n")
  }
}
