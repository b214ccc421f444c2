import ArgumentParser

/// Where an analysis reads and writes, and whose datasets it takes.
struct AnalysisPaths: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder of the datasets; default: datasets/processed/persona.", valueName: "dir"),
    completion: .directory)
  var datasetDir: String?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The statistics file, updated where it is there; default: persona_token_stats.json.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var outputJson: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Only datasets of these models.", valueName: "model"),
    completion: CompletionNames.models)
  var models: [String] = []

  func validate() throws { try SwallowedPaths.check(models: models) }
}
