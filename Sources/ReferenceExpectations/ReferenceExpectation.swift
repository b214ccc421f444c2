/// What the reference stack (transformers, tokenizers) makes of one input.
public struct ReferenceExpectation: Sendable, Equatable {
  /// The model whose template and vocabulary were used, as the rows name it.
  public enum Model: String, Sendable, CaseIterable {
    /// One repository of the hub each: Gemma 2, Llama 3.3, Qwen 3 and Qwen 2.5.
    case gemma, llama, qwen, qwen25
  }

  /// A message of a chat.
  public struct Message: Sendable, Equatable {
    /// The role as the chat names it.
    public let role: String
    /// The text.
    public let content: String
  }

  /// What goes in.
  public enum Input: Sendable, Equatable {
    /// A chat to render with the model's template.
    case chat([Message], addGenerationPrompt: Bool)
    /// Plain text, tokenized without markers for its beginning and end.
    case text(String)
  }

  /// A name that no other row has.
  public let id: String
  /// The model.
  public let model: Model
  /// What goes in.
  public let input: Input
  /// The chat as the template writes it; nil for plain text, and if the template raises.
  public let rendered: String?
  /// The ids of the rendered chat or the plain text; nil if the template raises.
  public let ids: [Int32]?
  /// The message that the template raises; nil if it renders.
  public let error: String?
  /// The contents joined by a space, if the template raises.
  public let fallbackText: String?
  /// The ids' number where markers are added to text that has them already, as the original analysis counted chats;
  /// nil where it was not counted, as for plain text.
  public let legacyCount: Int?
  /// The number of ids by kind of token ("user", "overhead" and so on); nil if it is not known.
  public let tokensByKind: [String: Int]?
}
