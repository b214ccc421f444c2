/// How conversations are turned into the text whose tokens are counted.
public enum CountMode: String, Sendable, Hashable, CaseIterable {
  /// Exactly `apply_chat_template(messages, tokenize=True, add_generation_prompt=False)`: BOS once.
  case template
  /// As the original script counted: the rendered text encoded again with special tokens, so BOS stands twice for
  /// Gemma and Llama, and the contents joined by a space where the template raises.
  case seed
}
