import Datasets
public import TokenStatistics

/// The raw records of one persona: answers as JSON lines and, for most, a judge's scores.
public struct RawPersona: Sendable, Hashable {
  /// The model that answered.
  public let model: String
  /// Whether the persona is a role or a trait.
  public let type: DatasetKind
  /// The persona's name.
  public let persona: String
  /// The file of records.
  public let recordsPath: String
  /// The file of scores; nil where there is none.
  public let scoresPath: String?
  /// Size of the file of records, in bytes.
  public let bytes: Int

  init(
    model: String, type: DatasetKind, persona: String, recordsPath: String, scoresPath: String?, bytes: Int
  ) {
    self.model = model
    self.type = type
    self.persona = persona
    self.recordsPath = recordsPath
    self.scoresPath = scoresPath
    self.bytes = bytes
  }
}
