import JSON
import Support

/// What a length limit would cut off.
///
/// Nil stands for what is not known: of results that earlier versions have stored, and where a chat format does not say.
public struct LimitSummary: Sendable, Hashable {
  /// The conversations longer than the limit.
  public var conversations: Int
  /// Their tokens beyond the limit.
  public var tokensLost: Int
  /// The assistant and thinking tokens among those.
  public var assistantTokensLost: Int?
  /// The trained tokens among those.
  public var trainedTokensLost: Int?
  /// The conversations that have no trained token within the limit, those included that have none at all.
  public var withoutTarget: Int?
  /// The conversations whose last end-of-turn token is cut off.
  public var endsLost: Int?
  /// The conversations whose prompt alone is longer than the limit.
  public var promptsOver: Int?
  /// The conversations whose completion alone is longer than the limit.
  public var completionsOver: Int?

  /// Makes a summary from its parts.
  public init(conversations: Int, tokensLost: Int, assistantTokensLost: Int?) {
    self.conversations = conversations
    self.tokensLost = tokensLost
    self.assistantTokensLost = assistantTokensLost
  }
}

extension LimitSummary {
  /// The members that schema 2 has as well.
  static let membersOfSchema2 = ["conversations", "tokens_lost", "assistant_tokens_lost"]

  /// The members that not every file has, each with its key.
  private static var optionalMembers: [(key: String, count: WritableKeyPath<LimitSummary, Int?>)] {
    [
      ("assistant_tokens_lost", \.assistantTokensLost), ("trained_tokens_lost", \.trainedTokensLost),
      ("no_target", \.withoutTarget), ("end_lost", \.endsLost), ("prompt_over", \.promptsOver),
      ("completion_over", \.completionsOver),
    ]
  }

  var json: JSONValue {
    var object = JSONObject([("conversations", .number(conversations)), ("tokens_lost", .number(tokensLost))])
    for member in Self.optionalMembers { object[member.key] = self[keyPath: member.count].map(JSONValue.number) }
    return .object(object)
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(
      conversations: try fields.count("conversations"), tokensLost: try fields.count("tokens_lost"),
      assistantTokensLost: nil)
    for member in Self.optionalMembers { self[keyPath: member.count] = try fields.optionalCount(member.key) }
  }
}

/// What any length limit would cut off of the conversations of a tally.
public struct LimitCosts: Sendable {
  private let lengths: LengthDistribution
  private let training: TrainingTally?
  /// What a checkpoint of format 1 says about the limits of its run.
  private let assistantTokensLost: [Int: Int]

  /// Prepares the costs of a dataset.
  public init(_ tally: DatasetTally) {
    self.init(tally, lengths: tally.lengths, training: tally.training)
  }

  /// Prepares the costs of conversations.
  ///
  /// - Parameter training: Where training begins and turns end in the same conversations; nil if that is not known.
  public init(lengths: LengthDistribution, training: TrainingTally?) {
    self.lengths = lengths
    self.training = training
    assistantTokensLost = [:]
  }

  /// Prepares the costs of a dataset whose sums are known already.
  init(_ tally: DatasetTally, lengths: LengthDistribution, training: TrainingTally?) {
    self.lengths = lengths
    self.training = training
    assistantTokensLost = tally.assistantTokensLost
  }

  /// What each of `limits` would cut off.
  public func summaries(_ limits: [Int]) -> [Int: LimitSummary] {
    limits.reduce(into: [:]) { $0[$1] = self[$1] }
  }

  /// What `limit`, in tokens, would cut off.
  public subscript(limit: Int) -> LimitSummary {
    var summary = LimitSummary(
      conversations: lengths.count(above: limit), tokensLost: lengths.tokensLost(above: limit),
      assistantTokensLost: assistantTokensLost[limit])
    guard let training else { return summary }
    summary.trainedTokensLost = training.trained.tokens(from: limit)
    // The two are the same only as long as nobody says what is trained.
    summary.assistantTokensLost = training.followsPolicy ? nil : summary.trainedTokensLost
    summary.withoutTarget = lengths.count - training.firstTargets.count(below: limit)
    summary.endsLost = training.turnEnds.isEmpty ? nil : training.turnEnds.count(from: limit)
    summary.promptsOver = training.prompts.isEmpty ? nil : training.prompts.count(above: limit)
    summary.completionsOver = training.completions.isEmpty ? nil : training.completions.count(above: limit)
    return summary
  }
}

extension LengthDistribution {
  /// The number of entries' conversations at `length` and beyond.
  func count(from length: Int) -> Int { entries[firstIndex(ofLengthAtLeast: length)...].reduce(0) { $0 + $1.count } }

  /// The number of entries' conversations below `length`.
  func count(below length: Int) -> Int { count - count(from: length) }
}
