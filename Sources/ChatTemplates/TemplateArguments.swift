public import JSON

/// What a chat template is told beyond the messages.
public struct TemplateArguments: Sendable, Hashable {
  /// The date that Llama's template writes when none is given.
  public static let defaultDate = "26 Jul 2024"

  /// Whether the text ends with the beginning of an assistant's turn.
  public var addGenerationPrompt = false
  /// Llama: today's date in the preamble; nil for the template's default.
  public var dateString: String?
  /// Qwen-3: false closes the think block in the generation prompt; nil where it is not given.
  public var enableThinking: Bool?

  /// Makes arguments that change nothing.
  public init() {}

  /// Reads arguments of the form `name=value`.
  ///
  /// - Parameters:
  ///   - pairs: the arguments in the order given.
  ///   - templates: the templates in use; each argument must be known to one of them.
  /// - Throws: `TemplateArgumentError` for an unknown name (naming the known ones), a repeated name or a bad value.
  public init(pairs: [String], for templates: [ChatTemplate]) throws(TemplateArgumentError) {
    var seen: Set<String> = []
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw TemplateArgumentError("template argument \"\(pair)\" is not of the form name=value")
      }
      let name = String(parts[0])
      guard seen.insert(name).inserted else { throw TemplateArgumentError("template argument \(name) is given twice") }
      guard templates.contains(where: { $0.knownArguments.contains(name) }) else {
        throw .unknown(name, templates: templates)
      }
      try set(name, to: String(parts[1]))
    }
  }

  private mutating func set(_ name: String, to value: String) throws(TemplateArgumentError) {
    switch (name, value) {
    case ("date_string", _): dateString = value
    case ("enable_thinking", "true"), ("enable_thinking", "True"): enableThinking = true
    case ("enable_thinking", "false"), ("enable_thinking", "False"): enableThinking = false
    default: throw TemplateArgumentError("template argument \(name) is \"\(value)\"; true or false is expected")
    }
  }

  /// The arguments that a template was rendered with, for the record: what was given, and Llama's date in any case.
  public func used(by template: ChatTemplate) -> JSONObject {
    switch template {
    case .gemma2, .qwen25: JSONObject()
    case .llama33: JSONObject([("date_string", .string(dateString ?? Self.defaultDate))])
    case .qwen3: JSONObject(enableThinking.map { [("enable_thinking", .bool($0))] } ?? [])
    }
  }
}
