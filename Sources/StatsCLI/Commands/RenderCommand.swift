import ArgumentParser
import Counting
import Datasets
import ModelHub
import Support

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
    let model = try rows.tokenization.selector().countingModel(named: model, spec: nil)
    guard model.format != nil else {
      throw CommandFailure(RowRenderer.refusal(of: model.name), status: .unknownModel)
    }
    try rows.forEachText(rows.renderer(for: model)) { (text) throws(InputError) in
      JSONLine.rendered(text, ascii: rows.ascii)
    }
  }
}
