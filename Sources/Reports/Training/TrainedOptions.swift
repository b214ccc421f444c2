import JSON
import TokenStatistics

/// What a trainer is given.
enum TrainedRows {
  /// Conversations that a chat template renders.
  case conversations
  /// Texts, all of which is trained.
  case texts
  /// Two answers to one prompt, of which the chosen one is preferred.
  case pairs
}

/// The options by which a trainer is told what to train, in its own names.
///
/// Where it has none for the policy, a comment says so, and the options of the nearest one follow: the assistant's answers.
///
/// Sources: the options of TRL, axolotl 0.19, LLaMA-Factory and ms-swift, and what their sources make of them.
struct TrainedOptions {
  let trainer: Trainer
  /// What is trained.
  let policy: TrainPolicy
  /// What it is given; only of conversations a policy decides what is trained.
  let rows: TrainedRows
  /// The tokens in the template's generation blocks; nil where it has none.
  let masked: String?

  /// The lines.
  var lines: [String] {
    switch rows {
    case .conversations: conversations
    case .texts: texts
    case .pairs: pairs
    }
  }

  private var conversations: [String] {
    var lacking: [String] = []
    let known = options(of: policy.rule)
    if known == nil { lacking.append("--train \(policy.name)") }
    if !knowsTurnEnds { lacking.append("--train-eos \(policy.turnEnds.rawValue)") }
    var lines = lacking.map { "# \(trainer.name) has no option for \($0)\(trainer == .verl ? "" : "; the nearest is")" }
    if policy.expandsTurns {
      lines.append("# \(trainer.name) has no option for --expand turns: the data must have a row for each answer")
    }
    return lines + (known ?? options(of: .assistant) ?? [])
  }

  private var texts: [String] {
    switch trainer {
    case .trl: trl(.all) ?? []
    case .axolotl:
      ["datasets:", "  - type: completion  # for each dataset, beside its path; its column is text, or field"]
    case .llamafactory: ["stage: pt"]
    case .swift: ["use_chat_template: false  # as 'swift pt' has it", "loss_scale: all"]
    case .verl: ["# verl trains on answers to prompts, not on texts"]
    }
  }

  private var pairs: [String] {
    switch trainer {
    case .trl: []
    case .axolotl: ["rl: dpo", "datasets:", "  - type: chat_template.default  # for each dataset, beside its path"]
    case .llamafactory: ["stage: dpo  # the dataset's entry says ranking: true"]
    case .swift: ["rlhf_type: dpo  # of 'swift rlhf'"]
    case .verl: ["# verl trains on prompts, and does not read which answer is preferred"]
    }
  }

  /// Whether the trainer takes in or leaves out the ends of turns as the policy does.
  private var knowsTurnEnds: Bool {
    switch policy.rule {
    case .assistant, .field: policy.turnEnds == .turn || trainer == .axolotl
    case .all: policy.turnEnds != .none || trainer == .axolotl
    case .last, .template: policy.turnEnds != .none
    }
  }

  /// The options of a rule; nil where there are none.
  private func options(of rule: TrainPolicy.Rule) -> [String]? {
    switch trainer {
    case .trl: trl(rule)
    case .axolotl: axolotl(rule).map { $0 + (rule == .last ? [] : ["    train_on_eos: \(policy.turnEnds.rawValue)"]) }
    case .llamafactory: llamafactory(rule)
    case .swift: swift(rule)
    // What is trained is what the model itself answers to the prompt.
    case .verl: rule == .last || rule == .assistant ? [] : nil
    }
  }

  private func trl(_ rule: TrainPolicy.Rule) -> [String]? {
    switch rule {
    case .assistant, .template:
      let mask =
        masked.map { "# marks \($0) tokens" } ?? "# needs {% generation %} blocks, which the template does not have"
      return ["assistant_only_loss: true  \(mask)"]
    case .last: return ["assistant_only_loss: false", "completion_only_loss: true  # of columns prompt and completion"]
    case .all: return ["assistant_only_loss: false", "completion_only_loss: false"]
    case .field: return nil
    }
  }

  private func axolotl(_ rule: TrainPolicy.Rule) -> [String]? {
    let head = ["datasets:", "  - type: chat_template  # for each dataset, beside its path"]
    let roles = "    roles_to_train: [assistant]"
    switch rule {
    case .assistant: return head + [roles]
    // Without roles and ends of turns it trains the last message.
    case .last: return head + ["    roles_to_train:", "    train_on_eos:"]
    case .all:
      return ["train_on_inputs: true  # all messages, not what the template writes around them"] + head + [roles]
    case .field(let name):
      let name = String(decoding: JSONValue.string(name).serialized(), as: UTF8.self)
      return head + [roles, "    message_field_training: \(name)"]
    case .template: return nil
    }
  }

  private func llamafactory(_ rule: TrainPolicy.Rule) -> [String]? {
    switch rule {
    case .assistant: ["train_on_prompt: false", "mask_history: false"]
    case .last: ["train_on_prompt: false", "mask_history: true"]
    case .all: ["train_on_prompt: true", "mask_history: false"]
    case .field, .template: nil
    }
  }

  private func swift(_ rule: TrainPolicy.Rule) -> [String]? {
    switch rule {
    case .assistant: ["loss_scale: default"]
    case .last: ["loss_scale: last_round"]
    case .all: ["loss_scale: all"]
    case .field("loss"): ["loss_scale: default  # goes by the member loss of messages"]
    case .field, .template: nil
    }
  }
}
