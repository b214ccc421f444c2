/// How a model's beginning-of-sequence token comes into a rendered conversation.
public enum BOSPolicy: String, Sendable, Hashable {
  /// The template writes it once; the tokenizer must add none.
  case template
  /// The model has none.
  case none
}
