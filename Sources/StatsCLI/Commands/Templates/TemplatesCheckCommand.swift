import ArgumentParser
import ChatTemplates
import JSON
import Support

/// Says what a chat template supports.
struct TemplatesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what a chat template supports.",
    discussion: """
      Renders small conversations with the template and says what became of them: system messages, tools, thinking in \
      earlier answers, whether a longer conversation's text begins with the shorter one's, and so on.

      Example:
        tokenstats templates check chat_template.jinja
      """)

  @Argument(
    help: ArgumentHelp(
      "A Jinja file, a .json with \"chat_template\", or a folder with chat_template.jinja or tokenizer_config.json.",
      valueName: "file"),
    completion: .file(extensions: ["jinja", "json"]))
  var file: String

  @Flag(help: "Print a JSON object.")
  var json = false

  @OptionGroup var clock: ClockOptions
  @OptionGroup(title: "Limits") var limits: TemplateLimitOptions

  func run() throws {
    let file = try TemplateFile(TemplateFile.path(of: file), limits: limits.limits)
    let clock = try clock.clock()
    var output = StandardOutput()
    var unusable: [String] = []
    for (name, template) in file.templates {
      let survey = TemplateSurvey(template, clock: clock)
      if !survey.isUsable { unusable.append(name) }
      if json {
        let findings = survey.findings.map { finding in
          let value = JSONObject([("answer", .string(finding.answer.rawValue)), ("detail", .string(finding.detail))])
          return (finding.subject.rawValue, JSONValue.object(value))
        }
        let result = JSONObject([("path", .string(file.path)), ("name", .string(name))] + findings)
        try output.writeLine(JSONValue.object(result).serialized())
      } else {
        if file.templates.count > 1 { try output.writeLine("\(name):") }
        for line in Self.table(of: survey) { try output.writeLine(line) }
      }
    }
    try output.flush()
    if !unusable.isEmpty {
      throw CommandFailure(
        "\(file.path): two turns of user and assistant are not rendered (\(unusable.joined(separator: ", ")))",
        status: .partialFailure)
    }
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
