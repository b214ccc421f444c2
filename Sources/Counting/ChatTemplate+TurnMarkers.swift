public import ChatTemplates

extension ChatTemplate {
  /// The added tokens that the template writes at the borders of turns.
  ///
  /// Text may be cut before any of them without changing its tokens: an added token is matched before the text around it
  /// is looked at, and no added token of these vocabularies holds `<` behind its first byte.
  public var turnMarkers: [StaticString] {
    switch self {
    case .gemma2: ["<start_of_turn>", "<end_of_turn>"]
    case .llama33: ["<|start_header_id|>", "<|eot_id|>"]
    case .qwen3, .qwen25: ["<|im_start|>", "<|im_end|>"]
    }
  }
}
