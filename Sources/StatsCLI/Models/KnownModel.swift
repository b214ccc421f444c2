import ChatTemplates
import Tokenizers

/// A model that datasets are made for: its vocabulary and its chat format.
struct KnownModel: Sendable {
  /// The name in dataset names and on the command line, such as `gemma-2-27b`.
  let name: String
  /// The model's name on the Hugging Face hub.
  let hubID: String
  /// The vocabulary that texts are counted with.
  let family: VocabularyFamily
  /// The chat format that conversations are rendered with.
  let template: ChatTemplate
}

extension KnownModel {
  /// The same model under another chat format; Qwen 2.5's format comes with Qwen 2.5's shorter vocabulary.
  func formatted(with template: ChatTemplate) -> KnownModel {
    let family: VocabularyFamily =
      switch (template, self.family) {
      case (.qwen25, .qwen3): .qwen25
      default: self.family
      }
    return KnownModel(name: name, hubID: hubID, family: family, template: template)
  }
}
