import ModelHub
import Testing

@testable import Tokenizers

extension TestVocabularies {
  private static let gemma = Result { try load(.gemma2) }
  private static let llama = Result { try load(.llama3) }
  private static let qwen = Result { try load(.qwen3) }
  private static let oldQwen = Result { try load(.qwen25) }

  /// The tokenizer of a family, loaded once; nil, with a note, where its file is not on this machine.
  static func tokenizer(_ family: VocabularyFamily, suite: String) throws -> Tokenizer? {
    let loaded =
      switch family {
      case .gemma2: gemma
      case .llama3: llama
      case .qwen3: qwen
      case .qwen25: oldQwen
      }
    if let tokenizer = try loaded.get() { return tokenizer }
    _ = try location(family, suite: suite)
    return nil
  }

  private static func load(_ family: VocabularyFamily) throws -> Tokenizer? {
    try VocabularyStore().search(family).location.map { try Tokenizer(family: family, location: $0) }
  }
}
