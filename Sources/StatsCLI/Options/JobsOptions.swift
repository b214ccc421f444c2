import ArgumentParser
import Support

/// How many threads work at once.
struct JobsOptions: ParsableArguments {
  @Option(
    name: [.long, .customLong("workers")],
    help: ArgumentHelp("Threads that work at once; all processors by default.", valueName: "n"))
  var jobs: Int?

  /// The number of threads to use.
  var count: Int { jobs ?? Workers.availableProcessors }

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more, not \(jobs).") }
  }
}
