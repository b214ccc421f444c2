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
  var policy: TrainPolicy? {
    train.flatMap { TrainPolicy(named: $0, turnEnds: trainEos ?? .turn) }
  }

  func validate() throws {
    if let train, TrainPolicy(named: train) == nil {
      throw ValidationError("--train \(train): known are \(TrainPolicy.ruleNames.joined(separator: ", ")).")
    }
    if trainEos != nil, train == nil { throw ValidationError("--train-eos needs --train.") }
  }
}
