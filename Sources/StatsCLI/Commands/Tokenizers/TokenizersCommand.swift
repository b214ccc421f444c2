import ArgumentParser
import ModelHub

/// The vocabulary files on this machine.
struct TokenizersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizers",
    abstract: "List, fetch and examine the vocabulary files.",
    discussion: """
      Files named with --tokenizer are used first, then official files in the Hugging Face cache, then those that \
      "fetch" has put under ~/.cache/tokenstats.

      Example:
        tokenstats tokenizers fetch
      """,
    subcommands: [
      TokenizersListCommand.self, TokenizersFetchCommand.self, TokenizersInfoCommand.self, TokenizersRemoveCommand.self,
    ])
}

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
