import ArgumentParser
import Counting
import Datasets
import ModelHub

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

  @Option(help: ArgumentHelp("The model: \(ModelRegistry.nameList).", valueName: "name"))
  var model: String

  @OptionGroup var rows: RowOptions

  func run() throws {
    let selector = try rows.tokenization.selector()
    let selected = try selector.chatModel(named: model, spec: nil, rows.tokenization.chat)
    guard selected.renderer != nil else {
      throw CommandFailure(RowRenderer.refusal(of: selected.name), status: .unknownModel)
    }
    let prepared = try rows.tokenization.prepare([selected], addGenerationPrompt: rows.addGenerationPrompt)[0]
    try rows.forEachText(prepared) { (text) throws(InputError) in
      JSONLine.rendered(text, ascii: rows.ascii)
    }
  }
}
