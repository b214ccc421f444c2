import ArgumentParser
import ChatTemplates
import JSON
import Reports
import Support

/// Says what a chat template supports.
struct TemplatesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what a chat template supports.",
    discussion: """
      Renders small conversations with the template and says what became of them: system messages, tools, thinking in \
      earlier answers, whether a longer conversation's text begins with the shorter one's, and so on.

      Examples:
        tokenstats templates check chat_template.jinja
        tokenstats templates check qwen-3-32b
        tokenstats templates check HuggingFaceTB/SmolLM2-135M-Instruct
      """)

  @Argument(
    help: ArgumentHelp(
      """
      A Jinja file, a .json with "chat_template", a folder with chat_template.jinja or tokenizer_config.json, or a \
      model: its short name, or its id on the hub.
      """, valueName: "file|model"),
    completion: .file(extensions: ["jinja", "json"]))
  var template: String

  @Flag(help: "Print a JSON object.")
  var json = false

  @Flag(help: "Print tab-separated values.")
  var tsv = false

  @OptionGroup var clock: ClockOptions
  @OptionGroup(title: "Limits") var limits: TemplateLimitOptions
  @OptionGroup(title: "Hub") var hub: HubOptions
  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if json && tsv { throw ValidationError("--json and --tsv exclude each other.") }
  }

  func run() throws {
    let (path, surveys) = try surveys()
    var output = StandardOutput()
    var unusable: [String] = []
    var table = ResultTable([.text("template"), .text("subject"), .text("answer"), .text("detail")])
    for (name, survey) in surveys {
      if !survey.isUsable { unusable.append(name) }
      if json {
        let findings = survey.findings.map { finding in
          let value = JSONObject([("answer", .string(finding.answer.rawValue)), ("detail", .string(finding.detail))])
          return (finding.subject.rawValue, JSONValue.object(value))
        }
        let result = JSONObject([("path", .string(path)), ("name", .string(name))] + findings)
        try output.writeLine(JSONValue.object(result).serialized())
      } else if tsv {
        for finding in survey.findings {
          table.add([
            .text(name), .text(finding.subject.rawValue), .text(finding.answer.rawValue), .text(finding.detail),
          ])
        }
      } else {
        if surveys.count > 1 { try output.writeLine("\(name):") }
        for line in Self.table(of: survey) { try output.writeLine(line) }
      }
    }
    if tsv { try output.write(bytes: table.tabSeparated) }
    try output.flush()
    if !unusable.isEmpty {
      throw CommandFailure(
        "\(path): two turns of user and assistant are not rendered (\(unusable.joined(separator: ", ")))",
        status: .partialFailure)
    }
  }

  /// The templates' surveys by name, and what the templates are of.
  private func surveys() throws -> (path: String, [(name: String, survey: TemplateSurvey)]) {
    let clock = try clock.clock()
    if Files.exists(template) {
      let file = try TemplateFile(TemplateFile.path(of: template), limits: limits.limits)
      return (file.path, file.templates.map { ($0.name, TemplateSurvey($0.template, clock: clock)) })
    }
    let selector = try ModelSelector(templates: [], files: [], hub: hub.access)
    let templates = try selector.templates(ofModel: template)
    let surveys = try templates.compactMap { (named) throws in
      if let engine = named.engine {
        let limited = try JinjaTemplate(engine.source, limits: limits.limits)
        return (named.name, TemplateSurvey(limited, clock: clock))
      }
      return named.native.map { (named.name, TemplateSurvey($0)) }
    }
    return (template, surveys)
  }

  private static func table(of survey: TemplateSurvey) -> [String] {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let width = survey.findings.map(\.subject.title.count).max() ?? 0
    return survey.findings.map { finding in
      "\(padded(finding.subject.title, width))  \(padded(finding.answer.rawValue, 7))  \(finding.detail)"
    }
  }
}

extension TemplateFile {
  /// The file of a folder, or the file itself.
  static func path(of argument: String) throws(CommandFailure) -> String {
    guard Files.isDirectory(argument) else { return argument }
    for name in ["chat_template.jinja", "tokenizer_config.json", "chat_template.json"] {
      let path = Files.join(argument, name)
      if Files.exists(path) { return path }
    }
    throw CommandFailure("\(argument) holds no chat_template.jinja, tokenizer_config.json or chat_template.json")
  }
}
