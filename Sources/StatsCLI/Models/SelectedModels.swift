import ModelHub
import Support
import Tokenizers

/// Finds models by name, with the chat formats and vocabulary files that the user chose for them.
struct ModelSelector: Sendable {
  /// The models with their chat formats.
  let catalog: ModelCatalog
  /// What is allowed where a model is on the hub.
  let hub: HubAccess
  /// The vocabulary files that the user named.
  private let files: [Model: ModelReference]
  /// What the models are called whose format was replaced.
  private let overridden: Set<String>

  /// - Parameters:
  ///   - templates: pairs such as `qwen-3-32b=qwen2.5`.
  ///   - files: pairs such as `gemma-2-27b=tokenizer.model`.
  ///   - hub: what is allowed where a model is on the hub.
  init(templates: [String], files pairs: [String], hub: HubAccess) throws(CommandFailure) {
    self.hub = hub
    do throws(InputError) {
      catalog = try ModelCatalog(templateOverrides: templates)
    } catch {
      throw CommandFailure(error)
    }
    var files: [Model: ModelReference] = [:]
    for pair in pairs {
      let setting = try Self.tokenizerSetting(pair)
      do throws(InputError) {
        files[try catalog.model(setting.model)] = .path(setting.value)
      } catch {
        throw CommandFailure(error)
      }
    }
    self.files = files
    overridden = Set(templates.compactMap { ModelSetting($0)?.model.description })
  }

  /// Whether another format was chosen for a model of this name.
  func hasTemplateOverride(_ name: String) -> Bool { overridden.contains(name) }

  /// The parts of a value of `--tokenizer`.
  static func tokenizerSetting(_ pair: String) throws(CommandFailure) -> ModelSetting {
    guard let setting = ModelSetting(pair) else {
      throw CommandFailure(
        "--tokenizer \(pair): write MODEL=PATH, such as gemma-2-27b=tokenizer.model", status: .usage)
    }
    return setting
  }

  /// The model that a short name or hub id means.
  func model(named name: String) throws(CommandFailure) -> SelectedModel {
    do {
      let model = try catalog.model(ModelReference(name))
      let format = try catalog.format(of: model)
      let overrides = files[model].map { [format.model.tokenizer: $0] } ?? [:]
      // Who writes the id of a repository may have its files; a short name stands for what is built in.
      let isRepository = model.hubID == name
      return SelectedModel(
        name: model.name ?? model.hubID, format: format, vocabularies: VocabularyStore(overrides: overrides),
        hub: isRepository ? hub : nil)
    } catch {
      throw CommandFailure(error)
    }
  }
}

/// A model as the command line selects it: its chat format, and where its vocabulary comes from.
struct SelectedModel: Sendable {
  /// The name in dataset names and on the command line, such as `gemma-2-27b`.
  let name: String
  /// The chat format and the model whose vocabulary goes with it.
  let format: ChatFormat
  /// Looks for the vocabulary; knows the file that the user named.
  let vocabularies: VocabularyStore
  /// What is allowed where the model was named by its id on the hub; nil where it was not.
  let hub: HubAccess?

  /// The vocabulary file; files that look like it and are not used are named.
  ///
  /// - Throws: `CommandFailure` with the status of an unknown model where there is none.
  func locateVocabulary() throws(CommandFailure) -> VocabularyLocation {
    do throws(InputError) { return try location() } catch { throw failure(error.description) }
  }

  /// The tokenizer; files that look like its vocabulary and are not used are named.
  ///
  /// - Throws: `CommandFailure` with the status of an unknown model where the vocabulary is missing or damaged.
  func loadTokenizer() throws(CommandFailure) -> Tokenizer {
    do { return try tokenizer() } catch { throw failure("\(error)") }
  }

  /// The tokenizer, for callers that name the model in errors themselves.
  ///
  /// - Throws: `InputError` where the vocabulary is missing, `TokenizerError` where it is damaged.
  func tokenizer() throws -> Tokenizer {
    let location = try location()
    do throws(TokenizerError) {
      return try Tokenizer(
        kind: format.model.tokenizer, location: location, tables: .userCache,
        kernels: Files.environment("TOKENSTATS_KERNEL"))
    } catch {
      guard case .damaged(let path, let reason) = error, location.origin == .override else { throw error }
      // To fetch files again would not change the one that the user named.
      throw InputError.model(
        path, "it is no tokenizer of \(format.model.hubID): \(reason); name another with --tokenizer")
    }
  }

  private func location() throws(InputError) -> VocabularyLocation {
    let search = try vocabularies.search(format.model.tokenizer)
    for notice in search.notices { Messages.notice(notice.description) }
    if let location = search.location { return location }
    if let hub, let location = try fetchedLocation(hub) { return location }
    return try vocabularies.locate(format.model.tokenizer)
  }

  /// The vocabulary file among those of the model's repository, which are fetched; nil where it holds another.
  private func fetchedLocation(_ hub: HubAccess) throws(InputError) -> VocabularyLocation? {
    let model = format.model
    // The repository may have gone on since the revision whose file is built in.
    for revision in ["", "@\(model.revision)"] {
      do throws(InputError) {
        _ = try hub.client().model(HubReference(model.hubID + revision, kind: .model))
      } catch {
        guard let failure = error.hubFailure, failure.kind != .interrupted else { throw error }
        throw .tokenizer(model: model.hubID, reason: "\(failure); `tokenstats tokenizers fetch` gets it elsewhere")
      }
      if let location = try vocabularies.search(model.tokenizer).location { return location }
    }
    return nil
  }

  private func failure(_ reason: String) -> CommandFailure {
    CommandFailure("\(name): \(reason)", status: .unknownModel)
  }
}

extension ModelRegistry {
  /// The short names for a help text: "a, b or c".
  static var nameList: String {
    let others = names.dropLast().joined(separator: ", ")
    return [others, names.last ?? ""].filter { !$0.isEmpty }.joined(separator: " or ")
  }
}
