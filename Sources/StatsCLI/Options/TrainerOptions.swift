public import ArgumentParser
public import Reports

extension Trainer: ExpressibleByArgument {}

/// For which trainer configuration lines are printed.
struct TrainerOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Print the lines of a trainer's configuration for the limit, with what it costs as comments.",
      valueName: "trainer"))
  var trainer: Trainer?
}
