public import ChatTemplates
import JSON
public import ModelHub
public import Support
public import TokenStatistics
public import Tokenizers

/// A model's chat format with its arguments and its tokenizer, ready to count with.
public struct LoadedModel: Sendable {
  /// Loads the tokenizer of a model.
  public typealias TokenizerLoader = @Sendable (_ model: String, _ kind: TokenizerKind) throws -> Tokenizer

  /// The chat format.
  public let format: ChatFormat
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// The chat template's arguments.
  public let arguments: TemplateArguments

  /// Makes a model from its parts.
  public init(format: ChatFormat, tokenizer: Tokenizer, arguments: TemplateArguments) {
    self.format = format
    self.tokenizer = tokenizer
    self.arguments = arguments
  }

  /// Loads the vocabularies of `models`, all at the same time; models that are not known are left out.
  ///
  /// A dataset of an unknown model fails when its turn comes, with its own name.
  ///
  /// - Throws: The reason why the first, by name, cannot be loaded.
  public static func load(
    _ models: Set<String>, catalog: ModelCatalog, arguments: TemplateArguments, _ loadTokenizer: TokenizerLoader
  ) throws(InputError) -> [String: LoadedModel] {
    let known = models.sorted().compactMap { model in (try? catalog.format(of: model)).map { (model, $0) } }
    let results = Workers.run(count: known.count) { index -> Result<LoadedModel, InputError> in
      let (model, format) = known[index]
      do {
        let tokenizer = try loadTokenizer(model, format.model.tokenizer)
        return .success(LoadedModel(format: format, tokenizer: tokenizer, arguments: arguments))
      } catch {
        return .failure(.tokenizer(model: model, reason: "\(error)"))
      }
    }
    var loaded: [String: LoadedModel] = [:]
    for ((model, _), result) in zip(known, results) { loaded[model] = try result.get() }
    return loaded
  }

  /// Makes a counter for the calling thread.
  func makeCounter(mode: CountMode, measuresRendering: Bool) -> ConversationCounter {
    ConversationCounter(
      tokenizer: tokenizer, template: format.template, arguments: arguments, mode: mode,
      measuresRendering: measuresRendering)
  }

  /// The format for the record.
  public func record(mode: CountMode) -> TokenizerRecord {
    let policy = format.template.bosPolicy
    return TokenizerRecord(
      hubID: format.model.hubID, revision: format.model.revision, tokenizerSHA256: tokenizer.sourceDigest?.hex ?? "",
      templateSHA256: format.template.sha256, templateArguments: recordedArguments,
      bosPolicy: mode == .legacy && policy == .template ? "template and tokenizer" : policy.rawValue)
  }

  private var recordedArguments: [String: String] {
    var arguments: [String: String] = [:]
    for member in self.arguments.used(by: format.template).members {
      arguments[member.key] = member.value.stringValue ?? member.value.boolValue.map { $0 ? "true" : "false" }
    }
    return arguments
  }
}
