import ArgumentParser

/// Chat templates in the Jinja language.
struct TemplatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "templates",
    abstract: "Evaluate and examine chat templates.",
    discussion: """
      Example:
        tokenstats templates check chat_template.jinja
        tokenstats templates eval < templates.jsonl
      """,
    subcommands: [TemplatesEvalCommand.self, TemplatesCheckCommand.self])
}
