public import ModelHub
public import ChatTemplates
public import Datasets
public import TokenStatistics

/// What an analysis is asked to do.
public struct AnalysisOptions: Sendable {
  /// The limits of a run that names none, in tokens.
  public static let defaultLimits = [2_048, 4_096, 8_192]

  /// The folder with the datasets.
  public var datasetFolder: String
  /// The path of the statistics document, which is updated where it is there.
  public var document: String
  /// The datasets that are counted, by name or path, each with a choice among its rows; empty for all of the folder.
  public var selections: [DatasetSelection] = []
  /// The models whose datasets are counted; empty for all.
  public var models: [String] = []
  /// The formats of the models' conversations.
  public var catalog = ModelCatalog()
  /// The chat templates' arguments.
  public var templateArguments = TemplateArguments()
  /// How conversations are turned into text.
  public var countMode = CountMode.template
  /// The length limits in tokens.
  public var limits = Self.defaultLimits
  /// What happens to a row whose template raises.
  public var onError = ErrorPolicy.skip
  /// The further columns that conversations are grouped by.
  public var groupColumns: [String] = []
  /// The Parquet file that gets a row for every counted conversation; nil for none. All datasets are counted for it,
  /// unchanged ones too.
  public var lengths: String?
  /// Whether everything is counted again, and a document with other settings is updated nevertheless.
  public var force = false
  /// The number of datasets that are counted at the same time.
  public var jobs = 1
  /// Whether the time of rendering is measured apart from counting, which reads the clock for every conversation.
  public var measuresRendering = false
  /// The version of tokenstats, for the record.
  public var toolVersion: String

  /// Makes options with defaults for everything else.
  public init(datasetFolder: String, document: String, toolVersion: String) {
    self.datasetFolder = datasetFolder
    self.document = document
    self.toolVersion = toolVersion
  }
}
