public import Datasets
public import TokenStatistics

/// One dataset that is to be made.
public struct GenerationJob: Sendable, Hashable {
  /// The raw records.
  public let persona: RawPersona
  /// The name of the dataset.
  public let name: DatasetName

  /// Makes a job.
  ///
  /// - Throws: `DatasetNameError` where the persona's name cannot stand in a dataset's name.
  public init(_ persona: RawPersona, filters: ScoreFilters = ScoreFilters()) throws(DatasetNameError) {
    self.persona = persona
    name = try DatasetName(
      model: persona.model, kind: persona.type, subject: persona.persona, filters: filters)
  }
}
