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
  var policy: TrainPolicy? {
    guard expand != nil else { return train.flatMap { TrainPolicy(named: $0, turnEnds: trainEos ?? .turn) } }
    var policy = TrainPolicy(named: train ?? TrainPolicy(.last).name, turnEnds: trainEos ?? .turn)
    policy?.expandsTurns = true
    return policy
  }

  /// The policy, where rows stay what they are.
  ///
  /// - Throws: `CommandFailure` with the status of usage errors where turns are to be samples.
  func policyOfRows() throws(CommandFailure) -> TrainPolicy? {
    guard expand == nil else {
      throw CommandFailure(
        "--expand makes several samples of a row: it is for analyze, limits and pack", status: .usage)
    }
    return policy
  }

  func validate() throws {
    if let train, TrainPolicy(named: train) == nil {
      throw ValidationError("--train \(train): known are \(TrainPolicy.ruleNames.joined(separator: ", ")).")
    }
    if trainEos != nil, train == nil, expand == nil { throw ValidationError("--train-eos needs --train.") }
  }
}
