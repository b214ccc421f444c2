import ArgumentParser
import Counting
import Datasets
import ModelHub
import Support

/// Prints the text that a model reads for each conversation.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render conversations with a chat template.",
    discussion: """
      Prints {"rendered":".."} for each line of input, in the same order, or {"error":".."} with the template's own \
      message where it raises.

      With --chat-template a line is {"messages":[..],"special_tokens":{"bos_token":"<s>",..},..}; all further members \
      are arguments of the template, as with apply_chat_template.

      Example:
        tokenstats render --model llama-3.3-70b < chats.jsonl
        tokenstats render --chat-template chat_template.jinja < chats.jsonl
      """)

  @Option(help: ArgumentHelp("The model: \(ModelRegistry.nameList).", valueName: "name"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Render with this template, a Jinja file or a .json with \"chat_template\"; no model is needed.",
      valueName: "file"),
    completion: .file(extensions: ["jinja", "json"]))
  var chatTemplate: String?

  @OptionGroup var clock: ClockOptions
  @OptionGroup(title: "Limits") var limits: TemplateLimitOptions
  @OptionGroup var rows: RowOptions

  func validate() throws {
    if (model == nil) == (chatTemplate == nil) {
      throw ValidationError("Name either --model or --chat-template.")
    }
  }

  func run() throws {
    if let chatTemplate {
      try TemplateFile(chatTemplate, limits: limits.limits).render(rows, clock: clock.clock())
    }
    guard let model else { return }
    let selected = try rows.tokenization.selector().countingModel(named: model, spec: nil)
    guard selected.format != nil else {
      throw CommandFailure(RowRenderer.refusal(of: selected.name), status: .unknownModel)
    }
    try rows.forEachText(rows.renderer(for: selected)) { (text) throws(InputError) in
      JSONLine.rendered(text, ascii: rows.ascii)
    }
  }
}
