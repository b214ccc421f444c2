public import ChatTemplates
public import PersonaDatasets
public import TokenStatistics

/// Which rows a scan counts, and how.
public struct ScanOptions: Sendable {
  /// The folder with the datasets.
  public var datasetFolder: String
  /// The datasets, by name or path, each with a choice among its rows; empty for all datasets of the folder.
  public var selections: [DatasetSelection] = []
  /// The models whose datasets are taken where no selections are given; empty for all.
  public var models: [String] = []
  /// The rows that are taken of every dataset, beside what its selection says.
  public var filters = ScoreFilters()
  /// The formats of the models' conversations.
  public var catalog = ModelCatalog()
  /// The chat templates' arguments.
  public var templateArguments = TemplateArguments()
  /// How conversations are turned into text.
  public var countMode = CountMode.template
  /// Whether a conversation whose template raises is counted by its joined contents.
  public var countsFallback = false
  /// Further columns that visitors may look at; datasets that lack one are scanned without any.
  public var columns: [String] = []
  /// The number of datasets that are counted at the same time.
  public var jobs = 1

  /// Makes options with defaults for everything else.
  public init(datasetFolder: String) { self.datasetFolder = datasetFolder }
}
