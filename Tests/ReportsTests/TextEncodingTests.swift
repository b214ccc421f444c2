import JSON
import Testing

@testable import Reports

@Suite("Encodings of small texts")
struct TextEncodingTests {
  @Test(
    "Base64 as in RFC 4648",
    arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
  func base64(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
  }

  @Test("Base64 of more bytes than one call of the library takes has no padding inside")
  func longBase64() {
    let bytes = [UInt8](repeating: 0, count: (3 << 20) + 4)
    let text = Base64.encode(bytes)
    #expect(text.utf8.count == (bytes.count + 2) / 3 * 4)
    #expect(text.utf8.dropLast(2).allSatisfy { $0 == UInt8(ascii: "A") })
    #expect(text.hasSuffix("A=="))
  }

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
