import ModelHub
import Support
import TestSupport
import Testing

@testable import Tokenizers

/// Gemma's tokenizer against libsentencepiece, which shares no code with it.
@Suite("Gemma against SentencePiece")
struct GemmaDifferentialTests {
  /// Makes texts of the kinds that the merges, the added tokens and the byte fallback meet.
  private struct Writer {
    var random: SplitMix
    let pieces: [[UInt8]]

    mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    mutating func pick<Element>(_ items: [Element]) -> Element { items[below(items.count)] }

    mutating func scalar(_ range: Range<UInt32>) -> [UInt8] {
      let value = range.lowerBound + UInt32(below(range.count))
      var bytes: [UInt8] = []
      UTF8Scalar.append(value & 0xFFFF_F800 == 0xD800 ? 0xFFFD : value, to: &bytes)
      return bytes
    }

    /// A text of up to some hundred characters.
    mutating func text() -> [UInt8] {
      let kind = below(6)
      let blocks: [Range<UInt32>] = [
        0x20..<0x7F, 0xA0..<0x250, 0x370..<0x530, 0x590..<0x700, 0x900..<0xE80, 0x1100..<0x1200, 0x3040..<0x3100,
        0x4E00..<0xA000, 0xAC00..<0xD7A4, 0x1F300..<0x1FAFF, 0..<0x11_0000,
      ]
      let block = pick(blocks)
      let letters = Array("etaoinshrdlu ,.'-".utf8).map { [$0] }
      let blanks = [" ", "  ", "\n", "\t", "\r\n", "\u{A0}", "\u{3000}", "a", "."].map { Array($0.utf8) }
      var bytes: [UInt8] = []
      for _ in 0..<1 + below(1 + below(300)) {
        switch kind {
        case 0: bytes += pick(pieces)
        case 1: bytes += pick(pieces) + (below(2) == 0 ? [0x20] : [])
        case 2: bytes += scalar(block)
        case 3: bytes += pick(letters)
        case 4: bytes += Array(repeatElement(pick(blanks), count: 1 + below(below(8) == 0 ? 70 : 3)).joined())
        default: bytes += below(3) == 0 ? Array(repeatElement(pick(pieces), count: below(40)).joined()) : scalar(block)
        }
      }
      return bytes
    }
  }

  /// What SentencePiece spells out or takes for a space, and Hugging Face matches as a token.
  private static let known = ["<bos>", "<eos>", "<pad>", "<unk>", "\u{2581}"]

  private static func models() throws -> (tokenizer: Tokenizer, path: String)? {
    guard let file = try TestVocabularies.location(.gemma2, suite: "Gemma against SentencePiece"),
      let tokenizer = try TestVocabularies.tokenizer(.gemma2, suite: "Gemma against SentencePiece")
    else { return nil }
    return (tokenizer, file.path)
  }

  private static func contains(_ text: [UInt8], _ part: String) -> Bool {
    text.indices.contains { text[$0...].starts(with: part.utf8) }
  }

  @Test("Random texts get the ids that SentencePiece gives them", arguments: [1, 2, 3, 4] as [UInt64])
  func randomTexts(seed: UInt64) throws {
    guard let (tokenizer, path) = try Self.models() else { return }
    let oracle = try SentencePieceModel(path: path)
    let pieces = try oracle.pieces().map { piece in
      Array(
        String(decoding: piece.bytes, as: UTF8.self).unicodeScalars.map { $0 == "\u{2581}" ? " " : String($0) }.joined()
          .utf8)
    }
    var writer = Writer(random: SplitMix(state: seed), pieces: pieces)
    var counter = tokenizer.makeCounter()
    var compared = 0
    for _ in 0..<4_000 {
      let text = writer.text()
      if Self.known.contains(where: { Self.contains(text, $0) }) { continue }
      let expected = try oracle.encode(text.span.bytes)
      let ids = try tokenizer.encode(text.span.bytes)
      let count = counter.count(text.span.bytes)
      #expect(ids == expected, "\(String(decoding: text, as: UTF8.self).debugDescription)")
      #expect(count == expected.count)
      compared += 1
    }
    #expect(compared > 3_500)
  }

  @Test("Where both are known to differ, a literal marker is one token here and several there")
  func knownDifferences() throws {
    guard let (tokenizer, path) = try Self.models() else { return }
    let oracle = try SentencePieceModel(path: path)
    for (id, marker) in ["<pad>", "<eos>", "<bos>", "<unk>"].enumerated() {
      let text = Array("a\(marker)b".utf8)
      let (here, there) = (try tokenizer.encode(text.span.bytes), try oracle.encode(text.span.bytes))
      #expect(here[1] == TokenID(id))
      #expect(there.count > here.count)
    }
    // Two literal marks are an added token; SentencePiece reads them as two more spaces before the b.
    let marks = Array("a\u{2581}\u{2581} b".utf8)
    let spaces = Array("a   b".utf8)
    let (marksThere, spacesThere) = (try oracle.encode(marks.span.bytes), try oracle.encode(spaces.span.bytes))
    #expect(marksThere == spacesThere)
    #expect(try tokenizer.encode("a\u{2581}\u{2581} b") != tokenizer.encode("a   b"))
  }
}
