import TestSupport

/// Makes texts that meet every rule of the scanners: white space of all kinds, contractions, numbers, marks, scripts,
/// added tokens, runs, and bytes that are not UTF-8.
struct RandomText {
  private var random: SplitMix

  private static let pieces: [String] = [
    " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "\t\t", "\u{0B}", "\u{A0}", "\u{3000}", "\u{2028}", "\u{85}", " \n",
    "\n ",
    "a", "I", "hello", "World", " the", " and", "don't", "I'll", "we've", "'s", "'S", "'ſ", "'re", "'x", "''",
    "\u{2019}s",
    "1", "23", "456", "7890", "12345678", "٣٤", "²", "Ⅷ", "½", "１２", "x1y2", ".", ",", "!", "?!", "...", "---", "==",
    "(", ")", "{", "}", "\"", "*", "**", "_", "/", "://", "<", ">", "[", "]", "</", "<|", "|>", "@", "#", "$", "\0",
    "\u{1F}",
    "é", "ü", "ß", "ñ", "e\u{301}", "a\u{308}\u{323}", "\u{301}", "Ångström", "日本語", "中文字符", "。", "，", "안녕하세요", "한국",
    "привет", "мир", "नमस्ते", "हिन्दी", "สวัสดี", "ภาษาไทย", "مرحبا", "العربية", "שלום", "👍", "👩‍💻", "🏳️‍🌈", "𝒳", "\u{1DAA9}",
    "\u{FEFF}", "\u{200B}", "\u{2581}", "\u{2581}\u{2581}", "\u{F900}", "\u{212B}", "ﬁ", "\u{AC00}\u{11A8}",
    "<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>", "<unused7>", "<h1>", "</table>", "[toxicity=0]",
    "<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|reserved_special_token_247|>", "<|im_start|>",
    "<|im_end|>", "<think>", "</think>", "<tool_call>", "func main() {\n    return x;\n}", "http://example.org/?q=1",
  ]

  init(seed: UInt64) { random = SplitMix(state: seed) }

  /// A text of `count` pieces, some of them repeated. Not UTF-8 in places where `isDamaged`.
  mutating func next(pieces count: Int, isDamaged: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    // A few pieces are used for each text, so that they meet each other often.
    let chosen = (0..<8).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
    for _ in 0..<count {
      let isChosen = Int.random(in: 0..<4, using: &random) > 0
      let piece = (isChosen ? chosen : Self.pieces).randomElement(using: &random) ?? ""
      let longest = Int.random(in: 0..<40, using: &random) == 0 ? 70 : 2
      for _ in 0..<Int.random(in: 1...longest, using: &random) { bytes += piece.utf8 }
    }
    guard isDamaged, !bytes.isEmpty else { return bytes }
    for _ in 0..<3 {
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0x80...0xFF, using: &random)
    }
    return bytes
  }

  /// Ascending border offsets for a text of `count` bytes, some equal, some inside characters.
  mutating func borders(in count: Int) -> [Int] {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
  }
}
