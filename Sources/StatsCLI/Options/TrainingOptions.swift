import ArgumentParser
import TokenStatistics

/// Which tokens are trained.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Which tokens are trained: assistant (all answers), last (what follows the prompt of the last answer), all, \
      field:NAME (messages whose member NAME is true, else answers), template (what {% generation %} blocks print). Rows \
      that are texts are trained whole. analyze and count compare several, as in assistant,last,all; the first decides \
      about everything else. Without it, numbers are of what assistants say without the ends of their turns; tokenize \
      and the lines of trainers take assistant.
      """, valueName: "rule"))
  var train: String?

  @Option(
    help: ArgumentHelp(
      """
      Which tokens that end turns are trained: turn (those of trained messages, the default), all, last, or none.
      """, valueName: "ends"))
  var trainEos: TrainPolicy.TurnEnds?

  /// The policy that the options name; nil where they name none.
  ///
  /// - Throws: `CommandFailure` with the status of usage errors where ends of turns are chosen of nothing.
  func policy() throws(CommandFailure) -> TrainPolicy? {
    let policies = try policies()
    guard policies.count < 2 else {
      throw CommandFailure(
        "--train \(train ?? ""): one rule is expected here; analyze and count compare several", status: .usage)
    }
    return policies.first
  }

  /// The policies that the options name, in their order.
  ///
  /// - Throws: `CommandFailure` with the status of usage errors where ends of turns are chosen of nothing.
  func policies() throws(CommandFailure) -> [TrainPolicy] {
    guard train != nil else {
      guard trainEos == nil else { throw CommandFailure("--train-eos needs --train", status: .usage) }
      return []
    }
    return rules.compactMap { TrainPolicy(named: $0, turnEnds: trainEos ?? .turn) }
  }

  private var rules: [String] {
    train?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
  }

  func validate() throws {
    for rule in rules where TrainPolicy(named: rule) == nil {
      throw ValidationError("--train \(rule): known are \(TrainPolicy.ruleNames.joined(separator: ", ")).")
    }
    if let rule = rules.enumerated().first(where: { rules[..<$0.offset].contains($0.element) })?.element {
      throw ValidationError("--train names \(rule) twice.")
    }
  }
}

/// Which tokens are trained, of conversations or of parts of them.
struct SampleOptions: ParsableArguments {
  @OptionGroup var training: TrainingOptions

  @Option(
    help: ArgumentHelp(
      "turns: each answer of a conversation ends a sample of its own, of which the answer is trained unless --train says otherwise.",
      valueName: "what"))
  var expand: Expansion?

  /// What samples are made of.
  enum Expansion: String, ExpressibleByArgument, CaseIterable {
    /// Conversations up to each of their answers.
    case turns
  }

  /// The policy that the options name; nil where they name none.
  ///
  /// - Throws: `CommandFailure` with the status of usage errors where ends of turns are chosen of nothing.
  func policy() throws(CommandFailure) -> TrainPolicy? {
    // One rule only, or none.
    guard let policy = try training.policy() else { return expand == nil ? nil : try policies().first }
    return expanded(policy)
  }

  /// The policies that the options name, in their order.
  ///
  /// - Throws: as ``policy()``.
  func policies() throws(CommandFailure) -> [TrainPolicy] {
    guard expand != nil, training.train == nil else { return try training.policies().map(expanded) }
    return [expanded(TrainPolicy(.last, turnEnds: training.trainEos ?? .turn))]
  }

  private func expanded(_ policy: TrainPolicy) -> TrainPolicy {
    var policy = policy
    policy.expandsTurns = expand != nil
    return policy
  }
}
