import ArgumentParser

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
    subcommands: [TokenizersListCommand.self, TokenizersFetchCommand.self, TokenizersInfoCommand.self])
}
