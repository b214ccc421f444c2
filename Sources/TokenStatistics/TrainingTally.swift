import JSON
import Support

/// Where prompts end, training begins and turns end in a group of conversations, as exact counts.
///
/// From these counts follows what a length limit costs, whatever the limit. Conversations that have no such place are
/// in none of the counts: one without an answer has no first target.
public struct TrainingTally: Sendable, Equatable {
  /// The tokens of each prompt: the conversation as rendered up to its last assistant message, generation prompt included.
  public var prompts: LengthDistribution
  /// The tokens of each completion, which is the rest.
  public var completions: LengthDistribution
  /// The tokens before the first one that is trained.
  public var firstTargets: LengthDistribution
  /// The tokens of each conversation of which none is trained.
  public var untrained: LengthDistribution
  /// The positions, from 0, of the last token that ends a turn.
  public var turnEnds: LengthDistribution
  /// The trained tokens by position.
  public var trained: PositionCounts
  /// Whether a policy says what is trained; else the assistant's answers and reasoning are.
  public var followsPolicy: Bool

  /// Makes counts from their parts.
  public init(
    prompts: LengthDistribution = LengthDistribution(), completions: LengthDistribution = LengthDistribution(),
    firstTargets: LengthDistribution = LengthDistribution(), untrained: LengthDistribution = LengthDistribution(),
    turnEnds: LengthDistribution = LengthDistribution(), trained: PositionCounts = PositionCounts(),
    followsPolicy: Bool = false
  ) {
    self.prompts = prompts
    self.completions = completions
    self.firstTargets = firstTargets
    self.untrained = untrained
    self.turnEnds = turnEnds
    self.trained = trained
    self.followsPolicy = followsPolicy
  }

  /// Adds the counts of other conversations.
  public mutating func merge(_ other: TrainingTally) {
    prompts.merge(other.prompts)
    completions.merge(other.completions)
    firstTargets.merge(other.firstTargets)
    untrained.merge(other.untrained)
    turnEnds.merge(other.turnEnds)
    trained.merge(other.trained)
    followsPolicy = followsPolicy || other.followsPolicy
  }
}

extension TrainingTally {
  /// The counts as members of a checkpoint.
  private static var distributions: [(key: String, lengths: WritableKeyPath<TrainingTally, LengthDistribution>)] {
    [
      ("prompt", \.prompts), ("completion", \.completions), ("first_target", \.firstTargets),
      ("untrained", \.untrained), ("turn_end", \.turnEnds),
    ]
  }

  var members: [(String, JSONValue)] {
    Self.distributions.map { ($0.key, self[keyPath: $0.lengths].json) } + [("trained", trained.json)]
      + (followsPolicy ? [("follows_policy", .number(1))] : [])
  }

  /// Reads the members of a checkpoint; nil if it holds none, as those of format 1.
  init?(optional fields: FieldReader) throws(FileError) {
    guard let trained = try fields.optionalObject("trained") else { return nil }
    self.init(
      trained: try PositionCounts(trained), followsPolicy: try fields.optionalInteger("follows_policy") ?? 0 != 0)
    for part in Self.distributions {
      self[keyPath: part.lengths] = try LengthDistribution(fields.object(part.key))
    }
  }
}

extension LengthDistribution {
  /// Lengths and counts as two arrays of equal size.
  var json: JSONValue { .fields(members) }

  /// The two arrays as members.
  var members: [(String, JSONValue)] {
    [("lengths", .numbers(entries.map(\.length))), ("counts", .numbers(entries.map(\.count)))]
  }

  init(_ fields: FieldReader) throws(FileError) {
    let lengths = try fields.integers("lengths")
    let counts = try fields.integers("counts")
    let entries = zip(lengths, counts).map { Entry(length: $0, count: $1) }
    guard lengths.count == counts.count, let distribution = LengthDistribution(entries: entries) else {
      throw FileError(field: fields.place, reason: "lengths and counts are no distribution")
    }
    self = distribution
  }
}

extension [Score: ScoreTally] {
  /// The places in all conversations; nil if they are not known of some.
  var training: TrainingTally? {
    var sum = TrainingTally()
    for tally in values.flatMap(\.labels.values) where !tally.lengths.isEmpty {
      guard let training = tally.training else { return nil }
      sum.merge(training)
    }
    return sum
  }
}
