import Counting
import Analysis
import ArgumentParser
import TokenStatistics

/// What exactly is counted.
struct CountingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Length limits in tokens, separated by commas; default: 2048,4096,8192.", valueName: "tokens"))
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

  /// Puts the options where the analysis looks for them.
  func set(_ options: inout AnalysisOptions) throws(CommandFailure) {
    options.scan.countMode = countMode
    if let onError { options.onError = onError }
    options.groupColumns = groupBy
    guard let limits else { return }
    options.limits = try limits.split(separator: ",", omittingEmptySubsequences: false).map {
      (text) throws(CommandFailure) in
      guard let limit = Int(text), limit > 0 else {
        throw CommandFailure("--limits \(limits): \"\(text)\" is no number of tokens", status: .usage)
      }
      return limit
    }
  }
}
