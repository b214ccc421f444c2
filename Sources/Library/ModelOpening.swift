import ChatTemplates
import Counting
import Datasets
import JSON
import ModelHub
import Support
import Tokenizers

/// Finds the files of a model that is named as on the command line, on this machine only.
struct ModelOpening {
  /// A short name, the id of a repository, a folder or a file.
  let name: String
  /// A file with the chat template; nil for the model's own.
  var chatTemplate: String?
  /// The vocabulary of a built-in model: a file, or the folder that holds it; nil to look in the usual caches.
  var vocabulary: String?

  /// Files that lie in a model's folder by these names, in the order in which they are preferred.
  private static let usualNames = ["tokenizer.json", "tekken.json", "tokenizer.model"]

  /// Opens the model.
  ///
  /// - Throws: `InputError` of the kinds `unknownModel`, `template`, or another for the model's files.
  func open() throws(InputError) -> (model: LoadedModel, vocabulary: String) {
    if ModelRegistry.names.contains(name) { return try builtIn() }
    if Files.exists(name) { return try files(at: name, origin: ModelOrigin(hubID: name, revision: "local")) }
    switch ModelReference(name) {
    case .name: return try builtIn()
    case .file, .folder: throw InputError(.unknownModel, dataset: "", "\(name): there is no such file or folder")
    case .hub: break
    }
    if (try? ModelCatalog().model(ModelReference(name))) != nil { return try builtIn() }
    let snapshot: HubSnapshot
    do throws(InputError) {
      let reference = try HubReference(name, kind: .model)
      snapshot = try HubCache(directory: HubSettings().cacheDirectory)
        .snapshot(of: reference.repository, revision: reference.revision)
    } catch { throw InputError(.unknownModel, dataset: "", error.description) }
    return try files(
      at: snapshot.path, origin: ModelOrigin(hubID: snapshot.repository.name, revision: snapshot.commit))
  }

  private func builtIn() throws(InputError) -> (LoadedModel, String) {
    let model: Model
    do throws(InputError) { model = try ModelCatalog().model(ModelReference(name)) } catch {
      throw InputError(.unknownModel, dataset: "", error.description)
    }
    let format = try ChatFormat(model)
    let overrides = vocabulary.map { [model.tokenizer: ModelReference.path($0)] } ?? [:]
    let location = try VocabularyStore(overrides: overrides).locate(model.tokenizer)
    let tokenizer: Tokenizer
    do throws(TokenizerError) {
      tokenizer = try Tokenizer(kind: model.tokenizer, location: location, tables: .userCache)
    } catch { throw .tokenizer(model: name, reason: error.description) }
    let renderer = try renderer([NamedChatTemplate(format.template)], model.specialTokens)
    return (
      LoadedModel(
        origin: ModelOrigin(hubID: model.hubID, revision: model.revision), renderer: renderer, tokenizer: tokenizer,
        controlTokens: ControlTokens([])), location.path
    )
  }

  /// The model of a folder, or of a file in one.
  private func files(at path: String, origin: ModelOrigin) throws(InputError) -> (LoadedModel, String) {
    var file = path
    var folder: String? = path
    if Files.isDirectory(path) {
      file = Files.join(path, try choice(in: path))
    } else {
      let isUsual = Self.usualNames.contains(Files.lastComponent(Files.absolute(path)))
      folder = isUsual ? Files.parent(of: Files.absolute(path)) : nil
    }
    let tokenizer: Tokenizer
    do {
      let bytes = try Files.read(file)
      guard let kind = TokenizerFile(bytes) else {
        throw InputError.model(file, "this is no tokenizer.json, tekken.json, SentencePiece model or tiktoken file")
      }
      let digest = SHA256Digest.of(bytes.span.bytes)
      let known = ModelRegistry.tokenizers.first { $0.file.sha256 == digest.hex && kind == .sentencePiece }
      tokenizer = try Tokenizer(
        contents: bytes, digest: digest, path: file, converter: known?.converter ?? .contents(spec: nil),
        tables: .userCache)
    } catch let error as InputError { throw error } catch { throw .model(file, "\(error)") }
    var contents: ModelFolder?
    if let folder { contents = try ModelFolder(folder) }
    return (
      LoadedModel(
        origin: origin,
        renderer: try renderer(
          contents?.templates ?? [], contents?.specialTokens ?? JSONObject(), images: contents?.images),
        tokenizer: tokenizer, controlTokens: ControlTokens([])), file
    )
  }

  private func choice(in folder: String) throws(InputError) -> String {
    let names: [String]
    do throws(FileError) { names = try Files.list(folder).sorted() } catch {
      throw .model(folder, error.description)
    }
    if let name = Self.usualNames.first(where: names.contains) { return name }
    for suffix in [".model", ".tiktoken"] {
      let matches = names.filter { $0.hasSuffix(suffix) }
      guard matches.count < 2 else {
        throw .model(folder, "it holds \(matches.joined(separator: ", ")): name the one that is meant")
      }
      if let match = matches.first { return match }
    }
    throw .model(folder, "it holds no tokenizer.json, tekken.json, *.model or *.tiktoken")
  }

  /// What renders conversations: by the file that was named, else by the model's own templates.
  private func renderer(
    _ own: [NamedChatTemplate], _ specialTokens: JSONObject, images: ImageTokens? = nil
  ) throws(InputError) -> ChatRenderer? {
    var templates = own
    if let chatTemplate {
      do throws(InputError) { templates = try ModelFolder.templates(file: chatTemplate) } catch {
        throw InputError(.template, dataset: "", error.description)
      }
    }
    guard !templates.isEmpty else { return nil }
    var settings = ChatRenderer.Settings()
    settings.images = images
    do throws(TemplateError) {
      return try ChatRenderer(templates, specialTokens: specialTokens, settings: settings)
    } catch {
      throw InputError(.template, dataset: "", "\(name): \(error.message)")
    }
  }
}
