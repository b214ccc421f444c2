/// A template argument that cannot be used.
public struct TemplateArgumentError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and what is known.
  public let description: String

  init(_ description: String) { self.description = description }

  /// An argument that none of the templates in use has.
  static func unknown(_ name: String, templates: [ChatTemplate]) -> TemplateArgumentError {
    let known = ChatTemplate.allCases.filter(templates.contains).map { template in
      let names = template.knownArguments
      return "\(template.rawValue) knows \(names.isEmpty ? "none" : names.joined(separator: ", "))"
    }
    return TemplateArgumentError("unknown template argument \"\(name)\": \(known.joined(separator: "; "))")
  }
}
