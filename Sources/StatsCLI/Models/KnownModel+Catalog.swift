import ChatTemplates
import Tokenizers

extension KnownModel {
  /// The models this program knows, in the order of the tables.
  static let all = [
    KnownModel(name: "gemma-2-27b", hubID: "google/gemma-2-27b-it", family: .gemma2, template: .gemma2),
    KnownModel(
      name: "llama-3.3-70b", hubID: "meta-llama/Llama-3.3-70B-Instruct", family: .llama3, template: .llama33),
    KnownModel(name: "qwen-3-32b", hubID: "Qwen/Qwen3-32B", family: .qwen3, template: .qwen3),
  ]
}
