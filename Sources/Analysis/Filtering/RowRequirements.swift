import ChatTemplates
import Counting
import TokenStatistics

/// What a row must be like to be kept.
public struct RowRequirements: Sendable, Hashable {
  /// The most tokens.
  public var maximumLength: Int?
  /// The most tokens of the prompt: the conversation as rendered up to its last answer, generation prompt included.
  public var maximumPromptLength: Int?
  /// The fewest tokens.
  public var minimumLength: Int?
  /// Whether a token must be trained.
  public var needsTarget = false

  /// Makes requirements that every row meets that can be counted.
  public init() {}

  /// Why a counted row is not kept; empty if it is.
  func faults(of conversation: CountedConversation) -> RowFaults {
    var faults: RowFaults = []
    let count = conversation.row.count
    if let maximumLength, count.length > maximumLength { faults.insert(.tooLong) }
    if let minimumLength, count.length < minimumLength { faults.insert(.tooShort) }
    if let maximumPromptLength, let turns = count.turns {
      // A prompt that the template cannot render by itself cannot be said to fit.
      if turns.promptTokens.map({ $0 > maximumPromptLength }) ?? true { faults.insert(.promptTooLong) }
    }
    if needsTarget, TrainedPlaces(conversation).first == nil { faults.insert(.noTarget) }
    return faults
  }
}

/// Why a row is not kept.
public struct RowFaults: OptionSet, Sendable, Hashable {
  /// A bit for each reason.
  public let rawValue: UInt8

  /// Makes faults of their bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It has more tokens than are allowed.
  public static let tooLong = RowFaults(rawValue: 1)
  /// Its prompt has more tokens than are allowed, or cannot be rendered by itself.
  public static let promptTooLong = RowFaults(rawValue: 2)
  /// It has fewer tokens than are asked for.
  public static let tooShort = RowFaults(rawValue: 4)
  /// None of its tokens is trained.
  public static let noTarget = RowFaults(rawValue: 8)
  /// It cannot be read or counted.
  public static let failed = RowFaults(rawValue: 16)
  /// It is none of the rows that were selected: neither kept nor rejected.
  static let notSelected = RowFaults(rawValue: 128)

  /// The reasons by the names that results have for them.
  public static let names: [(fault: RowFaults, name: String)] = [
    (.tooLong, "too_long"), (.promptTooLong, "prompt_too_long"), (.tooShort, "too_short"), (.noTarget, "no_target"),
    (.failed, "failed"),
  ]
}
