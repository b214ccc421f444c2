import TestSupport
import Testing

@testable import Tokenizers

/// Replacements of a SentencePiece model in one pass over the bytes.
@Suite struct PrecompiledCharacterMapTests {
  /// A map with one short text and its replacement, as SentencePiece writes it: a double-array trie.
  static func map(_ key: String, _ replacement: String) -> [UInt8] {
    var units: [Int: UInt32] = [:]
    var node = 0
    let path: [UInt8?] = [nil] + key.utf8.map { $0 }
    for (index, byte) in path.enumerated() {
      var label: UInt32 = 0
      if let byte {
        node ^= Int(byte)
        label = UInt32(byte) | (index == path.count - 1 ? 1 << 8 : 0)
      }
      let offset = (node & ~255) ^ 256 * (index + 1)
      units[node] = UInt32(offset) << 10 | label
      node ^= offset
    }
    units[node] = 0
    let words = (0..<(units.keys.max() ?? 0) + 257).map { units[$0] ?? 1 << 31 | 255 }
    let trie = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    let size = (0..<4).map { UInt8(truncatingIfNeeded: trie.count >> (8 * $0)) }
    return size + trie + Array(replacement.utf8) + [0]
  }

  static let pairs = [
    ("a", "b"), ("e", "é"), ("ﬁ", "fi"), ("\u{301}", ""), ("\r", " "), ("\r\n", "x"), ("é", "e"), ("1", ""),
  ]

  @Test("A letter for which a page stands ends with an error, before memory does", arguments: ["a", "é", "\u{301}"])
  func growth(letter: String) throws {
    let map = try #require(PrecompiledCharacterMap(Self.map(letter, String(repeating: "x", count: 60_000))))
    let text = Array(String(repeating: letter, count: 1_000).utf8)
    let limit = GrowthLimit("normalizer", of: text.count)
    var aligned = text.withUnsafeBufferPointer { AlignedText(source: $0) }
    #expect(throws: TokenizerError.self) { try map.apply(to: &aligned, limit) }
    var result: [UInt8] = []
    #expect(throws: TokenizerError.self) {
      try text.withUnsafeBufferPointer { _ = try map.rewrite($0, into: &result, limit) }
    }
    #expect(result.count < 1 << 18)
    let options = SentencePieceNormalizerOptions(characterMap: Self.map(letter, String(repeating: "x", count: 60_000)))
    let normalizer = try #require(SentencePieceNormalizer(options))
    #expect(throws: TokenizerError.self) {
      try text.withUnsafeBufferPointer { _ = try normalizer.normalized($0, limit) }
    }
  }

  @Test("Rewriting bytes gives the text that rewriting with sources gives", arguments: pairs.indices)
  func rewriting(number: Int) throws {
    let (key, replacement) = Self.pairs[number]
    let map = try #require(PrecompiledCharacterMap(Self.map(key, replacement)))
    let letters = Array("ae1fié\u{301}\u{600}\u{200D}👩ﬁก\u{E33}한\u{1100}\u{1161}\r\n \0".unicodeScalars)
    var random = SplitMix(state: UInt64(number) + 7)
    for _ in 0..<400 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        if let letter = letters.randomElement(using: &random) { UTF8Scalar.append(letter.value, to: &text) }
      }
      var aligned = text.withUnsafeBufferPointer { AlignedText(source: $0) }
      let limit = GrowthLimit("normalizer", of: text.count)
      try map.apply(to: &aligned, limit)
      var result: [UInt8] = []
      let isChanged = try text.withUnsafeBufferPointer { try map.rewrite($0, into: &result, limit) }
      #expect(isChanged ? result == aligned.bytes : text == aligned.bytes, "\(String(decoding: text, as: UTF8.self))")
    }
  }
}
