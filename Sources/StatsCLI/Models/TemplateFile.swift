import ChatTemplates
import Counting
import JSON
import Support

/// A file with one chat template, or several with names.
struct TemplateFile {
  /// The file.
  let path: String
  /// The templates by name; a file with one has the name `default`.
  private(set) var templates: [(name: String, template: JinjaTemplate)] = []

  /// Reads a template in Jinja, or the `chat_template` of a `.json` such as `tokenizer_config.json`.
  ///
  /// - Throws: `CommandFailure` with jinja2's message and the line where a template cannot be compiled.
  init(_ path: String, limits: TemplateLimits) throws(CommandFailure) {
    self.path = path
    for (name, source) in try Self.sources(path) {
      do throws(TemplateError) {
        templates.append((name, try JinjaTemplate(source, limits: limits)))
      } catch {
        let place = error.line.map { ", line \($0)" } ?? ""
        let which = name == Self.defaultName ? "" : " (\(name))"
        throw CommandFailure("\(path)\(which)\(place): \(error.message)")
      }
    }
  }

  private static let defaultName = "default"

  private static func sources(_ path: String) throws(CommandFailure) -> [(String, String)] {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.readInput(path) } catch { throw CommandFailure(error.description) }
    guard path.hasSuffix(".json") else {
      guard let source = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure("\(path): the template is not UTF-8")
      }
      return [(defaultName, source)]
    }
    let json: JSONValue
    do throws(FileError) { json = try JSONValue.parse(bytes) } catch { throw CommandFailure("\(path): \(error)") }
    switch json["chat_template"] {
    case .string(let source)?: return [(defaultName, source)]
    case .array(let elements)?:
      var sources: [(String, String)] = []
      for element in elements {
        guard let name = element["name"]?.stringValue, let source = element["template"]?.stringValue else {
          throw CommandFailure("\(path): \"chat_template\" is a list whose elements need \"name\" and \"template\"")
        }
        sources.append((name, source))
      }
      return sources
    case .object(let object)?:
      var sources: [(String, String)] = []
      for member in object.members {
        guard let source = member.value.stringValue else {
          throw CommandFailure("\(path): the template \"\(member.key)\" is \(member.value.kindName), not a string")
        }
        sources.append((member.key, source))
      }
      return sources
    default: throw CommandFailure("\(path): there is no \"chat_template\" in it")
    }
  }

  /// The template that transformers takes: `tool_use` where there are tools and it exists, else `default`.
  func template(hasTools: Bool) throws(TemplateError) -> JinjaTemplate {
    let name = NamedTemplate.choice(among: templates.map(\.name), hasTools: hasTools)
    guard let choice = templates.first(where: { $0.name == name }) else {
      throw TemplateError(
        .argument,
        "\(path) has templates with the names \(templates.map(\.name).joined(separator: ", ")), and none is \"default\""
      )
    }
    return choice.template
  }

  /// Renders rows as `apply_chat_template` does, one line of JSON each.
  func render(_ rows: RowOptions, clock: TemplateClock) throws(CommandFailure) {
    guard rows.tokenization.template.isEmpty, rows.tokenization.tokenizer.isEmpty,
      rows.tokenization.templateArg.isEmpty
    else {
      throw CommandFailure(
        "--template, --tokenizer and --template-arg are for models; with --chat-template FILE arguments stand in the rows",
        status: .usage)
    }
    guard !rows.areRead else {
      let renderer = RowRenderer(try self.renderer(rows, clock))
      return try rows.forEachText(renderer, named: path) { (text, _, _) throws(InputError) in
        JSONLine.rendered(text, ascii: rows.ascii)
      }
    }
    var chat = RenderedChat()
    var first: TemplateError?
    // Answers hold the reference's message and no more.
    defer { if let first, first.line != nil { Messages.notice("\(path): \(first.placed)") } }
    let hint = "; name it as a file, or say --messages-column messages"
    try TemplateRows(ascii: rows.ascii, hint: hint).print(rows.file) { (row) throws(TemplateError) in
      let request = try Self.request(row, addGenerationPrompt: rows.addGenerationPrompt)
      do throws(TemplateError) {
        try template(hasTools: request.tools != nil).apply(request, clock: clock, into: &chat)
      } catch {
        if first == nil { first = error }
        throw error
      }
      return chat.bytes
    }
  }

  /// What renders the rows of any source, with what they tell beside their messages.
  private func renderer(_ rows: RowOptions, _ clock: TemplateClock) throws(CommandFailure) -> ChatRenderer {
    var settings = ChatRenderer.Settings()
    settings.addGenerationPrompt = rows.addGenerationPrompt
    settings.joinsParts = rows.tokenization.chat.contentParts == .join
    settings.clock = clock
    settings.takesSpecialTokens = true
    let isUnnamed = templates.count == 1 && templates[0].name == Self.defaultName
    let named = templates.map { NamedChatTemplate(name: isUnnamed ? nil : $0.name, engine: $0.template) }
    do throws(TemplateError) { return try ChatRenderer(named, settings: settings) } catch {
      throw CommandFailure("\(path): \(error.message)")
    }
  }

  /// What a row asks for: `messages`, `special_tokens`, and arguments.
  private static func request(
    _ row: TemplateRow, addGenerationPrompt: Bool
  ) throws(TemplateError) -> ChatTemplateRequest {
    guard let messages = row.object["messages"] else { throw row.refusal("messages", "a list") }
    var request = ChatTemplateRequest(messages: messages)
    request.readsStandIns = row.readsStandIns
    request.addGenerationPrompt = addGenerationPrompt
    if let tokens = row.object["special_tokens"] { try request.setSpecialTokens(tokens) }
    var arguments = row.object
    arguments["messages"] = nil
    arguments["special_tokens"] = nil
    request.setArguments(arguments)
    return request
  }
}
