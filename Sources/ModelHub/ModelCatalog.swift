import ChatTemplates

/// The models whose datasets can be counted, each with the format of its conversations.
///
///     let catalog = try ModelCatalog(templateOverrides: ["qwen-3-32b=qwen2.5"])
///     try catalog.format(of: "qwen-3-32b").hubID  // "Qwen/Qwen2.5-7B-Instruct"
public struct ModelCatalog: Sendable, Hashable {
  /// The models with their own formats, sorted by name.
  private static let standard: [(model: String, template: ChatTemplate)] = [
    ("gemma-2-27b", .gemma2), ("llama-3.3-70b", .llama33), ("qwen-3-32b", .qwen3),
  ]

  /// The names of all known models, sorted.
  public static var models: [String] { standard.map(\.model) }

  private var formats: [String: ChatFormat]

  /// The models with their own formats.
  public init() {
    formats = Dictionary(uniqueKeysWithValues: Self.standard.map { ($0.model, ChatFormat($0.template)) })
  }

  /// The models, some with another format than their own.
  ///
  /// - Parameter templateOverrides: Pairs of the form `qwen-3-32b=qwen2.5`.
  /// - Throws: ``ModelError`` for an unknown model or template, or text of another form.
  public init(templateOverrides: [String]) throws(ModelError) {
    self.init()
    for pair in templateOverrides {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw .malformedOverride(pair) }
      _ = try format(of: parts[0])
      guard let template = ChatTemplate(rawValue: parts[1]) else { throw .unknownTemplate(parts[1]) }
      formats[parts[0]] = ChatFormat(template)
    }
  }

  /// The format of a model's conversations.
  ///
  /// - Throws: ``ModelError/unknownModel(_:)``, which names the known ones.
  public func format(of model: String) throws(ModelError) -> ChatFormat {
    guard let format = formats[model] else { throw .unknownModel(model) }
    return format
  }
}
