import Testing

@testable import JSON

@Suite struct JSONValueTests {
  @Test func readsEveryKindOfValue() throws {
    let value = try JSONValue.parse(#"{"a": [1, -2.5, "x\u00e9\ud83d\ude00", true, false, null], "b": {}}"#)
    #expect(
      value
        == .object(
          JSONObject([
            ("a", .array([.integer(1), .double(-2.5), .string("x\u{E9}\u{1F600}"), .bool(true), .bool(false), .null])),
            ("b", .object(JSONObject())),
          ])))
  }

  @Test func keepsNulInsideStrings() throws {
    let value = try JSONValue.parse(#""a\u0000b""#)
    #expect(value.stringValue.map { Array($0.utf8) } == [0x61, 0, 0x62])
    #expect(String(decoding: value.serialized(), as: UTF8.self) == #""a\u0000b""#)
  }

  @Test(arguments: [
    ("{\"a\": 1,}", 8), ("[1, 2", 5), ("", 0), ("{} x", 3), ("[1] [2]", 4), ("nul", 3),
  ])
  func namesTheByteOfAFault(text: String, offset: Int) {
    let error = #expect(throws: JSONError.self) { try JSONValue.parse(text) }
    #expect(error.map { abs($0.offset - offset) <= 1 } == true, "\(text): \(String(describing: error))")
  }

  @Test("every escaped surrogate pair is the character it stands for, and nothing else is taken for a pair")
  func readsEverySurrogatePair() throws {
    for high in stride(from: UInt32(0xD800), through: 0xDBFF, by: 1) {
      let low = 0xDC00 + high * 7 % 0x400
      let scalar = try #require(Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)))
      let escaped = "\\u\(String(high, radix: 16))\\u\(String(low, radix: 16, uppercase: true))"
      let value = try JSONValue.parse("[\"a\(escaped)b\", \"\\\(escaped)\", \"\(escaped)\"]")
      #expect(
        value == .array([.string("a\(scalar)b"), .string("\(escaped.prefix(6))\u{FFFD}"), .string(String(scalar))]))
    }
    #expect(try JSONValue.parse(#""\ud800x\udc00""#) == .string("\u{FFFD}x\u{FFFD}"))
  }

  @Test func namesTheByteOfAFaultBehindPairs() {
    let error = #expect(throws: JSONError.self) { try JSONValue.parse(#"["\ud83d\ude00\ud836\udea9", x]"#) }
    #expect(error?.offset == 29)
  }

  @Test func refusesIllFormedUTF8() {
    #expect(throws: JSONError.self) { try JSONValue.parse([0x22, 0xFF, 0x22]) }
  }

  @Test func canonicallyEquivalentKeysStayApart() throws {
    let value = try JSONValue.parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
    #expect(value.objectValue?.count == 2)
    #expect(value["\u{E9}"] == .integer(1))
    #expect(value["e\u{301}"] == .integer(2))
    #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
  }

  @Test func objectsFindMembersBeyondTheIndexThreshold() {
    var object = JSONObject()
    for number in 0..<100 { object["k\(number)"] = .number(number) }
    object["k50"] = nil
    object["k51"] = .null
    #expect(object.count == 99)
    #expect(object["k50"] == nil)
    #expect(object["k51"] == .null)
    #expect(object["k99"] == .integer(99))
    #expect(object.keys.first == "k0")
  }

  @Test(arguments: [0.1, 1e-7, 1.5e300, -0.0, 4.498351680697003, 100, .leastNonzeroMagnitude])
  func doublesReadBackUnchanged(value: Double) throws {
    let text = JSONValue.double(value).serialized()
    #expect(try JSONValue.parse(text).doubleValue == value)
  }

  @Test func integersKeepSixtyFourBits() throws {
    #expect(try JSONValue.parse("9223372036854775807") == .integer(.max))
    #expect(try JSONValue.parse("-9223372036854775808") == .integer(.min))
    #expect(try JSONValue.parse("18446744073709551615") == .double(0x1p64))
  }

  @Test func layouts() {
    let value = JSONValue.object(
      JSONObject([("k/\u{4E2D}", .array([.integer(1), .string("\u{1F600}")])), ("e", .array([]))]))
    #expect(String(decoding: value.serialized(), as: UTF8.self) == "{\"k/\u{4E2D}\":[1,\"\u{1F600}\"],\"e\":[]}")
    #expect(
      String(decoding: value.serialized(.compact, ascii: true), as: UTF8.self)
        == #"{"k/\u4e2d":[1,"\ud83d\ude00"],"e":[]}"#)
    #expect(String(decoding: value.serialized(.pretty), as: UTF8.self).hasPrefix("{\n  \"k/\u{4E2D}\": [\n    1,\n"))
  }

  @Test("Indented text keeps arrays of nothing but numbers on one line, and reads back as the same value")
  func numbersOnOneLine() throws {
    let value = JSONValue.object(
      JSONObject([
        ("hist", .array([.integer(.min), .integer(0), .double(2.5), .double(1e300)])), ("one", .array([.integer(7)])),
        ("none", .array([])), ("mixed", .array([.integer(1), .null])), ("odd", .array([.double(1), .double(.nan)])),
        ("nested", .array([.array([.integer(1), .integer(2)]), .array([.integer(3)])])),
      ]))
    let text = String(decoding: value.serialized(.pretty), as: UTF8.self)
    #expect(text.hasPrefix("{\n  \"hist\": [-9223372036854775808, 0, 2.5, 1e+300],\n  \"one\": [7],\n"))
    #expect(text.contains("\"nested\": [\n    [1, 2],\n    [3]\n  ]"))
    #expect(text.contains("\"mixed\": [\n    1,\n    null\n  ]"))
    #expect(text.contains("\"odd\": [\n    1.0,\n    null\n  ]"))
    #expect(try JSONValue.parse(text) == JSONValue.parse(value.serialized()))
  }

  @Test func deepNestingIsAnErrorNotACrash() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue.parse(text) }
  }
}
