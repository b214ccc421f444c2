import Support
import Testing

@testable import JSON

/// The scanner hands out values one by one, and both ways to a text agree.
@Suite struct JSONScannerTests {
  @Test("members and elements are handed out in order, the rest is passed over")
  func pulls() throws {
    let source = Array(
      #" {"skip": {"a": [1, {}], "b": "x\n"}, "n\u0061me": "é\u0000", "list": [ 1 , [], "y" ] , "none": null, "ok": true} "#
        .utf8)
    var scanner = JSONScanner(source.span.bytes)
    var found: [String] = []
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if scanner.matches(key, "name") {
        found.append(scanner.text(of: try scanner.string()))
      } else if scanner.matches(key, "list") {
        try scanner.beginArray()
        while try scanner.nextElement() {
          let start = scanner.offset
          try scanner.skipValue()
          found.append(String(decoding: source[start..<scanner.offset], as: UTF8.self))
        }
      } else if scanner.matches(key, "none") {
        #expect(try scanner.takeNull())
      } else if scanner.matches(key, "ok") {
        #expect(try !scanner.takeNull())
        #expect(try scanner.bool())
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.finish()
    #expect(found == ["é\u{0}", "1", " []", " \"y\""])
  }

  @Test("numbers keep their digits")
  func numbers() throws {
    let source = Array("[-0, 1.50, 12E3, 123456789012345678901]".utf8)
    var scanner = JSONScanner(source.span.bytes)
    var texts: [String] = []
    var values: [JSONValue] = []
    try scanner.beginArray()
    while try scanner.nextElement() {
      let number = try scanner.number()
      texts.append(scanner.text(of: number))
      values.append(scanner.value(of: number))
    }
    #expect(texts == ["-0", "1.50", "12E3", "123456789012345678901"])
    #expect(values == [.integer(0), .double(1.5), .double(12000), .bigInteger("123456789012345678901")])
  }

  @Test("a text that is copied while it is read is the same as one that is read first")
  func texts() throws {
    let pieces = [
      "a", "bcdefgh", "é", "中", "\u{1F600}", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\u0000"#,
      #"\b\f\r\t"#, " ", "\u{7F}", "\u{2028}", "}", "]", ",", ":", #"\ud83d"#,
    ]
    var state: UInt64 = 240
    var text = JSONText()
    for length in 0..<400 {
      var content = String(repeating: "x", count: length % 70)
      for _ in 0..<length % 23 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        content += pieces[Int(state >> 33) % pieces.count]
      }
      let source = Array("\"\(content)\" ".utf8)
      var (first, second) = (JSONScanner(source.span.bytes), JSONScanner(source.span.bytes))
      let string = try first.string()
      #expect(string.hasEscapes == content.contains("\\"))
      text.removeAll(sourceLength: source.count)
      let range = try second.string(into: &text)
      var appended: [UInt8] = [1]
      first.append(string, to: &appended)
      var third = JSONScanner(source.span.bytes)
      var copied: [UInt8] = [1]
      try third.string(appendingTo: &copied)
      #expect(copied == appended && third.offset == first.offset)
      #expect(Array(text[range]) == Array(first.text(of: string).utf8), "\(content)")
      #expect(appended == [1] + text[range] && first.offset == second.offset)
    }
  }

  @Test("a quote or control character is found at every place")
  func everyOffset() {
    for length in 0..<40 {
      for place in 0..<length {
        for special in [UInt8(0x22), 0x00, 0x1F, 0x0A] {
          var text = [UInt8](repeating: 0x7F, count: length)
          text[place] = special
          let source = [0x22] + text + [0x22]
          var scanner = JSONScanner(source.span.bytes)
          let string = try? scanner.string()
          #expect(string?.range == (special == 0x22 ? 1..<place + 1 : nil))
        }
      }
    }
  }

  @Test(
    "half of a surrogate pair is U+FFFD or an error, as asked for",
    arguments: [(#""\ud83d""#, 1), (#""\ude00\ud83d""#, 1), (#""ab\ud83d\u0041""#, 3), (#""\ud83d\ud83d\ude00""#, 1)])
  func loneSurrogates(source: String, offset: Int) throws {
    let bytes = Array(source.utf8)
    #expect(try JSONValue.parse(bytes).stringValue?.unicodeScalars.contains("\u{FFFD}") == true)
    var scanner = JSONScanner(bytes.span.bytes, loneSurrogates: .refused)
    #expect(throws: FileError(notJSON: "half of a surrogate pair without the other", offset: offset)) {
      try scanner.string()
    }
  }

  @Test(
    "whole numbers of 64 bits are taken, others refused",
    arguments: [
      ("9223372036854775807", Int.max), ("-9223372036854775808", .min), ("-0", 0), ("9223372036854775808", nil),
      ("1.0", nil), ("\"1\"", nil), ("1e2", nil), ("NaN", nil),
    ])
  func integers(source: String, value: Int?) {
    let bytes = Array(source.utf8)
    var scanner = JSONScanner(bytes.span.bytes)
    #expect((try? scanner.integer()) == value)
  }
}
