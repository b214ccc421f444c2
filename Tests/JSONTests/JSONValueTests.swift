import Foundation
import Support
import Testing

@testable import JSON

/// Documents are read and written as Python's json module does.
@Suite struct JSONValueTests {
  private func text(_ value: JSONValue, _ style: JSONStyle = .compact, ascii: Bool = false) -> String {
    String(decoding: value.serialized(style, ascii: ascii), as: UTF8.self)
  }

  /// Sources and what Python makes of them, as `Fixtures/make_cases.py` describes.
  private static func cases() throws -> [[String]] {
    let path = try #require(Bundle.module.path(forResource: "cases", ofType: "tsv", inDirectory: "Fixtures"))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { field in
        let scalars = field.unicodeScalars.map { $0 == "\u{1E}" ? "\n" : $0 == "\u{1F}" ? "\t" : $0 }
        return String(String.UnicodeScalarView(scalars))
      }
    }
  }

  @Test("random and odd documents are read, refused and written as Python does it")
  func python() throws {
    let cases = try Self.cases()
    #expect(cases.count > 400)
    for fields in cases {
      guard fields.count == 5 else {
        #expect(throws: FileError.self, "\(fields[0])") { try JSONValue.parse(fields[0]) }
        continue
      }
      let value = try JSONValue.parse(fields[0])
      let compact = JSONStyle(itemSeparator: ",", keySeparator: ":", namesNonFinite: true)
      let written = [
        text(value, .python, ascii: true), text(value, .python), text(value, .python(indent: 2), ascii: true),
        text(value, compact),
      ]
      // Strings of the same characters may differ in their bytes.
      #expect(written.map { Array($0.utf8) } == fields.dropFirst().map { Array($0.utf8) }, "\(fields[0])")
      for form in written where !form.contains("NaN") { #expect(try JSONValue.parse(form) == value, "\(fields[0])") }
    }
  }

  @Test("a document that is cut anywhere, or has any byte changed, is read or refused at a byte that it has")
  func damaged() throws {
    let source = #" {"a\u0000é": [1, -2.5e+3, "x\ud83d\ude00\n", true, {"b": [null, NaN, -Infinity]}, ""] , "c":0}"#
    let bytes = Array(source.utf8)
    let whole = try JSONValue.parse(bytes)
    for count in 0..<bytes.count {
      let error = #expect(throws: FileError.self) { try JSONValue.parse(Array(bytes.prefix(count))) }
      #expect(error?.offset.map { $0 <= count } == true)
    }
    for place in bytes.indices {
      for byte in UInt8.min ... .max {
        var changed = bytes
        changed[place] = byte
        do throws(FileError) {
          let value = try JSONValue.parse(changed)
          let again = try JSONValue.parse(value.serialized(.python))
          #expect(again.serialized() == value.serialized())
        } catch { #expect(error.offset.map { $0 <= changed.count } == true) }
      }
    }
    #expect(whole["a\u{0}é"]?.arrayValue?.count == 6)
  }

  @Test("U+0000 stays what it is in names and texts")
  func nul() throws {
    let source = #"{"a\u0000b":1,"a\u0000c":2,"a":3,"":4,"\u0000":"\u0000x"}"#
    let value = try JSONValue.parse(source)
    #expect(value.objectValue?.count == 5)
    #expect(value["a\u{0}c"] == .integer(2) && value["a"] == .integer(3) && value["\u{0}"] == .string("\u{0}x"))
    #expect(text(value) == source)
    #expect(try JSONValue.parse(value.serialized(.pretty)) == value)
  }

  @Test("whole numbers of any size stay whole")
  func integers() throws {
    #expect(try JSONValue.parse("9223372036854775807") == .integer(.max))
    #expect(try JSONValue.parse("-9223372036854775808") == .integer(.min))
    for digits in ["9223372036854775808", "-9223372036854775809", "1000000000000000019884624838656"] {
      let value = try JSONValue.parse(" \(digits) ")
      #expect(value == .bigInteger(digits) && text(value) == digits && text(.array([value]), .pretty) == "[\(digits)]")
      #expect(value.integerValue == nil && value.doubleValue == Double(digits) && value.kindName == "an integer")
    }
    #expect(JSONValue.bigInteger("9223372036854775808") != .bigInteger("9223372036854775809"))
  }

  @Test(
    "an error names the byte and what was expected there",
    arguments: [
      ("{\"a\": 1,}", 8, "a member's name was expected"), ("[1, 2", 5, #"the text ends where "," or "]" was expected"#),
      ("", 0, "the text ends where a value was expected"), ("{} x", 3, "unexpected text after the value"),
      ("[1] [2]", 4, "unexpected text after the value"), ("nul", 0, "a value was expected"),
      (#"["\ud83d\ude00\ud836\udea9", x]"#, 29, "a value was expected"), ("[1 2]", 3, #""," or "]" was expected"#),
      (#"{"a" 1}"#, 5, #"":" was expected"#), (#""a\x""#, 2, "this is no escape that JSON knows"),
      (#""\u00g0""#, 5, "four hexadecimal digits were expected"), ("\"a\tb\"", 2, "a control character in a text"),
      ("\"a", 2, "the text ends where the end of a text was expected"), ("01", 0, "this is no number"),
      ("[1.]", 1, "this is no number"), ("-", 0, "this is no number"), (".5", 0, "a value was expected"),
    ])
  func errors(text: String, offset: Int, reason: String) {
    let error = #expect(throws: FileError.self) { try JSONValue.parse(text) }
    #expect(error == FileError(notJSON: reason, offset: offset))
  }

  @Test(
    "ill-formed UTF-8 is refused at its byte",
    arguments: [
      [0xFF], [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xC3, 0x5C, 0x6E, 0xA9],
    ])
  func illFormed(bytes: [UInt8]) {
    let before = Array("[\"é, long enough for more than one step\\n".utf8)
    let error = #expect(throws: FileError.self) { try JSONValue.parse(before + bytes + Array("\"]".utf8)) }
    #expect(error == FileError(notJSON: "the text is not UTF-8", offset: before.count))
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

  @Test("nesting is read up to its limit and refused beyond it")
  func depth() throws {
    let limit = JSONScanner.maximumDepth
    func nested(_ depth: Int) -> String {
      (0..<depth).map { $0 % 2 == 0 ? "[" : #"{"a":"# }.joined() + (depth % 2 == 0 ? "1" : "")
        + (0..<depth).reversed().map { $0 % 2 == 0 ? "]" : "}" }.joined()
    }
    #expect(text(try JSONValue.parse(nested(limit))) == nested(limit))
    let reason = "values are nested more than \(limit) deep"
    #expect(throws: FileError.self) { try JSONValue.parse(nested(limit + 1)) }
    let brackets = String(repeating: "[", count: 100_000)
    #expect(throws: FileError(notJSON: reason, offset: limit)) { try JSONValue.parse(brackets) }
    var scanner = JSONScanner(Array(brackets.utf8).span.bytes)
    #expect(throws: FileError(notJSON: reason, offset: limit)) { try scanner.skipValue() }
  }

  @Test("Indented text keeps arrays of nothing but numbers on one line; what JSON cannot express is null")
  func pretty() throws {
    let value = JSONValue.object(
      JSONObject([
        ("k/\u{4E2D}", .array([.integer(1), .string("\u{1F600}")])),
        ("hist", .array([.integer(.min), .integer(0), .double(2.5), .double(1e300)])), ("one", .array([.integer(7)])),
        ("none", .array([])), ("empty", .object(JSONObject())), ("odd", .array([.double(1), .double(.nan)])),
        ("nested", .array([.array([.integer(1), .integer(2)]), .array([])])),
      ]))
    #expect(
      text(value, .pretty) == """
        {
          "k/\u{4E2D}": [
            1,
            "\u{1F600}"
          ],
          "hist": [-9223372036854775808, 0, 2.5, 1e+300],
          "one": [7],
          "none": [
          ],
          "empty": {
          },
          "odd": [
            1.0,
            null
          ],
          "nested": [
            [1, 2],
            [
            ]
          ]
        }
        """)
    #expect(text(value["k/\u{4E2D}"] ?? .null, ascii: true) == #"[1,"\ud83d\ude00"]"#)
  }

  @Test("doubles read back unchanged")
  func doubles() throws {
    var bits: UInt64 = 1
    for _ in 0..<2000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: bits)
      guard value.isFinite else { continue }
      #expect(try JSONValue.parse(text(.double(value))) == .double(value))
    }
  }
}

/// Documents that json-c reads and writes.
@Suite struct JSONDocumentTests {
  @Test("a document is the same whichever reader reads it")
  func reading() throws {
    let source = Array(
      #"{"a": [1, -2.5, "x\u00e9\ud83d\ude00\u0000", true, false, null], "b": {}, "a": {"c": 18446744073709551615}}"#
        .utf8)
    #expect(try JSONDocument.parse(source) == JSONValue.parse(source))
    let pairs = Array(#"["\ud83d\ude00\ud836\udea9", x]"#.utf8)
    let error = #expect(throws: FileError.self) { try JSONDocument.parse(pairs) }
    #expect(error?.offset == 29)
    #expect(throws: FileError(notJSON: "unexpected text after the document", offset: 2)) {
      try JSONDocument.parse(Array("{}\0x".utf8))
    }
  }

  @Test("every escaped surrogate pair is the character it means, and nothing else is taken for a pair")
  func surrogatePairs() throws {
    for high in stride(from: UInt32(0xD800), through: 0xDBFF, by: 1) {
      let low = 0xDC00 + high * 7 % 0x400
      let escaped = "\\u\(String(high, radix: 16))\\u\(String(low, radix: 16, uppercase: true))"
      let source = Array("[\"a\(escaped)b\", \"\\\(escaped)\", \"\(escaped)\"]".utf8)
      #expect(try JSONDocument.parse(source) == JSONValue.parse(source))
    }
  }

  @Test("a document is written as Python's json.dumps with indent=2")
  func writing() throws {
    let value = try JSONValue.parse(
      #"{"a/é": [1, 2.5, 1e16, "x\n\"\ud83d\ude00"], "b": {}, "c": [], "d": {"e": null}, "f": 18446744073709551616}"#)
    #expect(JSONDocument.serialized(value) == value.serialized(.python(indent: 2), ascii: true))
    #expect(JSONDocument.serialized(value, ascii: false) == value.serialized(.python(indent: 2)))
  }
}
