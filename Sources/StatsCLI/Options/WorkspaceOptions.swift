import ArgumentParser
import Support
import TokenStatistics

/// The folder that the default paths start from.
struct WorkspaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder the default paths start from; TOKENSTATS_WORKSPACE, else /workspace where it exists, else the current one.",
      valueName: "dir"), completion: .directory)
  var workspace: String?

  /// The folder in effect.
  var root: String { Self.root(workspace) }

  /// The folder in effect where the option names one or none.
  static func root(_ workspace: String?) -> String {
    if let workspace { return workspace }
    if let fromEnvironment = Files.environment("TOKENSTATS_WORKSPACE") { return fromEnvironment }
    return Files.isDirectory("/workspace") ? "/workspace" : "."
  }

  /// Processed datasets.
  var processedDatasets: String { Self.processedDatasets(root) }
  /// Raw persona records.
  var personaData: String { Self.personaData(root) }
  /// The statistics.
  var statistics: String { Self.statistics(root) }
  /// The pictures.
  var plots: String { Files.join(root, "persona_token_plots") }

  /// Processed datasets of a workspace.
  static func processedDatasets(_ root: String) -> String { Files.join(root, "datasets/processed/persona") }

  /// Raw persona records of a workspace.
  static func personaData(_ root: String) -> String { Files.join(root, "persona-data") }

  /// The statistics of a workspace.
  static func statistics(_ root: String) -> String { Files.join(root, "persona_token_stats.json") }
}

extension StatisticsDocument {
  /// Loads the statistics file at `path`, which must be there.
  static func loadExisting(_ path: String) throws(CommandFailure) -> StatisticsDocument {
    do throws(FileError) {
      if let document = try load(path) { return document }
    } catch {
      throw CommandFailure(error.description)
    }
    throw CommandFailure("there is no \(path): 'tokenstats analyze' writes one")
  }
}
