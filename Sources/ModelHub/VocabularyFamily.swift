public import Tokenizers

/// The tokenizers of the built-in models.
public enum VocabularyFamily: String, Sendable, Hashable, CaseIterable {
  /// Gemma 2: 256,000 pieces, merged character by character, read from a SentencePiece `.model` file.
  case gemma2
  /// Llama 3.x: 128,000 byte strings and 256 special tokens, read from a tiktoken file.
  case llama3
  /// Qwen 3: 151,643 byte strings and 26 added tokens, read from a Hugging Face `tokenizer.json`.
  case qwen3
  /// Qwen 2.5: Qwen 3's file, whose added tokens end at 151,664 here.
  case qwen25

  /// How the family's file becomes the definition of its tokenizer.
  public var converter: VocabularyConverter {
    switch self {
    case .gemma2: .sentencePiece(beginning: "<bos>")
    case .llama3: .tiktoken(pattern: Self.llamaPattern, specialTokens: Self.llamaSpecialTokens)
    case .qwen3: .tokenizerJSON()
    case .qwen25: .tokenizerJSON(lastAddedToken: 151_664)
    }
  }

  /// Source: `tokenizer.json` of Llama 3.3 on the Hugging Face hub, as the names of the special tokens.
  private static let llamaPattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let llamaSpecialTokens: [String] =
    [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
      "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>", "<|start_header_id|>", "<|end_header_id|>",
      "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ] + (3..<248).map { "<|reserved_special_token_\($0)|>" }
}
