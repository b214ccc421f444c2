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
      sample().lines(width: 20) == ["dataset        conv.", "gemma-…pirate  1,200", "tab\\u{…quote\"      –"])
  }

  @Test("columns that are empty in all rows go before all others")
  func emptyColumns() {
    var table = ResultTable([
      .text("dataset"), .number("tokens"), .text("faults"), .number("row", importance: .low),
    ])
    table.add([.text("gemma-2-27b"), .integer(1_200), .text(""), .integer(3)])
    table.add([.text("qwen-3-32b"), .integer(1_300), .missing, .integer(4)])
    let fitted = table.fitted(width: 26)
    #expect(fitted.lines == ["dataset      tokens  row", "gemma-2-27b   1,200    3", "qwen-3-32b    1,300    4"])
    #expect(fitted.omitted == ["faults"])
    #expect(table.fitted(width: 33).omitted.isEmpty && table.fitted(width: nil).omitted.isEmpty)
    #expect(table.fitted(width: 20).omitted == ["faults", "row"])
  }

  @Test("a column whose beginning is enough is cut before it is dropped")
  func shortened() {
    var table = ResultTable([
      .text("dataset"), .number("tokens"), .text("preview", importance: .medium, shortest: 8),
    ])
    table.add([.text("gemma"), .integer(1_200), .text("Once upon a time")])
    #expect(table.lines(width: 40)[1] == "gemma     1,200  Once upon a time")
    #expect(table.lines(width: 27)[1] == "gemma     1,200  Once upon…")
    #expect(table.lines(width: 25)[1] == "gemma     1,200  Once up…")
    #expect(table.lines(width: 24)[1] == "gemma     1,200")
  }

  @Test("names of which parts are enough make room for a text that would be dropped, and have what it leaves")
  func shortenedNames() {
    var table = ResultTable([
      .text("dataset", shortest: 8), .number("rows"), .text("examples", importance: .medium, shortest: 10),
    ])
    table.add([.text("gemma-2-27b__role__pirate"), .integer(7), .text("row 3: no target")])
    #expect(table.lines(width: 24)[1] == "gemma-2-2…__pirate     7")
    #expect(table.lines(width: 26)[1] == "gemm…ate     7  row 3: no…")
    #expect(table.lines(width: 30)[1] == "gemma-…irate     7  row 3: no…")
    #expect(table.lines(width: nil)[1] == "gemma-2-27b__role__pirate     7  row 3: no target")
  }

  @Test("a percentile of too few is a dash for people and a number for programs")
  func percentiles() {
    var table = ResultTable([.text("dataset"), .number("p95"), .number("p99")])
    for count in [19, 20, 99, 100] {
      table.add([.text("\(count)"), .percentile(95, 7, of: count), .percentile(99, 9, of: count)])
    }
    table.add([.text("none"), .percentile(95, nil, of: 0)])
    #expect(
      table.lines(width: nil).dropFirst() == [
        "19         –    –", "20         7    –", "99         7    –", "100        7    9", "none       –    –",
      ])
    let text = String(decoding: table.tabSeparated, as: UTF8.self)
    #expect(text.contains("19\t7\t9\n") && text.hasSuffix("none\t\t\n"))
    #expect(String(decoding: table.json, as: UTF8.self).contains(#"{"dataset":"19","p95":7,"p99":9}"#))
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
