import Support
public import TokenStatistics

/// A program that trains models, and whose configuration is written.
public enum Trainer: String, Sendable, CaseIterable {
  /// TRL's `SFTConfig`.
  case trl
  /// axolotl.
  case axolotl
  /// LLaMA-Factory.
  case llamafactory
  /// ms-swift.
  case swift
  /// verl.
  case verl
}

/// The lines of a trainer's configuration that have to do with lengths, and what they cost as comments.
///
/// The lines are YAML, with the trainer's own names of options.
public struct TrainerConfiguration: Sendable {
  private let trainer: Trainer
  private let numbers: TrainingNumbers
  private let limit: Int
  private let costs: LimitSummary

  /// Makes the configuration of a limit in tokens.
  public init(_ trainer: Trainer, _ numbers: TrainingNumbers, limit: Int) {
    self.trainer = trainer
    self.numbers = numbers
    self.limit = limit
    costs = numbers.costs(at: limit)
  }

  /// The lines.
  public var lines: [String] {
    heading
      + (trainer == .verl ? verl : [drops ? dropping : cutting] + targets)
      + settings
  }

  /// Whether the trainer leaves conversations out that are longer than the limit.
  private var drops: Bool {
    switch trainer {
    case .trl: false
    case .axolotl, .llamafactory, .swift, .verl: true
    }
  }

  private var heading: [String] {
    let names: [Trainer: String] = [
      .trl: "TRL SFTConfig", .axolotl: "axolotl", .llamafactory: "LLaMA-Factory", .swift: "ms-swift", .verl: "verl",
    ]
    let all = numbers.lengths.count
    let share = NumberFormat.share(costs.conversations, of: all)
    return [
      "# \(names[trainer] ?? trainer.rawValue) at \(NumberFormat.grouped(limit)) tokens: "
        + "\(NumberFormat.grouped(costs.conversations)) of \(NumberFormat.grouped(all)) conversations (\(share)) are longer"
    ]
  }

  private var cutting: String {
    "# cutting them loses \(Self.tokens(costs.tokensLost, of: numbers.lengths.total))"
      + trained(costs.trainedTokensLost)
  }

  private var dropping: String {
    let lost = costs.tokensLost + limit * costs.conversations
    return "# leaving them out loses \(Self.tokens(lost, of: numbers.lengths.total))"
  }

  private func trained(_ lost: Int?) -> String {
    guard let lost, let all = numbers.training?.trained.total else { return "" }
    return ", \(NumberFormat.grouped(lost)) of them trained (\(NumberFormat.share(lost, of: all)) of these)"
  }

  private static func tokens(_ part: Int, of whole: Int) -> String {
    "\(NumberFormat.grouped(part)) tokens (\(NumberFormat.share(part, of: whole)))"
  }

  /// What has nothing to train on, and what loses its end.
  private var targets: [String] {
    let kept = numbers.strategies(at: limit)[drops ? .drop : .keepStart]
    var lines: [String] = []
    if let none = kept.withoutTarget, none > 0 {
      lines.append("# \(Self.conversations(none)) no trained token within the limit")
    }
    if !drops, let ends = costs.endsLost, ends > 0 {
      lines.append("# \(Self.conversations(ends)) the end of \(ends == 1 ? "its" : "their") last turn cut off")
    }
    return lines
  }

  private static func conversations(_ count: Int) -> String {
    count == 1 ? "1 conversation has" : "\(NumberFormat.grouped(count)) conversations have"
  }

  private var settings: [String] {
    switch trainer {
    case .trl: return trl
    case .axolotl:
      return [
        "sequence_len: \(limit)", "excess_length_strategy: drop", "sample_packing: true  # \(packing)",
        "pad_to_sequence_len: true", "datasets:", "  - type: chat_template  # for each dataset, beside its path",
        "    roles_to_train: [assistant]", "    train_on_eos: turn",
      ]
    case .llamafactory:
      return [
        "cutoff_len: \(limit)", "packing: true", "neat_packing: true  # \(packing)", "train_on_prompt: false",
        "mask_history: false",
      ]
    case .swift:
      return [
        "max_length: \(limit)", "truncation_strategy: delete", "packing: true  # \(packing)",
        "packing_length: \(limit)", "loss_scale: default",
      ]
    case .verl: return []
    }
  }

  /// How many sequences packing makes of what is kept, as far as that is known without the order of the rows.
  private var packing: String {
    let result = (drops ? numbers.lengths(upTo: limit) : numbers.lengths).packed(limit, .bfd)
    let sequences = "\(NumberFormat.grouped(result.sequences)) sequence\(result.sequences == 1 ? "" : "s")"
    guard let full = result.utilization else { return sequences }
    return "\(sequences), \(NumberFormat.fixed(full * 100, digits: 1)) % full, if all rows are packed at once"
  }

  private var trl: [String] {
    let mask =
      numbers.assistantMaskTokens.map { "# marks \(NumberFormat.grouped($0)) tokens" }
      ?? "# needs {% generation %} blocks, which the template does not have"
    return [
      "max_length: \(limit)", "packing: true", "packing_strategy: bfd  # \(packing)",
      "assistant_only_loss: true  \(mask)",
    ]
  }

  // MARK: verl

  /// Prompts are a multiple of this long.
  private static let promptStep = 64

  /// The limits of prompts and responses, which share the limit of the whole.
  private var verl: [String] {
    guard let training = numbers.training, let percentile = training.prompts.percentile(99), limit > 1 else {
      return ["# where prompts end is not known: the chat format does not say"]
    }
    let rounded = (percentile + Self.promptStep - 1) / Self.promptStep * Self.promptStep
    let prompt = max(1, min(rounded, limit - min(Self.promptStep, limit / 2)))
    let response = limit - prompt
    let filtered = training.prompts.count(above: prompt)
    let cut = training.completions.count(above: response)
    return [
      "# 99 % of the prompts have at most \(NumberFormat.grouped(percentile)) tokens, the longest "
        + "\(NumberFormat.grouped(training.prompts.maximum ?? 0))",
      "data:", "  max_prompt_length: \(prompt)  # \(NumberFormat.grouped(filtered)) prompts are longer and left out",
      "  max_response_length: \(response)  # \(NumberFormat.grouped(cut)) answers of the data are longer",
      "  filter_overlong_prompts: true", "  truncation: error",
    ]
  }
}
