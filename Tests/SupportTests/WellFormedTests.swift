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

  @Test("Bytes that continue a character are counted as one by one, whatever the length, the place and the bytes")
  func continuations() {
    var generator = SplitMix(state: 17)
    for length in Array(0..<200) + [4_079, 4_080, 4_081, 4_095, 4_096, 4_097, 8_200, 20_000] {
      for tails in [false, true] {
        let bytes = (0..<length).map { _ in
          tails ? UInt8.random(in: 0x80...0xBF, using: &generator) : UInt8.random(in: 0...255, using: &generator)
        }
        let start = min(length, Int.random(in: 0..<16, using: &generator))
        let expected = bytes[start...].count { $0 & 0xC0 == 0x80 }
        #expect(bytes.span.bytes.extracting(start..<length).continuationCount == expected, "\(length)")
      }
    }
  }
}
