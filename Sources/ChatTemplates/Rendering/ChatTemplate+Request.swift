import JSON

/// What a native format makes of a request: all that its official template reads, or nothing.
extension ChatTemplate {
  /// The arguments of the format; nil where the request asks for what only the template's own text can render.
  ///
  /// A content that is continued is the renderer's matter.
  func arguments(of request: ChatTemplateRequest) -> TemplateArguments? {
    guard request.documents.map(Self.isListOfObjects) ?? true else { return nil }
    guard request.continuation == .none || request.continuation == .member("content") && !request.addGenerationPrompt
    else { return nil }
    var arguments = TemplateArguments()
    arguments.addGenerationPrompt = request.addGenerationPrompt
    if let tools = request.tools {
      guard case .array(let elements) = tools, Self.isListOfObjects(tools) else { return nil }
      arguments.tools = elements
    }
    for member in request.arguments.members {
      if engineArguments.contains(member.key) { return nil }
      if readsBuiltInTools, member.key == Self.builtInTools {
        guard let elements = member.value.arrayValue else { return nil }
        let names = elements.compactMap(\.stringValue)
        guard names.count == elements.count else { return nil }
        arguments.builtInTools = names
        continue
      }
      guard let parameter = parameters.first(where: { $0.name == member.key }) else { continue }
      switch (parameter.kind, member.value) {
      case (.text, .string(let text)): arguments[member.key] = .text(text)
      case (.flag, .bool(let flag)): arguments[member.key] = .flag(flag)
      default: return nil
      }
    }
    return arguments
  }

  /// Why a request cannot be rendered.
  func refusal(of request: ChatTemplateRequest) -> TemplateError {
    let names = request.arguments.keys.filter { name in
      argumentNames.contains(name)
    }
    let what =
      if request.continuation != .none {
        "continue_final_message"
      } else if let name = names.first {
        name
      } else {
        request.tools.map(Self.isListOfObjects) ?? true ? "documents" : "tools"
      }
    return TemplateError(
      .unsupported,
      "the built-in format \(name) cannot render this \(what); name the file of the model's own template with "
        + "--chat-template")
  }

  /// The names of the arguments that can change the text.
  var argumentNames: [String] { parameters.map(\.name) + engineArguments + otherNames }

  private var otherNames: [String] { (readsTools ? ["tools"] : []) + (readsBuiltInTools ? [Self.builtInTools] : []) }

  private static let builtInTools = "builtin_tools"

  /// Whether an argument of this name can change the text.
  func reads(_ argument: String) -> Bool { argumentNames.contains(argument) }

  private static func isListOfObjects(_ value: JSONValue) -> Bool {
    value.arrayValue?.allSatisfy { $0.objectValue != nil } ?? false
  }
}
