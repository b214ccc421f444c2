import ModelHub
import Counting
import ChatTemplates
import Tokenizers

extension LoadedFormat {
  /// Loads the vocabularies of `models`, all at the same time; models that are not known are left out.
  static func load(
    _ models: Set<String>, catalog: ModelCatalog, arguments: TemplateArguments,
    _ loadTokenizer: @escaping DatasetAnalysis.TokenizerLoader
  ) async throws(AnalysisError) -> [String: LoadedFormat] {
    typealias Loaded = (model: String, result: Result<LoadedFormat, AnalysisError>)
    let results = await withTaskGroup(of: Loaded?.self, returning: [Loaded].self) { group in
      for model in models {
        group.addTask {
          // A dataset of an unknown model fails when its turn comes, with its own name.
          guard let format = try? catalog.format(of: model) else { return nil }
          do {
            let tokenizer = try loadTokenizer(model, format.family)
            return (model, .success(LoadedFormat(format: format, tokenizer: tokenizer, arguments: arguments)))
          } catch {
            return (model, .failure(.tokenizer(model: model, reason: "\(error)")))
          }
        }
      }
      return await group.reduce(into: []) { if let loaded = $1 { $0.append(loaded) } }
    }
    var formats: [String: LoadedFormat] = [:]
    for (model, result) in results.sorted(by: { $0.model < $1.model }) { formats[model] = try result.get() }
    return formats
  }
}
