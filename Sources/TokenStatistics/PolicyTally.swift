import JSON
import Support

/// What a rule about training comes to in a group of conversations, where several rules are compared.
public struct PolicyTally: Sendable, Equatable {
  /// The trained tokens.
  public var tokens = 0
  /// The conversations in which nothing is trained.
  public var withoutTarget = 0

  /// Makes a tally of nothing.
  public init() {}

  /// Adds a conversation.
  public mutating func add(_ trained: Int) {
    tokens += trained
    if trained == 0 { withoutTarget += 1 }
  }

  /// Adds other conversations.
  public mutating func merge(_ other: PolicyTally) {
    tokens += other.tokens
    withoutTarget += other.withoutTarget
  }
}

extension [TextKey: PolicyTally] {
  /// The member of an entry and of a checkpoint.
  static let key = "trained_by"

  var json: JSONValue {
    .fields(sortedByKey()) { policy in
      (
        policy.key,
        .fields([("tokens", .number(policy.value.tokens)), ("no_target", .number(policy.value.withoutTarget))])
      )
    }
  }

  /// Reads the member of an entry or a checkpoint; none where it holds none, as those of one rule.
  init(optional fields: FieldReader) throws(FileError) {
    self = [:]
    for (policy, sums) in try fields.optionalObject(Self.key)?.objects() ?? [] {
      var tally = PolicyTally()
      tally.tokens = try sums.count("tokens")
      tally.withoutTarget = try sums.count("no_target")
      self[policy] = tally
    }
  }
}
