import ArgumentParser
import Counting

/// Which tokens are trained.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Which tokens are trained: assistant (all answers), last (what follows the prompt of the last answer), all, \
      field:NAME (messages whose member NAME is true, else answers), template (what {% generation %} blocks print).
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
    guard let train else {
      guard trainEos == nil else { throw CommandFailure("--train-eos needs --train", status: .usage) }
      return nil
    }
    return TrainPolicy(named: train, turnEnds: trainEos ?? .turn)
  }

  func validate() throws {
    if let train, TrainPolicy(named: train) == nil {
      throw ValidationError("--train \(train): known are \(TrainPolicy.ruleNames.joined(separator: ", ")).")
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
    guard expand != nil else { return try training.policy() }
    var policy = TrainPolicy(named: training.train ?? TrainPolicy(.last).name, turnEnds: training.trainEos ?? .turn)
    policy?.expandsTurns = true
    return policy
  }
}
