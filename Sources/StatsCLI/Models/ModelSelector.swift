import ModelHub
import Analysis
import Support
import Tokenizers

/// Finds models by name, with the chat formats and vocabulary files that the user chose for them.
struct ModelSelector: Sendable {
  /// The models with their chat formats.
  let catalog: ModelCatalog
  /// The vocabulary files that the user named, by model.
  let files: [String: String]

  /// - Parameters:
  ///   - templates: pairs such as `qwen-3-32b=qwen2.5`.
  ///   - files: pairs such as `gemma-2-27b=tokenizer.model`.
  init(templates: [String], files pairs: [String]) throws(CommandFailure) {
    do {
      catalog = try ModelCatalog(templateOverrides: templates)
    } catch {
      throw CommandFailure(error)
    }
    var files: [String: String] = [:]
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw CommandFailure(
          "--tokenizer \(pair): write MODEL=PATH, such as gemma-2-27b=tokenizer.model", status: .usage)
      }
      guard ModelCatalog.models.contains(parts[0]) else { throw CommandFailure(ModelError.unknownModel(parts[0])) }
      files[parts[0]] = parts[1]
    }
    self.files = files
  }

  /// The model of this name.
  func model(named name: String) throws(CommandFailure) -> SelectedModel {
    do {
      let format = try catalog.format(of: name)
      return SelectedModel(name: name, format: format, vocabularies: store(for: name, family: format.family))
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Loads the tokenizer of a model of the catalog; files that look like its vocabulary and are not used are named.
  func loadTokenizer(_ model: String, family: VocabularyFamily) throws -> Tokenizer {
    let store = store(for: model, family: family)
    let search = try store.search(family)
    for notice in search.notices { Messages.notice(notice.description) }
    return try Tokenizer(
      family: family, location: search.location ?? store.locate(family), tables: .userCache, kernels: Self.kernels)
  }

  /// The set of inner loops that the user asks for; nil for the fastest.
  static var kernels: String? { Files.environment("TOKENSTATS_KERNEL") }

  /// Looks for the vocabulary of a model.
  func store(for model: String, family: VocabularyFamily) -> VocabularyStore {
    VocabularyStore(overrides: files[model].map { [family: $0] } ?? [:])
  }
}
