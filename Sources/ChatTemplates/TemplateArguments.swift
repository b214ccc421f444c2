public import JSON

/// An argument that a chat template takes.
public struct TemplateParameter: Sendable, Hashable {
  /// What an argument may be.
  public enum Kind: Sendable, Hashable {
    /// Any text.
    case text
    /// `true` or `false`.
    case flag
  }

  /// The name that the template calls it by, such as `date_string`.
  public let name: String
  /// What it may be.
  public let kind: Kind
  /// What the template writes where none is given; nil where that is a case of its own.
  public let defaultValue: TemplateArguments.Value?

  /// Makes a parameter.
  init(_ name: String, _ kind: Kind, default defaultValue: TemplateArguments.Value? = nil) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
  }

  /// Reads a value as the command line spells it.
  fileprivate func value(_ text: String) throws(TemplateError) -> TemplateArguments.Value {
    switch (kind, text) {
    case (.text, _): .text(text)
    case (.flag, "true"), (.flag, "True"): .flag(true)
    case (.flag, "false"), (.flag, "False"): .flag(false)
    case (.flag, _):
      throw TemplateError(.argument, "template argument \(name) is \"\(text)\"; true or false is expected")
    }
  }
}

/// What a chat template is told beyond the messages.
public struct TemplateArguments: Sendable, Equatable {
  /// The value of an argument.
  public enum Value: Sendable, Hashable {
    /// A text.
    case text(String)
    /// A truth value.
    case flag(Bool)

    /// The value as JSON.
    public var json: JSONValue {
      switch self {
      case .text(let text): .string(text)
      case .flag(let flag): .bool(flag)
      }
    }
  }

  /// Whether the text ends with the beginning of an assistant's turn.
  public var addGenerationPrompt = false
  /// Tools as JSON schemas; nil where there are none, which some templates tell from an empty list.
  public var tools: [JSONValue]?

  /// Names of tools that the model knows by itself; nil where none are given, which is not the same as none.
  public var builtInTools: [String]?

  private var values: [String: Value] = [:]

  /// Makes arguments that change nothing.
  public init() {}

  /// Reads arguments of the form `name=value`.
  ///
  /// - Parameters:
  ///   - pairs: the arguments in the order given.
  ///   - templates: the templates in use; each argument must be known to one of them.
  /// - Throws: `TemplateError` of origin ``TemplateError/Origin/argument`` for an unknown name (naming the known ones), a
  ///   repeated name or a bad value.
  public init(pairs: [String], for templates: [ChatTemplate]) throws(TemplateError) {
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw TemplateError(.argument, "template argument \"\(pair)\" is not of the form name=value")
      }
      let name = String(parts[0])
      guard values[name] == nil else { throw TemplateError(.argument, "template argument \(name) is given twice") }
      guard let parameter = templates.lazy.flatMap(\.parameters).first(where: { $0.name == name }) else {
        throw Self.unknown(name, templates: templates)
      }
      values[name] = try parameter.value(String(parts[1]))
    }
  }

  /// The value that was given for an argument; nil where none was.
  public subscript(name: String) -> Value? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// The arguments by name that were given, in the order of their names.
  public var given: JSONObject { JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }) }

  /// The arguments that a template was rendered with, for the record: what was given, and the defaults it writes.
  public func used(by template: ChatTemplate) -> JSONObject {
    JSONObject(
      template.parameters.compactMap { parameter in
        (self[parameter.name] ?? parameter.defaultValue).map { (parameter.name, $0.json) }
      })
  }

  /// An argument that none of the templates in use has.
  private static func unknown(_ name: String, templates: [ChatTemplate]) -> TemplateError {
    let known = ChatTemplate.native.filter(templates.contains).map { template in
      let names = template.parameters.map(\.name)
      return "\(template.name) knows \(names.isEmpty ? "none" : names.joined(separator: ", "))"
    }
    return TemplateError(.argument, "unknown template argument \"\(name)\": \(known.joined(separator: "; "))")
  }
}
