import ChatTemplates
import Counting
import Datasets
import JSON
import ModelHub
import Support
import Tokenizers

/// A model as the command line names it: its vocabulary, and what renders its conversations.
struct ChatModel: Sendable {
  /// What the user calls the model.
  let name: String
  /// The model's part in the names of datasets.
  let datasetName: String
  /// Where the vocabulary is.
  let vocabulary: CountingModel
  /// What renders conversations, before the options' settings; nil where the model has no chat template.
  let renderer: ChatRenderer?
  /// Where the files are from.
  let origin: ModelOrigin
  /// The tokens that the model's configuration lists as `chat_control_tokens`; nil where there is no list.
  var listedControlTokens: [String]?
  /// How many tokens the model's processor makes of an image; nil where the model takes none.
  var images: ImageTokens?
  /// What the options tell the template.
  var settings = ChatRenderer.Settings()
  /// Whether control tokens of users are encoded as text.
  var sanitizesControlTokens = false

  /// What renders conversations as the options say; nil where the model has no chat template.
  ///
  /// - Throws: `CommandFailure` where the template cannot be used as the options want.
  func preparedRenderer() throws(CommandFailure) -> ChatRenderer? {
    guard let renderer else { return nil }
    let added = sanitizesControlTokens ? try vocabulary.definition().addedTokens : []
    do throws(TemplateError) {
      let prepared = try renderer.with(settings)
      guard sanitizesControlTokens else { return prepared }
      return try prepared.marking { template in
        guard let engine = template.engine else { return vocabulary.format?.model.controlTokens ?? [] }
        return ControlTokens(added, literalTexts: engine.literalTexts, listed: listedControlTokens).texts
      }
    } catch {
      throw CommandFailure("\(name): \(error.message)", status: .usage)
    }
  }

  /// A tokenizer of the model for what the renderer makes.
  ///
  /// - Throws: `TokenizerError` where a newline has no tokens.
  private func prepared(_ tokenizer: Tokenizer) throws(TokenizerError) -> Tokenizer {
    sanitizesControlTokens && renderer != nil ? try tokenizer.readingControlTokenMarks() : tokenizer
  }

  /// Loads the tokenizer, with a fast path where there is one.
  ///
  /// - Throws: `CommandFailure` with the status of an unknown model where the tokenizer is missing or refused.
  func load() throws(CommandFailure) -> LoadedModel {
    do { return try loaded() } catch let failure as CommandFailure { throw failure } catch {
      throw CommandFailure("\(name): \(error)", status: .unknownModel)
    }
  }

  /// Loads the tokenizer, for callers that name the model in errors themselves.
  private func loaded() throws -> LoadedModel {
    let renderer = try preparedRenderer()
    switch vocabulary {
    case .model(let model):
      return LoadedModel(
        origin: origin, renderer: renderer, tokenizer: try prepared(model.tokenizer()),
        controlTokens: ControlTokens(model.format.model.controlTokens))
    case .file(let file):
      var tokenizer = try prepared(file.loadTokenizer())
      // Only conversations are searched for control tokens, and only a template makes some of messages.
      let controlTokens = try renderer.map { renderer in
        let definition = try file.definition()
        tokenizer.offsets = TokenOffsets(definition)
        return ControlTokens(
          definition.addedTokens, literalTexts: renderer.literalTexts, listed: listedControlTokens)
      }
      return LoadedModel(
        origin: origin, renderer: renderer, tokenizer: tokenizer, controlTokens: controlTokens ?? ControlTokens([]))
    }
  }

  /// Loads models by the names that they have in datasets' names.
  static func loader(_ models: [ChatModel]) -> ModelLoader {
    ModelLoader { name in
      models.contains { $0.datasetName.hasSameBytes(as: name) } ? nil : .unknownModel(name)
    } load: { name in
      guard let model = models.first(where: { $0.datasetName.hasSameBytes(as: name) }) else {
        throw InputError.unknownModel(name)
      }
      do { return try model.loaded() } catch let failure as CommandFailure {
        throw InputError.model(model.name, failure.message)
      }
    }
  }
}

extension ModelSelector {
  /// The model that a short name, a path or a hub id means, with the templates that the options choose for it.
  ///
  /// - Parameters:
  ///   - name: the short name, path or id.
  ///   - spec: what a tiktoken file does not hold; nil where the file is known by its digest.
  ///   - options: the choice of templates.
  func chatModel(
    named name: String, spec: TiktokenSpec?, _ options: ChatTemplateOptions
  ) throws(CommandFailure) -> ChatModel {
    try chatModel(of: countingModel(named: name, spec: spec), named: name, options)
  }

  /// The model of a short name of a dataset, which is no path.
  func builtInModel(named name: String, _ options: ChatTemplateOptions) throws(CommandFailure) -> ChatModel {
    try chatModel(of: .model(model(named: name)), named: name, options)
  }

  /// The chat templates of the model that a short name or a hub id means; at least one.
  ///
  /// - Throws: `CommandFailure`, with the status of an unknown model where there is no such model.
  func templates(ofModel name: String) throws(CommandFailure) -> [NamedChatTemplate] {
    switch try countingModel(named: name, spec: nil) {
    case .model(let model): return [NamedChatTemplate(model.format.template)]
    case .file(let file):
      var templates: [NamedChatTemplate] = []
      if let folder = file.modelFolder {
        do throws(InputError) { templates = try ModelFolder(folder).templates } catch { throw CommandFailure(error) }
      }
      if templates.isEmpty { throw CommandFailure("\(name) has no chat template; name a file") }
      return templates
    }
  }

  private func chatModel(
    of vocabulary: CountingModel, named name: String, _ options: ChatTemplateOptions
  ) throws(CommandFailure) -> ChatModel {
    var own: [NamedChatTemplate] = []
    var specialTokens = JSONObject()
    var listed: [String]?
    var images: ImageTokens?
    let origin: ModelOrigin
    let datasetName: String
    var names = [name]
    switch vocabulary {
    case .model(let model):
      own = [NamedChatTemplate(model.format.template)]
      specialTokens = model.format.model.specialTokens
      origin = ModelOrigin(hubID: model.format.model.hubID, revision: model.format.model.revision)
      datasetName = model.name
      names += [model.name, model.format.model.hubID]
    case .file(let file):
      if let folder = file.modelFolder {
        do throws(InputError) {
          let contents = try ModelFolder(folder)
          (own, specialTokens) = (contents.templates, contents.specialTokens)
          (listed, images) = (contents.chatControlTokens, contents.images)
        } catch {
          throw CommandFailure(error)
        }
      }
      origin =
        file.snapshot.map { ModelOrigin(hubID: $0.repository.name, revision: $0.commit) }
        ?? ModelOrigin(hubID: name, revision: "local")
      datasetName = file.snapshot?.repository.dashedName ?? DatasetPart.name(ofModel: name)
      names.append(datasetName)
    }
    if let choice = try options.choice(for: names) {
      if names.contains(where: hasTemplateOverride) {
        throw CommandFailure(
          "\(name) has both --template and --chat-template; give one of them", status: .usage)
      }
      own = try options.templates(choice, own: own, model: name)
    }
    var renderer: ChatRenderer?
    if !own.isEmpty {
      do throws(TemplateError) { renderer = try ChatRenderer(own, specialTokens: specialTokens) } catch {
        throw CommandFailure("\(name): \(error.message)", status: .unknownModel)
      }
    }
    return ChatModel(
      name: name, datasetName: datasetName, vocabulary: vocabulary, renderer: renderer, origin: origin,
      listedControlTokens: listed, images: images)
  }
}

/// Names of models as parts of the names of datasets.
enum DatasetPart {
  private static let generic: Set<String> = ["tokenizer", "tekken"]
  private static let endings = [".json", ".model", ".tiktoken"]

  /// The last folder's or file's name, without the ending of a file; the folder's for files that all models have.
  static func name(ofModel path: String) -> String {
    let absolute = Files.absolute(path)
    var name = Files.lastComponent(absolute)
    if !Files.isDirectory(absolute), let ending = endings.first(where: name.hasSuffix) {
      name = String(name.dropLast(ending.count))
      if generic.contains(name) { name = Files.lastComponent(Files.parent(of: absolute)) }
    }
    return DatasetName.part(name)
  }
}
