import JSON
import Testing

@testable import tokenstats

/// The fast reader of JSON strings against the JSON parser.
@Suite struct JSONStringLineTests {
  private func decoded(_ line: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = [1, 2]
    guard JSONStringLine.decode(line.span.bytes, into: &output) else {
      #expect(output == [1, 2], "a refused line must leave nothing behind")
      return nil
    }
    return Array(output.dropFirst(2))
  }

  @Test(
    "every kind of escape and plain run reads as the parser reads it",
    arguments: [
      #""""#, #""plain""#, #"  "spaces around" "#, #""a\nb\t\"\\\/\b\f\r""#, #""é 中 🙂""#, #""\u00e9\u4E2D""#,
      #""\ud83d\ude42""#, #""long enough for words of eight bytes, \n and then a few more of them""#,
      #""\u0000nul""#, "\"carriage return behind\"\r",
    ])
  func agrees(line: String) throws {
    let expected = try #require(JSONValue.parse(line).stringValue)
    #expect(decoded(Array(line.utf8)) == Array(expected.utf8))
  }

  @Test("a lone surrogate becomes U+FFFD", arguments: [#""\ud83d""#, #""\ud83dx""#, #""\ude42""#, #""\ud83d\u0041""#])
  func loneSurrogates(line: String) throws {
    let text = String(decoding: try #require(decoded(Array(line.utf8))), as: UTF8.self)
    #expect(text.unicodeScalars.first == "\u{FFFD}")
  }

  @Test(
    "what is not plainly one string is left to the parser",
    arguments: [
      "", "\"", "\"open", "{\"text\":\"x\"}", "\"a\" \"b\"", "\"tail\\\"", #""\x""#, #""\u12""#, "\"tab\there\"", "12",
    ])
  func refuses(line: String) {
    #expect(decoded(Array(line.utf8)) == nil)
  }

  @Test(
    "ill-formed UTF-8 is left to the parser",
    arguments: [[0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]])
  func refusesIllFormed(bytes: [UInt8]) {
    #expect(decoded([0x22] + bytes + [0x22]) == nil)
  }

  @Test("a quote or control character is found at every place of a word")
  func everyOffset() {
    for length in 0..<24 {
      for place in 0..<length {
        for special in [UInt8(0x22), 0x00, 0x1F, 0x0A] {
          var text = [UInt8](repeating: 0x7F, count: length)
          text[place] = special
          #expect(decoded([0x22] + text + [0x22]) == nil)
        }
        var text = [UInt8](repeating: 0x20, count: length)
        text[place] = 0x21
        #expect(decoded([0x22] + text + [0x22]) == text)
      }
    }
  }
}
