/// What a picture or a table needs to know about one dataset: its names, its exact lengths by score and its origin.
public struct DatasetProfile: Sendable, Equatable {
  /// The full dataset name, such as `gemma-2-27b__role__accountant__min3`.
  public var dataset: String
  /// The model's name, such as `gemma-2-27b`.
  public var model: String
  /// Whether the persona is a role or a trait.
  public var type: PersonaType
  /// The persona's name without model and filters, such as `accountant`.
  public var persona: String
  /// The counted conversations by score.
  public var scores: [Score: ScoreTally]
  /// Where the numbers come from.
  public var provenance: Provenance
  /// The length limits of the run in tokens, ascending.
  public var limits: [Int]

  /// Makes a profile from its parts.
  public init(
    dataset: String, model: String, type: PersonaType, persona: String, scores: [Score: ScoreTally],
    provenance: Provenance, limits: [Int]
  ) {
    self.dataset = dataset
    self.model = model
    self.type = type
    self.persona = persona
    self.scores = scores
    self.provenance = provenance
    self.limits = limits
  }

  /// The scores that occur, in numeric order, a missing score last.
  public var orderedScores: [Score] { scores.keys.sorted() }

  /// The lengths of all counted conversations.
  ///
  /// - Complexity: O(*s* · *d*) for *s* scores and *d* distinct lengths.
  public var lengths: LengthDistribution {
    scores.values.reduce(into: LengthDistribution()) { $0.merge($1.lengths) }
  }

  /// The lengths of the conversations whose score lies in `band`.
  public func lengths(in band: ScoreBand) -> LengthDistribution {
    scores.reduce(into: LengthDistribution()) { sum, entry in
      if band.contains(entry.key) { sum.merge(entry.value.lengths) }
    }
  }
}
