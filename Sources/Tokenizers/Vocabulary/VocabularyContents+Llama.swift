import Support

extension VocabularyContents {
  /// Reads a tiktoken file: one token a line, base64 and rank, the rank being the id.
  ///
  /// The names and ids of the special tokens are those of Llama 3.3's `tokenizer.json` on the Hugging Face hub.
  static func llama(_ bytes: [UInt8], path: String) throws(TokenizerError) -> VocabularyContents {
    var tokens = ByteStrings()
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count == 2, let token = Base64.decode(fields[0]), !token.isEmpty,
        Int(String(decoding: fields[1], as: UTF8.self)) == tokens.count, tokens.count < maximumTokenCount
      else { throw .damaged(path: path, reason: "line \(number + 1) is not base64, a space and the next rank") }
      tokens.append(token)
    }
    guard !tokens.bytes.isEmpty else { throw .damaged(path: path, reason: "it holds no tokens") }
    let first = TokenID(tokens.count)
    return VocabularyContents(
      tokens: tokens, decodedOverrides: [],
      merges: splits(of: tokens, at: { _ in true }),
      addedTokens: llamaSpecialTokens.enumerated().map {
        AddedToken(id: first + TokenID($0.offset), content: Array($0.element.utf8))
      },
      alphabet: .bytes, acceptsWholeTokens: true, beginningToken: first)
  }

  private static let llamaSpecialTokens: [String] =
    [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
      "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>", "<|start_header_id|>", "<|end_header_id|>",
      "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ] + (3..<248).map { "<|reserved_special_token_\($0)|>" }
}
