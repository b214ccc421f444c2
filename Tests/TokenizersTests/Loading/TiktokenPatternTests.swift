import Support
import Testing

@testable import Tokenizers

/// Patterns of `--tiktoken-spec` mean what they mean to tiktoken, which encodes matches only.
@Suite struct TiktokenPatternTests {
  private static let text = "abc ab1 bca\n\nZzz 19_ -.a²٣αb"

  /// Every part of the text is a token, so that each match is one.
  private static let lines: [String] = {
    let bytes = Array(text.utf8)
    var tokens = (UInt8.min...UInt8.max).map { [$0] }
    var seen = Set(tokens)
    for length in 2...bytes.count {
      for start in 0...(bytes.count - length) {
        let token = Array(bytes[start..<start + length])
        if seen.insert(token).inserted { tokens.append(token) }
      }
    }
    return tokens.enumerated().map { "\(Base64.encode($0.element)) \($0.offset)" }
  }()

  private static func definition(_ pattern: String) throws(TokenizerError) -> TokenizerDefinition {
    try TiktokenFile.load(
      Array(lines.joined(separator: "\n").utf8), spec: TiktokenSpec(pattern: pattern, specialTokens: []))
  }

  /// What tiktoken 0.14.0 encodes of the text, a token a match.
  static let matches: [(pattern: String, matches: [String])] = [
    (#"[a-z]+"#, ["abc", "ab", "bca", "zz", "a", "b"]),
    (#"[[:alpha:]]+|\s"#, ["abc", " ", "ab", " ", "bca", "\n", "\n", "Zzz", " ", " ", "a", "b"]),
    (
      #"[[:^alpha:]]|[a-c]{2}"#,
      ["ab", " ", "ab", "1", " ", "bc", "\n", "\n", " ", "1", "9", "_", " ", "-", ".", "²", "٣", "α"]
    ),
    (#"[^[:space:]]+"#, ["abc", "ab1", "bca", "Zzz", "19_", "-.a²٣αb"]),
    (#"(?s).+?b"#, ["ab", "c ab", "1 b", "ca\n\nZzz 19_ -.a²٣αb"]),
    (#".+?b"#, ["ab", "c ab", "1 b", "Zzz 19_ -.a²٣αb"]),
    (#"(?i)z+|a(?-i)b"#, ["ab", "ab", "Zzz"]),
    (#"(?is:z.)+|a"#, ["a", "a", "a", "Zzz ", "a"]),
    (#"\p{Script=Greek}+|\p{L}"#, ["a", "b", "c", "a", "b", "b", "c", "a", "Z", "z", "z", "a", "α", "b"]),
    (#"\p{gc=Lu}|\p{General_Category=Nd}+"#, ["1", "Z", "19", "٣"]),
    (#"\w+"#, ["abc", "ab1", "bca", "Zzz", "19_", "a", "٣αb"]),
    (#"[\w-]+"#, ["abc", "ab1", "bca", "Zzz", "19_", "-", "a", "٣αb"]),
    (#"[^\W]+"#, ["abc", "ab1", "bca", "Zzz", "19_", "a", "٣αb"]),
    (#"(?P<x>a)b|[Z9]+"#, ["ab", "ab", "Z", "9"]),
    (#"\u{61}b|\x62c"#, ["ab", "ab", "bc"]),
    (#"\x{61}+"#, ["a", "a", "a", "a"]),
    (#"[[:word:]]+"#, ["abc", "ab1", "bca", "Zzz", "19_", "a", "b"]),
    (#"[[:punct:]]+|[[:digit:]]"#, ["1", "1", "9", "_", "-."]),
    (#"(?i:ZZ)z|(?i:[A])b"#, ["ab", "ab", "Zzz"]),
    (#"(?:a|bc)(?<rest>.)|(?#a*)Z"#, ["ab", "ab", "bca", "Z", "a²"]),
    (#"\U0000005A|\u0062c"#, ["bc", "bc", "Z"]),
  ]

  @Test("Only matches are encoded, by the reference code and by the fast paths", arguments: matches)
  func encodesMatches(pattern: String, matches: [String]) throws {
    let definition = try Self.definition(pattern)
    let bytes = Array(Self.text.utf8)
    let tokens = try ReferenceTokenizer(definition).encode(Self.text)
    #expect(tokens.map { String(decoding: bytes[$0.source], as: UTF8.self) } == matches)
    var counter = try Tokenizer(definition).makeCounter()
    #expect(counter.count(bytes.span.bytes) == matches.count)
  }

  @Test(
    "What has no counterpart is refused by name",
    arguments: [
      "(?m)^a", "(?ix:a b)", "(?U)a+", #"[\p{L}--[a-z]]"#, #"\Ra"#, "a(?i)b|c", "a{1}{2}", "a**", #"(?i:\p{Lu})"#,
      #"(?i)[\p{L}]"#, "(?i:ß)", "(?i:[é])", #"(?i:[\W])"#, "(?i:[a&&b])", "(?i:[a[^b]])", #"(?i:[[:^alpha:]])"#,
      #"(?i:\u{df})"#, #"\<a"#, #"\b{start}a"#, #"\x4"#, #"\Qa"#, #"[\N]"#,
    ])
  func refusesOthers(pattern: String) {
    #expect(throws: TokenizerError.self) { try Self.definition(pattern) }
  }

  @Test(
    "A pattern that can match nothing is refused, as tiktoken fails at such a match",
    arguments: [
      "a|b|", "a*", "(?:a?)", "a??|b", "(a|b*)", #"\b"#, "(?=a)", "(?!a)", "(?i)", "^", "a{0,2}", "a{,2}", "(?#a)", "",
      #"(?:)"#, "(?<n>a*)",
    ])
  func refusesEmptyMatches(pattern: String) {
    let error = #expect(throws: TokenizerError.self) { try Self.definition(pattern) }
    #expect(error?.description.contains("can match nothing") ?? false)
  }

  @Test(
    "A pattern whose parts can match nothing, and which cannot as a whole, is read",
    arguments: ["a?b", "(?:a?)+b", "a+?", #"\s+(?!\S)"#, "(?i)a", "^a", "a{10}", "(?:a|b)c*", "{|a", "a{x"])
  func readsOptionalParts(pattern: String) throws { _ = try Self.definition(pattern) }

  @Test("Case is ignored character by character: two letters are not equal to one")
  func simpleFolding() throws {
    let bytes = Array("ß ss SS ﬁ fi K".utf8)
    for (pattern, matches) in [("(?i:ss|fi)x?", ["ss", "SS", "fi"]), ("(?i:k)", ["K"])] {
      var tokens = (UInt8.min...UInt8.max).map { [$0] }
      tokens += matches.map { Array($0.utf8) }.filter { $0.count > 1 }
      let lines = tokens.enumerated().map { "\(Base64.encode($0.element)) \($0.offset)" }
      let definition = try TiktokenFile.load(
        Array(lines.joined(separator: "\n").utf8), spec: TiktokenSpec(pattern: pattern, specialTokens: []))
      let found = try ReferenceTokenizer(definition).encode("ß ss SS ﬁ fi K")
      #expect(found.map { String(decoding: bytes[$0.source], as: UTF8.self) } == matches)
    }
  }
}
