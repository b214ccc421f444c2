/// The vocabularies whose tokenization this module reproduces.
public enum VocabularyFamily: String, Sendable, Hashable, CaseIterable {
  /// Gemma 2: 256,000 pieces, merged character by character, read from a SentencePiece `.model` file.
  case gemma2
  /// Llama 3.x: 128,000 byte strings and 256 special tokens, read from a tiktoken file.
  case llama3
  /// Qwen 3: 151,643 byte strings and 26 added tokens, read from a Hugging Face `tokenizer.json`.
  case qwen3
  /// Qwen 2.5: Qwen 3's file, whose added tokens end at 151,664 here.
  case qwen25

  /// The last added token that belongs to the vocabulary, where the file holds more than that.
  var lastAddedToken: TokenID? { self == .qwen25 ? 151_664 : nil }
}
