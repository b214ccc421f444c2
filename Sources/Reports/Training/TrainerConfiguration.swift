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

  /// What the trainer is called.
  var name: String {
    switch self {
    case .trl: "TRL"
    case .axolotl: "axolotl"
    case .llamafactory: "LLaMA-Factory"
    case .swift: "ms-swift"
    case .verl: "verl"
    }
  }
}

/// The lines of a trainer's configuration that have to do with lengths, and what they cost as comments.
///
/// The lines are YAML, with the trainer's own names of options.
///
///     let configuration = TrainerConfiguration(.axolotl, numbers, limit: 4096, policy: TrainPolicy(.last))
///     configuration.lines  // ["# axolotl at 4,096 tokens: ...", ..., "sequence_len: 4096", ...]
public struct TrainerConfiguration: Sendable {
  private let trainer: Trainer
  private let numbers: TrainingNumbers
  private let limit: Int
  private let policy: TrainPolicy?
  private let costs: LimitSummary
  /// The conversations in the order of the rows; nil where only their counts are known.
  public var rows: [PackingRow]?
  /// Whether the conversations are the sides of pairs, on which models are trained by preference.
  public var arePairs = false
  /// The workers that TRL prepares a dataset with.
  public var workers = 1
  /// The sequences of an optimizer step; nil where nobody asks for steps.
  public var batch: Int?
  /// What training on so many tokens costs, in words; nil where no price is known.
  public var price: (@Sendable (Int) -> String?)?

  /// Makes the configuration of a limit in tokens.
  ///
  /// - Parameter policy: What is trained; nil for what assistants say.
  public init(_ trainer: Trainer, _ numbers: TrainingNumbers, limit: Int, policy: TrainPolicy?) {
    self.trainer = trainer
    self.numbers = numbers
    self.limit = limit
    self.policy = policy
    costs = numbers.costs(at: limit)
  }

  /// The lines.
  public var lines: [String] {
    let trained = TrainedOptions(
      trainer: trainer, policy: policy ?? TrainPolicy(.assistant), rows: kind,
      masked: numbers.assistantMaskTokens.map { NumberFormat.grouped($0) })
    let costs = trainer == .verl ? verl : [cost] + targets + notes
    return (heading + costs + settings + trained.lines + run).map { TerminalText.visible($0) }
  }

  private var kind: TrainedRows { arePairs ? .pairs : numbers.areTexts ? .texts : .conversations }

  /// Whether the trainer leaves conversations out that are longer than the limit.
  private var drops: Bool {
    switch trainer {
    case .trl: false
    case .axolotl: kind != .texts
    case .llamafactory: kind == .conversations
    case .swift, .verl: true
    }
  }

  private var heading: [String] {
    let all = numbers.lengths.count
    let share = NumberFormat.share(costs.conversations, of: all)
    let settings = trainer == .trl ? arePairs ? " DPOConfig" : " SFTConfig" : ""
    return [
      "# \(trainer.name)\(settings) at \(NumberFormat.grouped(limit)) tokens: "
        + "\(NumberFormat.grouped(costs.conversations)) of \(NumberFormat.grouped(all)) \(rowName) (\(share)) are longer"
    ] + (policy.map { ["# trained: \($0)"] } ?? [])
  }

  private var rowName: String {
    switch kind {
    case .conversations: "conversations"
    case .texts: "texts"
    case .pairs: "sides of pairs"
    }
  }

  /// What becomes of those that are longer.
  private var cost: String {
    switch (trainer, kind) {
    case (.axolotl, .texts): "# texts are cut into pieces of this length, none is left out"
    case (.llamafactory, .texts):
      "# texts are put one behind the other and cut wherever a sequence is full; what "
        + "is left of each batch of texts is left out"
    case (_, .pairs) where drops: "# a pair is left out whole where either side is longer"
    default: drops ? dropping : cutting
    }
  }

  /// What the trainer does to the rows that is in none of the numbers.
  private var notes: [String] {
    var lines: [String] = []
    if kind == .texts {
      lines.append("# \(trainer.name) may end each text with an end-of-sequence token, which is not counted here")
    }
    if trainer == .axolotl, kind == .conversations, numbers.training == nil {
      lines.append(
        "# conversations without a trained token, which axolotl leaves out, are not known and counted as packed: "
          + "'tokenstats analyze --force' counts them")
    }
    return lines
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
      let end =
        trainer == .axolotl && kind == .conversations ? none == 1 ? " and is left out" : " and are left out" : ""
      lines.append("# \(Self.conversations(none)) no trained token within the limit\(end)")
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
    case .trl: ["max_length: \(limit)"] + packingSettings
    case .axolotl: ["sequence_len: \(limit)", "excess_length_strategy: drop"] + packingSettings
    case .llamafactory: ["cutoff_len: \(limit)"] + packingSettings
    case .swift: ["max_length: \(limit)", "truncation_strategy: delete"] + packingSettings
    case .verl: []
    }
  }

  private var packingSettings: [String] {
    // Nobody packs pairs.
    if arePairs { return [] }
    switch trainer {
    case .trl: return ["packing: true", "packing_strategy: bfd  # \(packing)"]
    case .axolotl: return ["sample_packing: true  # \(packing)", "pad_to_sequence_len: true"]
    case .llamafactory where kind == .texts: return ["packing: true  # \(packing)"]
    case .llamafactory: return ["packing: true", "neat_packing: true  # \(packing)"]
    case .swift: return ["packing: true  # \(packing)", "packing_length: \(limit)"]
    case .verl: return []
    }
  }

  // MARK: Packing

  /// What packing all that is kept at once comes to.
  private var packed: PackingResult {
    if trainer == .axolotl, let kept = numbers.axolotlLengths(upTo: limit) { return kept.packed(limit, .bfd) }
    if trainer == .llamafactory, kind == .texts { return numbers.lengths.packed(limit, .wrapped) }
    return (drops ? numbers.lengths(upTo: limit) : numbers.lengths).packed(limit, .bfd)
  }

  /// How many sequences that makes, as far as it is known without the order of the rows.
  private var packing: String {
    let result = packed
    return Self.sequences(result) + (result.utilization == nil ? "" : ", if all rows are packed at once")
  }

  private static func sequences(_ result: PackingResult) -> String {
    let sequences = "\(NumberFormat.grouped(result.sequences)) sequence\(result.sequences == 1 ? "" : "s")"
    guard let full = result.utilization else { return sequences }
    return "\(sequences), \(NumberFormat.fixed(full * 100, digits: 1)) % full"
  }

  /// How the trainer packs, and how many rows at a time; nil where that is not known.
  private var window: (packing: TrainerPacking, rows: Int)? {
    switch trainer {
    case .trl: (.trl(.bfd, workers: workers), TrainerPacking.batchRows)
    case .axolotl: (.axolotl, TrainerPacking.groupRows)
    case .swift: (.swift, TrainerPacking.batchRows)
    case .llamafactory, .verl: nil
    }
  }

  /// What the trainer's window makes of the rows, the steps of an epoch and the price, as comments.
  private var run: [String] {
    guard trainer != .verl else { return [] }
    guard !arePairs else {
      return batch == nil && price?(0) == nil ? [] : ["# steps and prices are those of pairs, which are not told here"]
    }
    var lines: [String] = []
    var result = packed
    if let window, let rows {
      result = window.packing.pack(rows, limit: limit)
      lines.append(
        "# in the order of the rows, \(NumberFormat.grouped(window.rows)) at a time: \(Self.sequences(result))")
    } else if let window, numbers.lengths.count > window.rows {
      lines.append(
        "# packed are \(NumberFormat.grouped(window.rows)) rows at a time, which takes more sequences: 'tokenstats pack' "
          + "with the data counts them")
    }
    if let batch {
      let steps = result.steps(batch: batch)
      lines.append(
        "# \(NumberFormat.grouped(steps)) step\(steps == 1 ? "" : "s") an epoch, of \(NumberFormat.grouped(batch)) sequences"
      )
    }
    if let words = price?(result.tokens) { lines.append("# price: \(words)") }
    return lines
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
    var run: [String] = []
    if let batch {
      let steps = (training.prompts.count - filtered) / batch
      run.append("  train_batch_size: \(batch)  # \(NumberFormat.grouped(steps)) steps an epoch, the rest is left out")
    }
    if price?(0) != nil { run.append("# the price is that of the answers that are still to be written") }
    return [
      "# 99 % of the prompts have at most \(NumberFormat.grouped(percentile)) tokens, the longest "
        + "\(NumberFormat.grouped(training.prompts.maximum ?? 0))",
      "data:", "  max_prompt_length: \(prompt)  # \(NumberFormat.grouped(filtered)) prompts are longer and left out",
      "  max_response_length: \(response)  # \(NumberFormat.grouped(cut)) answers of the data are longer",
      "  filter_overlong_prompts: true", "  truncation: error",
    ] + run
  }
}
