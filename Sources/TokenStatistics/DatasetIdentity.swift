/// The names of one dataset.
public struct DatasetIdentity: Sendable, Hashable {
  /// The full name, such as `gemma-2-27b__role__accountant__min3`.
  public var dataset: String
  /// The model's name, such as `gemma-2-27b`.
  public var model: String
  /// Whether the persona is a role or a trait.
  public var type: PersonaType
  /// Everything after the type, as the original wrote it: `accountant__min3`.
  public var name: String
  /// The persona without filters: `accountant`.
  public var persona: String
  /// The filters in the name.
  public var filters: ScoreFilters

  /// Makes an identity from its parts.
  public init(
    dataset: String, model: String, type: PersonaType, name: String, persona: String,
    filters: ScoreFilters = ScoreFilters()
  ) {
    self.dataset = dataset
    self.model = model
    self.type = type
    self.name = name
    self.persona = persona
    self.filters = filters
  }
}
