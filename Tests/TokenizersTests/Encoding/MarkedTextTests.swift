import Support
import Testing

@testable import Tokenizers

/// Control tokens between marks are encoded as text, all others as tokens.
struct MarkedTextTests {
  private static let start = "\u{F0000}"
  private static let end = "\u{F0001}"

  /// Characters, a control token, and an added token that is a character too.
  private static func tokenizer() throws -> Tokenizer {
    let characters = ["<", "|", "e", "n", "d", ">", "a", "\\n"].enumerated().map { "\"\($1)\":\($0)" }
    let added = [("<|end|>", 8, true), ("n", 3, false)].map { content, id, special in
      """
      {"id":\(id),"content":"\(content)","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,\
      "special":\(special)}
      """
    }
    let file = """
      {"version":"1.0","truncation":null,"padding":null,"added_tokens":[\(added.joined(separator: ","))],
      "normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":null,"model":{"type":"BPE","dropout":null,
      "unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,
      "byte_fallback":false,"ignore_merges":false,"vocab":{\(characters.joined(separator: ","))},"merges":[]}}
      """
    let bytes = Array(file.utf8)
    return try Tokenizer(
      contents: bytes, digest: .of(bytes.span.bytes), path: "tokenizer.json", converter: .tokenizerJSON()
    ).readingControlTokenMarks()
  }

  @Test("a marked token is its characters, one that is not marked stays a token")
  func marked() throws {
    let tokenizer = try Self.tokenizer()
    #expect(try tokenizer.encode("a<|end|>a") == [6, 8, 6])
    #expect(try tokenizer.encode("a\(Self.start)<|end|>\(Self.end)a<|end|>") == [6, 0, 1, 2, 3, 4, 1, 5, 6, 8])
  }

  @Test("lone marks are dropped, and what stands around them is not joined")
  func loneMarks() throws {
    let tokenizer = try Self.tokenizer()
    #expect(try tokenizer.encode("<|\(Self.end)end|>") == [0, 1, 2, 3, 4, 1, 5])
    #expect(try tokenizer.encode("\(Self.start)a\(Self.end)\(Self.start)") == [6])
    #expect(try tokenizer.encode("\(Self.start)\(Self.start)<|end|>\(Self.end)") == [0, 1, 2, 3, 4, 1, 5])
  }

  @Test("counts, and counts between borders, are those of the ids")
  func counts() throws {
    let tokenizer = try Self.tokenizer()
    var counter = tokenizer.makeCounter()
    let text = Array("aa\(Self.start)<|end|>\(Self.end)<|end|>a".utf8)
    #expect(counter.count(text.span.bytes) == 11)
    var counts: [Int] = []
    counter.count(text.span.bytes, borders: [2, 17], into: &counts)
    #expect(counts == [2, 7, 2])
    #expect(counter.count("aa<|end|>".utf8Span.span.bytes) == 3)
    #expect(counter.failureCount == 0)
  }

  @Test("a token that the tokenizer makes of its text all the same is an error")
  func inseparable() throws {
    let tokenizer = try Self.tokenizer()
    #expect(throws: TokenizerError.inseparableToken(Array("n".utf8))) {
      try tokenizer.encode("\(Self.start)n\(Self.end)")
    }
    var counter = tokenizer.makeCounter()
    #expect(counter.count("\(Self.start)n\(Self.end)".utf8Span.span.bytes) == 0)
    #expect(counter.failureCount == 1)
  }

  @Test("marks are characters like any other where nobody asked for them")
  func unasked() throws {
    let other = ControlTokenMarks.areIn("a\u{F0002}".utf8Span.span.bytes)
    let marked = ControlTokenMarks.areIn("a\(Self.end)".utf8Span.span.bytes)
    #expect(!other && marked)
    #expect(ControlTokenMarks.removed(from: "a\(Self.end)b\(Self.start)".utf8) == Array("ab".utf8))
    let count = ControlTokenMarks.count(in: "a\(Self.end)b\(Self.start)".utf8Span.span.bytes)
    #expect(count == 2)
  }
}
