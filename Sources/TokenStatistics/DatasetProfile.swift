public import Support

/// What a plot or a table needs to know about one dataset: its names, its exact lengths by score and its origin.
public struct DatasetProfile: Sendable, Equatable {
  /// The full dataset name, `MODEL__role__accountant__min3`.
  public var dataset: String
  /// The model's short name.
  public var model: String
  /// The kind of dataset.
  public var kind: DatasetKind
  /// What the dataset is about, without model and filters, such as `accountant`.
  public var subject: String
  /// The filters that the dataset was made with, or that its rows were chosen by.
  public var filters = ScoreFilters()
  /// The counted conversations by score.
  public var scores: [Score: ScoreTally]
  /// The counted conversations by a further column and its value.
  public var groups: [TextKey: [TextKey: LabelTally]] = [:]
  /// The tokens of all conversations by kind; all 0 where that is not known.
  public var roles = TokensByKind()
  /// Where the numbers come from.
  public var provenance: Provenance
  /// The scale of the scores; nil if they follow none, so that scores are not distinguished.
  public var scoreScale: ScoreScale?
  /// The length limits of the run in tokens, ascending.
  public var limits: [Int]
  /// The longest and shortest rows with their texts; nil where they were not kept.
  public var samples: RowSamples?

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
  /// - Complexity: O(*d*) for *d* lengths of all scores where these lie close together.
  public var lengths: LengthDistribution { LengthDistribution(merging: scores.values.map(\.lengths)) }

  /// Where training begins and turns end in all counted conversations; nil if that is not known.
  public var training: TrainingTally? { scores.training }

  /// What the limits of the run cost, ascending.
  public var limitCosts: [(limit: Int, costs: LimitSummary)] {
    let costs = LimitCosts(lengths: lengths, training: training)
    return limits.map { ($0, costs[$0]) }
  }

  /// The lengths of the conversations whose score lies in `band`.
  public func lengths(in band: ScoreBand) -> LengthDistribution {
    scores.reduce(into: LengthDistribution()) { sum, entry in
      if band.contains(entry.key) { sum.merge(entry.value.lengths) }
    }
  }
}

/// Where a dataset's numbers come from, so that a plot can be traced and repeated.
public struct Provenance: Sendable, Hashable {
  /// The tokenizer's repository on the Hugging Face hub, `OWNER/NAME`.
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

/// The exact lengths of a statistics file's datasets, read on several threads.
public struct ExactProfiles: Sendable {
  /// A dataset whose checkpoint is missing or damaged.
  public struct Loss: Sendable, Hashable {
    /// The dataset's full name.
    public let dataset: String
    /// One sentence that says why its lengths are not known.
    public let reason: String

    /// Makes a loss from its parts.
    public init(dataset: String, reason: String) {
      self.dataset = dataset
      self.reason = reason
    }
  }

  /// The datasets, sorted by name.
  public let profiles: [DatasetProfile]
  /// The datasets that could not be read, sorted by name.
  public let lost: [Loss]

  /// Reads the checkpoints of datasets.
  ///
  /// - Parameters:
  ///   - datasets: The names.
  ///   - path: The statistics file, beside which the checkpoints are.
  ///   - jobs: The threads that read at once.
  public init(_ datasets: [String], of path: String, jobs: Int) {
    let store = CheckpointStore(document: path)
    let tickets = Tickets(datasets.count)
    let shares = Workers.run(count: min(jobs, max(1, datasets.count))) { _ in
      var share: (profiles: [DatasetProfile], lost: [Loss]) = ([], [])
      while let index = tickets.next() {
        let dataset = datasets[index]
        do throws(FileError) {
          if let checkpoint = try store.load(dataset) {
            share.profiles.append(checkpoint.profile)
          } else {
            let path = (try? store.path(of: dataset)) ?? dataset
            let reason = "\(path) is not there: count the dataset again with 'tokenstats analyze'"
            share.lost.append(Loss(dataset: dataset, reason: reason))
          }
        } catch {
          share.lost.append(Loss(dataset: dataset, reason: error.description))
        }
      }
      return share
    }
    profiles = shares.flatMap(\.profiles).sortedByDataset()
    lost = shares.flatMap(\.lost).sorted { $0.dataset.utf8.lexicographicallyPrecedes($1.dataset.utf8) }
  }
}

extension Sequence<DatasetProfile> {
  /// The datasets sorted by name, by bytes.
  public func sortedByDataset() -> [DatasetProfile] {
    sorted { $0.dataset.utf8.lexicographicallyPrecedes($1.dataset.utf8) }
  }
}
