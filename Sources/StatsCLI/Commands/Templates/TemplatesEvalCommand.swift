import ArgumentParser
import ChatTemplates
import JSON

/// Renders templates with the variables that stand beside them.
struct TemplatesEvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Render templates with given variables.",
    discussion: """
      Reads {"template":"..","context":{..}} a line and prints {"rendered":".."} for each, in the same order, or \
      {"error":".."} with the message of Python where the template fails. The template sees the context as it is, and \
      the functions that transformers gives to every template.

      Example:
        tokenstats templates eval --now 2025-03-09T14:05:07 < templates.jsonl
      """)

  @OptionGroup var clock: ClockOptions
  @OptionGroup(title: "Limits") var limits: TemplateLimitOptions

  @Flag(help: "Write characters beyond ASCII as \\uXXXX.")
  var ascii = false

  @Flag(help: "Name an error's class (error_type) and the template's line beside its message.")
  var details = false

  @Argument(
    help: ArgumentHelp(
      "JSONL: an object with \"template\" and \"context\" a line; - or none for standard input.", valueName: "file"),
    completion: .file(extensions: ["jsonl", "ndjson", "json"]))
  var file: String?

  @OptionGroup var talk: QuietOptions

  func run() throws {
    let clock = try clock.clock()
    var cache = TemplateCache(limits: limits.limits)
    var chat = RenderedChat()
    let rows = TemplateRows(ascii: ascii, hasDetails: details, errorsAreResults: true)
    try rows.print(file) { (row) throws(TemplateError) in
      guard case .string(let source)? = row.object["template"] else { throw row.refusal("template", "a string") }
      let context: JSONObject
      switch row.object["context"] {
      case .object(let object)?: context = object
      case nil: context = JSONObject()
      default: throw row.refusal("context", "an object")
      }
      try row.checkSource(source)
      let input = JinjaInput(variables: context, readsStandIns: row.readsStandIns)
      try cache.template(source).render(input, clock: clock, into: &chat)
      return chat.bytes
    }
  }
}

/// Keeps the template that was compiled last, since rows often come with the same.
struct TemplateCache {
  private let limits: TemplateLimits
  private var last: JinjaTemplate?

  init(limits: TemplateLimits) { self.limits = limits }

  /// Compiles a template, or gives the last one again.
  mutating func template(_ source: String) throws(TemplateError) -> JinjaTemplate {
    if let last, last.source.utf8.elementsEqual(source.utf8) { return last }
    let template = try JinjaTemplate(source, limits: limits)
    last = template
    return template
  }
}
