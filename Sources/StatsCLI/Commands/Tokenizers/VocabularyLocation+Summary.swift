import ModelHub
import Tokenizers

extension VocabularyLocation.Origin {
  /// Where a file comes from, in a few words.
  var summary: String {
    switch self {
    case .override: "named by --tokenizer"
    case .huggingFaceCache(let repository, let revision): "Hugging Face cache, \(repository)@\(revision)"
    case .cache: "fetched"
    }
  }
}
