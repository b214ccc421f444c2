/// Which tokens of a conversation a model is trained on.
///
/// Each rule is that of a trainer, so that masks are the same as there.
public struct TrainPolicy: Sendable, Hashable, CustomStringConvertible {
  /// What is trained.
  public enum Rule: Sendable, Hashable {
    /// What assistants say in every turn, reasoning and tool calls included: `roles_to_train: [assistant]` of axolotl.
    case assistant
    /// What follows the prompt of the last answer: `completion_only_loss` of TRL.
    case last
    /// Every token.
    case all
    /// The messages in which a member of this name is true or a number other than 0 and, where it is missing, those of
    /// assistants: `message_field_training` of axolotl.
    case field(String)
    /// What the template's `{% generation %}` blocks print: `assistant_only_loss` of TRL.
    case template
  }

  /// Which of the tokens that end turns are trained: `train_on_eos` of axolotl.
  ///
  /// ``Rule/last``, ``Rule/all`` and ``Rule/template`` take them in, so that only ``none`` makes a difference there.
  public enum TurnEnds: String, Sendable, Hashable, CaseIterable {
    /// Those of trained messages.
    case turn
    /// Those of all messages.
    case all
    /// That of the last trained message.
    case last
    /// None.
    case none
  }

  /// What is trained.
  public var rule: Rule
  /// Which tokens that end turns are trained.
  public var turnEnds: TurnEnds
  /// Whether each answer of a conversation ends a sample of its own, which begins where the conversation does.
  ///
  /// Reasoning models are trained so: what they thought is in the last turn only.
  public var expandsTurns = false

  /// Makes a policy from its parts.
  public init(_ rule: Rule, turnEnds: TurnEnds = .turn) {
    self.rule = rule
    self.turnEnds = turnEnds
  }

  /// The names of the rules.
  public static let ruleNames = ["assistant", "last", "all", "field:NAME", "template"]

  /// Makes the policy of a rule's name; nil if there is none such.
  public init?(named name: String, turnEnds: TurnEnds = .turn) {
    switch name {
    case "assistant": self.init(.assistant, turnEnds: turnEnds)
    case "last": self.init(.last, turnEnds: turnEnds)
    case "all": self.init(.all, turnEnds: turnEnds)
    case "template": self.init(.template, turnEnds: turnEnds)
    default:
      let field = name.dropFirst("field:".count)
      guard name.hasPrefix("field:"), !field.isEmpty else { return nil }
      self.init(.field(String(field)), turnEnds: turnEnds)
    }
  }

  /// Reads the first policy of a record, which decides about everything but what is compared; nil where it is none.
  public init?(recorded text: String) {
    let parts = text.prefix { $0 != ";" }.split(separator: ",")
    guard parts.count > 1, let name = parts.first, let ends = parts[1].split(separator: " ").last,
      let turnEnds = TurnEnds(rawValue: String(ends))
    else { return nil }
    self.init(named: String(name), turnEnds: turnEnds)
    expandsTurns = parts.count > 2
  }

  /// The member of messages that says what is trained; nil where none does.
  public var field: String? {
    if case .field(let field) = rule { field } else { nil }
  }

  /// The name of the rule.
  public var name: String {
    switch rule {
    case .assistant: "assistant"
    case .last: "last"
    case .all: "all"
    case .field(let field): "field:\(field)"
    case .template: "template"
    }
  }

  /// The rule and what becomes of the ends of turns, as the statistics record it.
  public var description: String {
    "\(name), end of turn: \(turnEnds.rawValue)" + (expandsTurns ? ", a sample for each turn" : "")
  }
}
