import Analysis
import ArgumentParser
import Counting
import Support
import TokenStatistics

/// What exactly is counted.
struct CountingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Length limits in tokens, separated by commas; default: 2048,4096,8192.", valueName: "list"))
  var limits: String?

  @Option(help: "template: exactly the model's input; seed: what the original script counted.")
  var countMode = CountMode.template

  @Option(
    help: """
      What happens to a row whose template raises: skip leaves it out (the default), fail gives the dataset up, \
      fallback counts the contents joined by spaces.
      """)
  var onError: ErrorPolicy?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Group conversations by these columns as well.", valueName: "column"))
  var groupBy: [String] = []

  func validate() throws { try SwallowedPaths.check("--group-by", groupBy, kind: "column") }

  /// Puts the options where the analysis looks for them.
  func set(_ options: inout AnalysisOptions) throws(CommandFailure) {
    options.scan.countMode = countMode
    if let onError { options.onError = onError }
    options.groupColumns = groupBy
    guard let limits else { return }
    options.limits = try TokenLengths(limits, option: "--limits").lengths
  }
}

/// How many threads work at once.
struct JobsOptions: ParsableArguments {
  @Option(
    name: [.short, .long, .customLong("workers")],
    help: ArgumentHelp("Threads that work at once; all processors by default.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Memory to get by with, such as 500M or 4G: what needs more is refused; default: half of the machine's.",
      valueName: "size"))
  var memoryLimit: MemoryAmount?

  @OptionGroup var talk: QuietOptions

  /// The number of threads to use.
  var count: Int { ResourceLimits.threads(jobs ?? Workers.availableProcessors) }

  /// How much files may claim.
  var limits: Limits { memoryLimit.map { Limits(memory: $0.bytes) } ?? Limits() }

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more, not \(jobs).") }
  }
}

/// How much is said on standard error.
struct QuietOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Show no progress and no notices; warnings and errors stay.")
  var quiet = false

  func validate() throws {
    // Here, because it concerns whatever is said from now on.
    if quiet { Messages.silence() }
  }
}
