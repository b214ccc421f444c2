public import ModelHub
public import ChatTemplates
public import Datasets
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
  /// The rows that are taken of the datasets of a type. A label or bounds of the score that the dataset's selection names
  /// stand in their place.
  public var typeFilters: [DatasetKind: ScoreFilters] = [:]
  /// Whether a dataset whose rows are chosen is called by the name that such a dataset would have, filters included.
  public var namesShowFilters = false
  /// Whether system messages are left out before anything is counted or shown.
  public var dropsSystem = false
  /// Whether the data files' SHA-256 is computed.
  public var hashesSources = false
  /// The formats of the models' conversations.
  public var catalog = ModelCatalog()
  /// The chat templates' arguments.
  public var templateArguments = TemplateArguments()
  /// How conversations are turned into text.
  public var countMode = CountMode.template
  /// Whether a conversation whose template raises is counted by its joined contents.
  public var countsFallback = false
  /// Further columns that visitors may look at, null throughout in datasets that lack them.
  public var columns: [String] = []
  /// The number of datasets that are counted at the same time.
  public var jobs = 1

  /// Makes options with defaults for everything else.
  public init(datasetFolder: String) { self.datasetFolder = datasetFolder }

  /// What chooses among the rows of a selection: what the selection says, and what is usual for its type for the rest.
  func filters(of selection: DatasetSelection, type: DatasetKind) -> ScoreFilters {
    var filters = selection.filters
    guard let usual = typeFilters[type] else { return filters }
    if filters.label == nil { filters.label = usual.label }
    if filters.minimumScore == nil && filters.maximumScore == nil {
      filters.minimumScore = usual.minimumScore
      filters.maximumScore = usual.maximumScore
    }
    return filters
  }
}
