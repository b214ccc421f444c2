import ArgumentParser
import Counting
import Datasets
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
      are arguments of the template, as with apply_chat_template. Tables and rows that options describe are read, too.

      Example:
        tokenstats render --model llama-3.3-70b < chats.jsonl
        tokenstats render --chat-template chat_template.jinja < chats.jsonl
        tokenstats render --model qwen-3-32b --explain < chats.jsonl
      """)

  @Option(name: [.customShort("m"), .long], help: CountingModel.help, completion: CompletionNames.models)
  var model: String?

  @Flag(help: "Show every part in the color of its kind, with its tokens.")
  var explain = false

  @Flag(help: "Render the conversations again and again, and print only how long one takes.")
  var timing = false

  @OptionGroup(title: "What is trained") var training: TrainingOptions
  @OptionGroup(title: "Limits") var limits: TemplateLimitOptions
  @OptionGroup var rows: RowOptions
  @OptionGroup var talk: QuietOptions

  func validate() throws {
    let templates = rows.tokenization.chat.chatTemplate
    if model == nil && templates.count != 1 {
      throw ValidationError("Name a model with --model, or one template with --chat-template.")
    }
    if model == nil && timing { throw ValidationError("--timing uses a model's template: name it with --model.") }
    if timing && rows.file == nil { throw ValidationError("--timing reads a JSONL file of conversations: name it.") }
    if explain && timing { throw ValidationError("--explain and --timing cannot be combined.") }
    if training.train != nil && !explain { throw ValidationError("--train is shown by --explain.") }
    if rows.tokenization.chat.sanitizeControlTokens && !explain {
      throw ValidationError(
        "--sanitize-control-tokens changes how a text is encoded, not the text: use it with --explain, or with encode.")
    }
    if model == nil && explain { throw ValidationError("--explain counts tokens: name a model with --model.") }
  }

  func run() throws {
    guard let model else {
      let file = try TemplateFile(rows.tokenization.chat.chatTemplate[0], limits: limits.limits)
      return try file.render(rows, clock: rows.tokenization.chat.clock.clock())
    }
    let selector = try rows.tokenization.selector(for: [model])
    let selected = try selector.chatModel(named: model, spec: nil, rows.tokenization.chat)
    guard selected.renderer != nil else {
      throw CommandFailure(RowRenderer.refusal(of: selected.name), status: .unknownModel)
    }
    let prepared = try rows.tokenization.prepare([selected], addGenerationPrompt: rows.addGenerationPrompt)[0]
    if timing, let file = rows.file, let renderer = try prepared.preparedRenderer() {
      return try RenderTiming(file, renderer).print()
    }
    if explain {
      let loaded = try prepared.load()
      let policy = try training.policy()
      if let policy, let obstacle = loaded.obstacle(to: policy) {
        Messages.notice("\(prepared.name): \(obstacle)")
      }
      var explanation = ChatExplanation(loaded.tokenizer)
      let mask = policy.flatMap { loaded.makeMask($0) }
      return try rows.forEachText(prepared, mask: mask, isStyled: true) { (text, chat, trained) throws(InputError) in
        explanation.lines(text, chat, trained: trained)
      }
    }
    try rows.forEachText(prepared) { (text, _, _) throws(InputError) in JSONLine.rendered(text, ascii: rows.ascii) }
  }
}
