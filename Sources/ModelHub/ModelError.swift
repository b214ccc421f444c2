import ChatTemplates

/// A model or template that is not known.
public enum ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No model of this name is in the catalog.
  case unknownModel(String)
  /// No template of this name is built in.
  case unknownTemplate(String)
  /// An override that is not of the form `model=template`.
  case malformedOverride(String)

  /// What is not known, and what is.
  public var description: String {
    switch self {
    case .unknownModel(let name):
      "unknown model \"\(name)\"; known models are \(ModelCatalog.models.joined(separator: ", "))"
    case .unknownTemplate(let name):
      "unknown template \"\(name)\"; known templates are "
        + ChatTemplate.allCases.map(\.rawValue).joined(separator: ", ")
    case .malformedOverride(let text):
      "\"\(text)\" does not name a template for a model; write MODEL=TEMPLATE, such as qwen-3-32b=qwen2.5"
    }
  }
}
