public import ChatTemplates
public import ModelHub
public import Support

/// Finds and loads models by the names that datasets and options have for them.
public struct ModelLoader: Sendable {
  private let isKnown: @Sendable (String) -> InputError?
  private let load: @Sendable (String) throws -> LoadedModel

  /// Makes a loader.
  ///
  /// - Parameters:
  ///   - isKnown: Why a name is none of a model; nil where it is one.
  ///   - load: Loads a model that is known; it is called from several threads, once for each model in use.
  public init(
    isKnown: @escaping @Sendable (String) -> InputError?, load: @escaping @Sendable (String) throws -> LoadedModel
  ) {
    self.isKnown = isKnown
    self.load = load
  }

  /// Makes a loader of a catalog's models.
  public init(
    catalog: ModelCatalog, arguments: TemplateArguments, _ loadTokenizer: @escaping LoadedModel.TokenizerLoader
  ) {
    self.init { name in
      do throws(InputError) {
        _ = try catalog.format(of: name)
        return nil
      } catch {
        return error
      }
    } load: { name in
      let format = try catalog.format(of: name)
      return LoadedModel(
        format: format, tokenizer: try loadTokenizer(name, format.model.tokenizer), arguments: arguments)
    }
  }

  /// Makes sure that a name is one of a model.
  ///
  /// - Throws: `InputError` that says which are known.
  public func check(_ name: String) throws(InputError) {
    if let reason = isKnown(name) { throw reason }
  }

  /// Loads models, all at the same time; names that are none are left out.
  ///
  /// A dataset of an unknown model fails when its turn comes, with its own name.
  ///
  /// - Throws: The reason why the first, by name, cannot be loaded.
  public func models(_ names: Set<String>) throws(InputError) -> [String: LoadedModel] {
    let known = names.sorted().filter { isKnown($0) == nil }
    let results = Workers.run(count: known.count) { index -> Result<LoadedModel, InputError> in
      do { return .success(try load(known[index])) } catch {
        return .failure(.tokenizer(model: known[index], reason: "\(error)"))
      }
    }
    var loaded: [String: LoadedModel] = [:]
    for (model, result) in zip(known, results) { loaded[model] = try result.get() }
    return loaded
  }
}
