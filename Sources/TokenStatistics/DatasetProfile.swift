/// What a picture or a table needs to know about one dataset: its names, its exact lengths by score and its origin.
public struct DatasetProfile: Sendable, Equatable {
  /// The full dataset name, such as `gemma-2-27b__role__accountant__min3`.
  public var dataset: String
  /// The model's name, such as `gemma-2-27b`.
  public var model: String
  /// The kind of dataset.
  public var kind: DatasetKind
  /// What the dataset is about, without model and filters, such as `accountant`.
  public var subject: String
  /// The counted conversations by score.
  public var scores: [Score: ScoreTally]
  /// Where the numbers come from.
  public var provenance: Provenance
  /// The scale of the scores; nil where they follow none, so that scores are not told apart.
  public var scoreScale: ScoreScale?
  /// The length limits of the run in tokens, ascending.
  public var limits: [Int]

  /// Makes a profile from its parts.
  public init(
    dataset: String, model: String, kind: DatasetKind, subject: String, scores: [Score: ScoreTally],
    provenance: Provenance, limits: [Int]
  ) {
    self.dataset = dataset
    self.model = model
    self.kind = kind
    self.subject = subject
    self.scores = scores
    self.provenance = provenance
    self.limits = limits
    scoreScale = kind.scoreScale
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

/// Where a dataset's numbers come from, so that a picture can be traced and repeated.
public struct Provenance: Sendable, Hashable {
  /// The tokenizer's repository on the Hugging Face hub, such as `google/gemma-2-27b-it`.
  public var tokenizer: String
  /// The revision of that repository.
  public var revision: String
  /// The SHA-256 of the official chat template, in hexadecimal.
  public var templateHash: String
  /// How conversations were turned into text.
  public var countMode: CountMode
  /// The SHA-256 of the dataset's file, in hexadecimal.
  public var dataHash: String
  /// The version of tokenstats that counted.
  public var toolVersion: String

  /// Makes a provenance from its parts.
  public init(
    tokenizer: String, revision: String, templateHash: String, countMode: CountMode, dataHash: String,
    toolVersion: String
  ) {
    self.tokenizer = tokenizer
    self.revision = revision
    self.templateHash = templateHash
    self.countMode = countMode
    self.dataHash = dataHash
    self.toolVersion = toolVersion
  }
}
