import JSON
import Testing

@testable import Reports

@Suite("Encodings of small texts")
struct TextEncodingTests {
  @Test("a name cannot leave its row or column")
  func tabSeparated() {
    #expect(TabSeparated.escape("a\tb\nc\r\nd\\e") == "a\\tb\\nc\\r\\nd\\\\e")
  }

  @Test("thousandths, whole numbers without a fraction")
  func thousandths() {
    #expect(JSONValue.thousandths(566.2333333) == .double(566.233))
    #expect(JSONValue.thousandths(640) == .integer(640))
    #expect(JSONValue.thousandths(1e18) == .double(1e18))
  }

  @Test("paths share a pattern around the name, whose last place counts")
  func paths() {
    var table = PathTable()
    #expect(table.index(of: "/d/one/one.png", naming: "one") == 0)
    #expect(table.index(of: "/d/one/two.png", naming: "two") == 0)
    #expect(table.index(of: "elsewhere", naming: "two") == 1)
    #expect(table.index(of: "elsewhere", naming: "") == 1)
    let expected: JSONValue = .array([
      .array([.string("/d/one/"), .string(".png")]), .array([.string("elsewhere"), .null]),
    ])
    #expect(table.json == expected)
  }

  @Test("names that Unicode calls equal are two names")
  func names() {
    var table = NameTable()
    #expect(table.index(of: "\u{E9}") == 0)
    #expect(table.index(of: "e\u{301}") == 1)
    #expect(table.index(of: "\u{E9}") == 0)
  }
}
