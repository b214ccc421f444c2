import Support
import TestSupport
import Testing

@Suite("Well-formed UTF-8")
struct WellFormedTests {
  /// Texts that end or go on around the 32 bytes that are checked at once.
  static let texts: [[UInt8]] = ["", "plain", "Grüße, мир, 世界, 👍🏽", String(repeating: "é", count: 33)].map {
    Array($0.utf8)
  }

  @Test("Texts have no fault, wherever they begin in a block", arguments: texts)
  func wellFormed(text: [UInt8]) {
    for before in 0..<35 {
      let bytes = [UInt8](repeating: 0x61, count: before) + text
      #expect(bytes.span.bytes.malformedOffset == nil)
    }
  }

  @Test(
    "The first byte that cannot be there is named, at any place",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF],
      [0xF0, 0x9F, 0x98],
    ] as [[UInt8]])
  func malformed(sequence: [UInt8]) {
    for before in 0..<70 {
      for after in [0, 1, 40] {
        let bytes = [UInt8](repeating: 0x61, count: before) + sequence + [UInt8](repeating: 0x62, count: after)
        #expect(bytes.span.bytes.malformedOffset == before)
      }
    }
  }
}
