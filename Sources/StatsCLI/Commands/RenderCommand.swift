import ArgumentParser

/// Prints the text that a model reads for each conversation.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render conversations with a model's chat template.",
    discussion: """
      Prints {"rendered":".."} for each line of input, in the same order, or {"error":".."} with the template's own \
      message where it raises.

      Example:
        tokenstats render --model llama-3.3-70b < chats.jsonl
      """)

  @OptionGroup var rows: RowOptions

  func run() throws {
    let model = try rows.tokenization.selector().model(named: rows.model)
    try rows.forEachText(model: model) { (text, output) throws(CommandFailure) in
      try output.writeLine(JSONLine.rendered(text, ascii: rows.ascii))
    }
  }
}
