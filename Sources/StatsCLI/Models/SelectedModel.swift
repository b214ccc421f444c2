import ModelHub
import Analysis
import Tokenizers

/// A model as the command line selects it: its chat format, and where its vocabulary comes from.
struct SelectedModel: Sendable {
  /// The name in dataset names and on the command line, such as `gemma-2-27b`.
  let name: String
  /// The chat format and the vocabulary's family.
  let format: ChatFormat
  /// Looks for the vocabulary; knows the file that the user named.
  let vocabularies: VocabularyStore

  /// The vocabulary file; files that look like it and are not used are named.
  ///
  /// - Throws: `CommandFailure` with the status of an unknown model where there is none.
  func locateVocabulary() throws(CommandFailure) -> VocabularyLocation {
    do {
      let search = try vocabularies.search(format.family)
      for notice in search.notices { Messages.notice(notice.description) }
      return try search.location ?? vocabularies.locate(format.family)
    } catch {
      throw CommandFailure("\(name): \(error)", status: .unknownModel)
    }
  }

  /// The tokenizer.
  ///
  /// - Throws: `CommandFailure` with the status of an unknown model where the vocabulary is missing or damaged.
  func loadTokenizer() throws(CommandFailure) -> Tokenizer {
    let location = try locateVocabulary()
    do {
      return try Tokenizer(
        family: format.family, location: location, tables: .userCache, kernels: ModelSelector.kernels)
    } catch {
      throw CommandFailure("\(name): \(error)", status: .unknownModel)
    }
  }
}
