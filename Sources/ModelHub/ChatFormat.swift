public import ChatTemplates

/// A chat template with the vocabulary that its model uses, as published on the Hugging Face hub.
public struct ChatFormat: Sendable, Hashable {
  /// The template.
  public let template: ChatTemplate
  /// The vocabulary family.
  public let family: VocabularyFamily
  /// The revision of ``hubID`` whose template and vocabulary are reproduced.
  ///
  /// Source: the repositories' commit histories on huggingface.co.
  public let revision: String

  /// The repository on the Hugging Face hub.
  public var hubID: String { template.hubID }

  /// The format of `template`.
  public init(_ template: ChatTemplate) {
    self.template = template
    switch template {
    case .gemma2:
      family = .gemma2
      revision = "aaf20e6b9f4c0fcf043f6fb2a2068419086d77b0"
    case .llama33:
      family = .llama3
      revision = "6f6073b423013f6a7d4d9f39144961bfbfbc386b"
    case .qwen3:
      family = .qwen3
      revision = "9216db5781bf21249d130ec9da846c4624c16137"
    case .qwen25:
      family = .qwen25
      revision = "a09a35458c702b33eeacc393d103063234e8bc28"
    }
  }
}
