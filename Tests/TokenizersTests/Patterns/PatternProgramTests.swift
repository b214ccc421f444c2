import Testing

@testable import Tokenizers

/// A program finds what Oniguruma finds with the same pattern.
@Suite struct PatternProgramTests {
  /// The patterns of published tokenizers.
  static let published: [String] = {
    let specs = TiktokenSpec.names.compactMap {
      TiktokenSpec.named($0).map { String(decoding: $0.pattern, as: UTF8.self) }
    }
    return Array(Set(specs)).sorted() + [
      // GPT-2 as tiktoken spells it, with possessive counts; cl100k and o200k as tiktoken spells them.
      #"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"#,
      #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|(?>\p{N}{1,3})| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++\z|\s*[\r\n]|\s+(?!\S)|\s"#,
      // DeepSeek V3 in three steps.
      #"\p{N}{1,3}"#, #"[一-龥぀-ゟ゠-ヿ]+"#,
      ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##,
      // DeepSeek Coder.
      #"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, #"[一-龥ࠀ-一가-퟿]+"#, #"\p{N}"#,
      // CLIP, Falcon, white space.
      #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#,
      #"[0-9][0-9][0-9]"#, #"\s+"#, " {2,}", #"\s+$"#, #"(?:[a-c]x?)"#, "a(b|c)?", #"[^\S\n]+(?=\S)"#,
    ]
  }()

  private static func matches(_ text: [UInt8], _ regex: RegularExpression) throws -> [Range<Int>] {
    var found: [Range<Int>] = []
    try text.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try regex.forEachMatch(in: bytes) { found.append($0) }
    }
    return found
  }

  private static func matches(_ text: [UInt8], _ program: PatternProgram) -> [Range<Int>]? {
    text.withUnsafeBufferPointer { bytes in
      var found: [Range<Int>] = []
      var search = PatternProgram.Search(bytes)
      var start = 0
      while true {
        switch program.next(&search, from: start) {
        case .match(let match):
          found.append(match)
          start = match.upperBound
        case .mismatch: return found
        case .abandoned: return nil
        }
      }
    }
  }

  @Test("Published patterns are simple, and their matches are Oniguruma's", arguments: published)
  func agree(pattern: String) throws {
    let program = try #require(PatternProgram(Array(pattern.utf8)), "\(pattern)")
    let regex = try RegularExpression(Array(pattern.utf8))
    var texts = RandomText(seed: 7)
    for round in 0..<150 {
      let text = texts.next(pieces: 1 + round % 40)
      let expected = try Self.matches(text, regex)
      let found = try #require(Self.matches(text, program))
      #expect(found == expected, "\(pattern): \(String(decoding: text, as: UTF8.self).debugDescription)")
      if found != expected { return }
    }
  }

  @Test(
    "What is not simple is left to Oniguruma",
    arguments: [
      "", "a*", "(?<=a)b", #"\b"#, #"(a)\1"#, "a+?", "a{2}+", "^a", ".", "(ab|c)d", "(?i:ss)", "(?i:é)", #"\h"#,
      "[[:alpha:]]",
      "(?!a)", "a||b", "(?i)[a-c]", "a**", #"\X"#, "[a", "(a", "a)",
    ]) func complex(pattern: String)
  { #expect(PatternProgram(Array(pattern.utf8)) == nil) }

  @Test("A search that goes back too often is given up, and Oniguruma goes on")
  func budget() throws {
    // Each place of a run of spaces is tried to its end.
    let definition = PreTokenizerDefinition.split(.regex(Array(#"\s+x"#.utf8)), behavior: .isolated, invert: false)
    let cut = try #require(try PatternCut(definition, path: ""))
    let pattern = #" +[ a]*[ b]*x"#
    let program = try #require(PatternProgram(Array(pattern.utf8)))
    let spaces = [UInt8](repeating: 0x20, count: 400)
    #expect(Self.matches(spaces, program) == nil)
    let text = spaces + Array("x y".utf8)
    var pieces: [Range<Int>] = []
    var matches: [Range<Int>] = []
    try text.withUnsafeBufferPointer { bytes throws(TokenizerError) in
      try cut.cut(0..<text.count, of: bytes, into: &pieces, matches: &matches)
    }
    #expect(pieces == [0..<401, 401..<403])
  }

  @Test("Sets are combined as sets")
  func sets() {
    let letters = UnicodeSet(0x61...0x7A)
    let vowels = UnicodeSet([0x61, 0x65, 0x69, 0x6F, 0x75])
    let consonants = letters.intersection(vowels.complement)
    for scalar in UInt32(0)..<0x100 {
      let isLetter = (0x61...0x7A).contains(scalar)
      let isVowel = [0x61, 0x65, 0x69, 0x6F, 0x75].contains(scalar)
      #expect(consonants.contains(scalar) == (isLetter && !isVowel))
      #expect(consonants.union(vowels).contains(scalar) == isLetter)
    }
    #expect(UnicodeSet.all.complement.isEmpty)
    let table = CharacterSetTable([letters, vowels, UnicodeSet(0x10000...0x10FFFF)])
    #expect(table.sets(of: 0x61) == 0b11 && table.sets(of: 0x62) == 0b01 && table.sets(of: 0x1F44D) == 0b100)
  }

  @Test("A pattern of thousands of items, each of which could take stack, is left to Oniguruma")
  func manyItems() {
    let some = String(repeating: "a?", count: 100) + "b"
    #expect(PatternProgram(Array(some.utf8)) != nil)
    let letters = String(String.UnicodeScalarView((0..<5_000).compactMap { Unicode.Scalar(0x4E00 + 2 * UInt32($0)) }))
    for pattern in [String(repeating: "a?", count: 30_000) + "b", "(?:\(some)|\(some)|\(some))", "[\(letters)]"] {
      #expect(PatternProgram(Array(pattern.utf8)) == nil)
    }
  }

  @Test("Patterns much longer than any published one are refused before they are compiled")
  func longPatterns() {
    let cases = [
      (String(repeating: "a?", count: 40_000), "80000 bytes, more than 65536"),
      (String(repeating: #"\p{L}"#, count: 10_000), "more than 4194304 bytes when written out"),
    ]
    for (pattern, reason) in cases {
      let error = #expect(throws: TokenizerError.self) { try RegularExpression(Array(pattern.utf8)) }
      #expect(error?.description.contains(reason) == true)
    }
  }
}
