import Support

/// Which files of a model are fetched: those that tell how its conversations become tokens, and no weights.
enum HubSelection {
  /// The most bytes of a vocabulary.
  static let largestVocabulary = 256 << 20
  /// The most bytes of any other file.
  static let largestSetting = 64 << 20

  /// The file that says how a tokenizer is to be used.
  static let configName = "tokenizer_config.json"
  /// The file of the chat template.
  static let templateName = "chat_template.jinja"

  private static let settings = [
    configName, "special_tokens_map.json", templateName, "config.json", "preprocessor_config.json",
    "processor_config.json", "chat_template.json",
  ]
  private static let templateFolder = "additional_chat_templates/"

  /// The vocabularies among the paths of a repository: `tokenizer.json`, else `tekken.json`, else `tokenizer.model` or
  /// another SentencePiece model, else tiktoken files.
  static func vocabularies(in paths: [RepositoryPath]) -> [RepositoryPath] {
    let top = paths.filter(\.isAtTop)
    for name in ["tokenizer.json", "tekken.json", "tokenizer.model"] {
      if let path = top.first(where: { $0.name == name }) { return [path] }
    }
    for ending in [".model", ".tiktoken"] {
      let matches = top.filter { $0.name.hasSuffix(ending) }
      if !matches.isEmpty { return matches }
    }
    return []
  }

  /// The files to fetch of a model.
  ///
  /// - Throws: `InputError` where there is no vocabulary, or a file is larger than any real one.
  static func files(
    of listing: HubListing, _ reference: HubReference
  ) throws(InputError) -> [HubFile] {
    var names = Set(vocabularies(in: listing.files.map(\.path)).map(\.description))
    guard !names.isEmpty else {
      throw .hub(
        HubFailure(
          .notFound,
          """
          \(reference.repository.summary) has no tokenizer.json, tekken.json, *.model or *.tiktoken at \
          \(listing.commit): name the model that its tokenizer comes from
          """))
    }
    let vocabularies = names
    // A built-in model is counted with one exact file, whatever else there is.
    for model in ModelRegistry.models where model.hubID == reference.repository.name {
      names.insert(model.tokenizer.file.hubName)
    }
    names.formUnion(settings)
    let files = listing.files.filter {
      names.contains($0.path.description) || isTemplate($0.path)
    }
    for file in files {
      let isVocabulary = vocabularies.contains(file.path.description)
      let limit = isVocabulary ? largestVocabulary : largestSetting
      guard file.size <= limit else {
        throw .hub(
          HubFailure(
            .damaged,
            "\(file.path) of \(reference) has \(file.size) bytes; more than \(limit) are not fetched for such a file"))
      }
    }
    return files
  }

  private static func isTemplate(_ path: RepositoryPath) -> Bool {
    path.components.count == 2 && path.description.hasPrefix(templateFolder) && path.name.hasSuffix(".jinja")
  }
}
