import Support
import Tokenizers

/// Files of tokenizers, and a text that is counted and encoded with what they hold.
enum FuzzTokenizers {
  /// Words, numbers, white space of several kinds, characters of one to four bytes, bytes that are not UTF-8.
  private static let texts: [[UInt8]] = [
    Array("Hello, world! 12345  it's   \n\n\tGrüße 你好 🙂 <s></s> e\u{301}".utf8), [0x61, 0xFF, 0xC3, 0x28, 0x62],
  ]

  static func run(_ kind: TokenizerFile, _ bytes: [UInt8]) {
    do {
      let spec = TiktokenSpec(
        pattern: #"\p{L}+|\p{N}{1,3}|[^\s\p{L}\p{N}]+|\s+"#, specialTokens: [TiktokenSpec.SpecialToken("<s>")])
      let definition = try kind.definition(bytes, spec: kind == .tiktoken ? spec : nil)
      let tokenizer = try Tokenizer(definition)
      var counter = tokenizer.makeCounter()
      for text in texts {
        _ = counter.count(text.span.bytes)
        _ = try tokenizer.decodeBytes(tokenizer.encode(text.span.bytes))
      }
    } catch {}
  }
}
