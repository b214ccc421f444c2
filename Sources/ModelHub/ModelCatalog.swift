public import ChatTemplates
public import Support

/// What a model's conversations are counted with: a chat template and the model that it is published with.
public struct ChatFormat: Sendable, Hashable {
  /// The model, whose tokenizer goes with the template.
  public let model: Model
  /// The template.
  public let template: ChatTemplate

  /// The format of a model.
  ///
  /// - Throws: `InputError` where the model's template has no native format.
  public init(_ model: Model) throws(InputError) {
    guard let template = ChatTemplate(sha256: model.templateSHA256) else {
      throw .noFormat(hubID: model.hubID, templateSHA256: model.templateSHA256)
    }
    self.model = model
    self.template = template
  }

  /// The format of the first model that is published with a template.
  ///
  /// - Throws: `InputError` where there is no such model.
  public init(_ template: ChatTemplate) throws(InputError) {
    guard let model = ModelRegistry.models.first(where: { $0.templateSHA256 == template.sha256 }) else {
      throw .unknownTemplate(template.name)
    }
    self.model = model
    self.template = template
  }
}

/// The models that can be counted, each with the format of its conversations.
///
///     let catalog = try ModelCatalog(templateOverrides: ["qwen-3-32b=qwen2.5"])
///     try catalog.format(of: "qwen-3-32b").model.hubID  // "Qwen/Qwen2.5-7B-Instruct"
public struct ModelCatalog: Sendable, Hashable {
  /// The formats that replace models' own.
  private var overrides: [Model: ChatFormat] = [:]

  /// The models with their own formats.
  public init() {}

  /// The models, some with another format than their own.
  ///
  /// - Parameter templateOverrides: Pairs of the form `qwen-3-32b=qwen2.5`.
  /// - Throws: `InputError` for an unknown model or template, or text of another form.
  public init(templateOverrides: [String]) throws(InputError) {
    for text in templateOverrides {
      guard let setting = ModelSetting(text) else { throw .malformedOverride(text) }
      let model = try model(setting.model)
      guard let template = ChatTemplate(name: setting.value) else { throw .unknownTemplate(setting.value) }
      overrides[model] = try ChatFormat(template)
    }
  }

  /// The model that a reference means.
  ///
  /// - Throws: `InputError`, which names the known ones.
  public func model(_ reference: ModelReference) throws(InputError) -> Model {
    guard let model = ModelRegistry.models.first(where: reference.isReference) else {
      throw .unknownModel(reference.description)
    }
    return model
  }

  /// The format of a model's conversations.
  ///
  /// - Throws: `InputError` where its template has no native format.
  public func format(of model: Model) throws(InputError) -> ChatFormat {
    if let format = overrides[model] { return format }
    return try ChatFormat(model)
  }

  /// The format of the conversations of a model with a short name or hub id.
  ///
  /// - Throws: `InputError`, which names the known ones.
  public func format(of name: String) throws(InputError) -> ChatFormat {
    try format(of: model(ModelReference(name)))
  }
}
