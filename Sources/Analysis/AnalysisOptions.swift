public import ChatTemplates
public import Counting
import Datasets
public import ModelHub
import TokenStatistics

/// What an analysis counts, and how.
public struct AnalysisOptions: Sendable {
  /// The limits of a run that names none, in tokens.
  public static let defaultLimits = [2_048, 4_096, 8_192]

  /// The datasets, the models and the rows that are counted.
  public var query: SourceQuery
  /// The path of the statistics document, which is updated if it is there.
  public var document: String
  /// How rows are counted, and by how many threads; what depends on the other options is set by them.
  public var scan = Scan.Options()
  /// The formats of the models' conversations.
  public var catalog = ModelCatalog()
  /// The chat templates' arguments.
  public var templateArguments = TemplateArguments()
  /// The length limits in tokens.
  public var limits = Self.defaultLimits
  /// What happens to a row whose template raises.
  public var onError = ErrorPolicy.skip
  /// The further columns that conversations are grouped by.
  public var groupColumns: [String] = []
  /// The Parquet file that gets a row for every counted conversation; nil for none. All datasets are counted for it,
  /// unchanged ones too.
  public var lengths: String?
  /// How many of the longest and of the shortest conversations are kept with their texts; nil for what stored results hold,
  /// and for none where there are no stored results.
  public var keptSamples: Int?
  /// Whether sources are hashed even where nothing shows that they were touched since they were counted.
  public var rehash = false
  /// Whether everything is counted again, and a document with other settings is updated nevertheless.
  public var force = false
  /// The counting models that are not here, where only what would be done is asked for.
  public var unfetchedModels: Set<String> = []
  /// The version of tokenstats, for the record.
  public var toolVersion: String

  /// Makes options with defaults for everything else.
  public init(datasetFolder: String, document: String, toolVersion: String) {
    query = SourceQuery(folder: datasetFolder)
    self.document = document
    self.toolVersion = toolVersion
  }
}

/// What happens to a row whose chat template raises.
public enum ErrorPolicy: String, Sendable, Hashable, CaseIterable {
  /// The row is left out and listed.
  case skip
  /// The whole dataset fails.
  case fail
  /// The row is counted as the original script did: its contents joined by a space, with special tokens.
  case fallback
}
