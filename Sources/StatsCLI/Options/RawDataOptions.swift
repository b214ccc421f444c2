import ArgumentParser
import ColumnarFiles
import Datasets
import ModelHub
import PersonaData
import TokenStatistics

/// Where raw persona records are, and which datasets are made from them.
struct RawDataOptions: ParsableArguments {
  @OptionGroup var workspace: WorkspaceOptions

  @Option(
    help: ArgumentHelp("Folder of the raw records; default: persona-data.", valueName: "dir"),
    completion: .directory)
  var personaDataDir: String?

  /// The raw records.
  func archive() throws(CommandFailure) -> PersonaArchive {
    do { return try PersonaArchive(path: personaDataDir ?? workspace.personaData) } catch {
      throw CommandFailure(error)
    }
  }

  /// What the raw records call a model: by its short name those of a built-in model that is named as on the hub.
  static func recordName(of model: String) -> String {
    ModelRegistry.models.first { $0.hubID == model }?.name ?? model
  }
}

/// How datasets are made.
struct RecipeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only rows with at least this score; a missing score fails.", valueName: "score"))
  var minScore: Int?

  @Option(help: ArgumentHelp("Only rows with at most this score; a missing score fails.", valueName: "score"))
  var maxScore: Int?

  @Option(
    help: "Columns: v1 as in the original datasets, v2 with dataset_type.",
    transform: { try RecipeOptions.value($0, of: DatasetSchema.self) })
  var schema = DatasetSchema.v1

  @Option(
    help: "Compression of the Parquet file: snappy, zstd or none.",
    transform: { try RecipeOptions.value($0, of: ParquetCompression.self) })
  var compression = ParquetCompression.snappy

  @Flag(help: "Leave damaged lines out instead of failing the dataset.")
  var skipBadLines = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Folder for the datasets; default: datasets/processed/persona.", valueName: "dir"),
    completion: .directory)
  var outputDir: String?

  func validate() throws {
    for (name, score) in [("--min-score", minScore), ("--max-score", maxScore)] {
      if let score, score < 0 { throw ValidationError("\(name) must be 0 or more, not \(score).") }
    }
    if let minScore, let maxScore, minScore > maxScore {
      throw ValidationError("--min-score \(minScore) is above --max-score \(maxScore).")
    }
  }

  /// The recipe with a choice of labels.
  func recipe(label: String?) -> DatasetRecipe {
    var recipe = DatasetRecipe()
    recipe.filters = ScoreFilters(
      minimumScore: minScore.map(Double.init), maximumScore: maxScore.map(Double.init), label: label)
    recipe.schema = schema
    recipe.compression = compression
    recipe.skipsBadLines = skipBadLines
    return recipe
  }

  /// A value of an enumeration by its name.
  private static func value<Value: RawRepresentable & CaseIterable>(
    _ text: String, of type: Value.Type
  ) throws -> Value where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    throw ValidationError(
      "\"\(text)\" is not one of \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
  }
}

/// The label that rows must have.
struct LabelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only rows with this label: pos, neg or default.", valueName: "label"))
  var labelFilter: String?

  func validate() throws {
    guard let labelFilter, !ScoreFilters.knownLabels.contains(labelFilter) else { return }
    let known = ScoreFilters.knownLabels.joined(separator: ", ")
    throw ValidationError("--label-filter \(labelFilter) is not one of \(known).")
  }
}
