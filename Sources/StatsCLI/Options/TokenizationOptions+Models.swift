import ChatTemplates
import Tokenizers

extension TokenizationOptions {
  /// The model of this name, with the chat format that `--template` gives it.
  func model(named name: String) throws(CommandFailure) -> KnownModel {
    guard let model = KnownModel.all.first(where: { $0.name == name || $0.hubID == name }) else {
      let known = KnownModel.all.map(\.name).joined(separator: ", ")
      throw CommandFailure("unknown model \"\(name)\"; known are \(known)", status: .unknownModel)
    }
    guard let format = try value(for: model, in: template, option: "--template") else { return model }
    guard let template = ChatTemplate(rawValue: format) else {
      let known = ChatTemplate.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure("--template \(model.name)=\(format): known formats are \(known)", status: .usage)
    }
    return model.formatted(with: template)
  }

  /// The template arguments, each of which must be known to one of the templates in use.
  func arguments(for templates: [ChatTemplate]) throws(CommandFailure) -> TemplateArguments {
    do {
      return try TemplateArguments(pairs: templateArg, for: templates)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
  }

  /// The value of the last `model=value` pair for a model.
  func value(for model: KnownModel, in pairs: [String], option: String) throws(CommandFailure) -> String? {
    var found: String?
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw CommandFailure("\(option) \(pair): this must be of the form model=value", status: .usage)
      }
      guard KnownModel.all.contains(where: { $0.name == parts[0] }) else {
        let known = KnownModel.all.map(\.name).joined(separator: ", ")
        throw CommandFailure(
          "\(option) \(pair): unknown model \"\(parts[0])\"; known are \(known)", status: .unknownModel)
      }
      if parts[0] == model.name { found = String(parts[1]) }
    }
    return found
  }
}

extension TokenizationOptions {
  /// The tokenizer of a model, from the file that `--tokenizer` names or from where vocabularies are kept.
  func loadTokenizer(of model: KnownModel) throws(CommandFailure) -> Tokenizer {
    let location = try locateVocabulary(of: model)
    do {
      return try Tokenizer(family: model.family, path: location.path)
    } catch {
      throw CommandFailure("\(model.name): \(error)", status: .unknownModel)
    }
  }

  /// The vocabulary file of a model.
  func locateVocabulary(of model: KnownModel) throws(CommandFailure) -> VocabularyLocation {
    var store = VocabularyStore()
    if let path = try value(for: model, in: tokenizer, option: "--tokenizer") { store.overrides[model.family] = path }
    let search: VocabularySearch
    do {
      search = try store.search(model.family)
      for notice in search.notices { Messages.notice(notice.description) }
      return try search.location ?? store.locate(model.family)
    } catch {
      throw CommandFailure("\(model.name): \(error)", status: .unknownModel)
    }
  }
}
