import ArgumentParser
import Support

/// The option that takes some datasets of statistics files.
struct OnlyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take only datasets whose names match this shell pattern, as in 'qwen*'; may be repeated.", valueName: "pattern"),
    completion: CompletionNames.storedDatasets)
  var only: [String] = []

  /// Whether all datasets are taken.
  var takesAll: Bool { only.isEmpty }

  /// Whether a dataset is taken.
  func takes(_ dataset: String) -> Bool {
    takesAll || only.contains { Self.matches(dataset, $0) }
  }

  /// Makes sure that each pattern matches a dataset.
  ///
  /// - Parameters:
  ///   - names: The datasets.
  ///   - place: What messages call the files that hold them.
  func check(_ names: [String], of place: String) throws(CommandFailure) {
    for pattern in only where !names.contains(where: { Self.matches($0, pattern) }) {
      let close = CloseNames.question(CloseNames.of(pattern, in: names))
      throw CommandFailure("no dataset of \(place) matches \(pattern)\(close)", status: .nothingMatched)
    }
  }

  private static func matches(_ dataset: String, _ pattern: String) -> Bool {
    dataset.hasSameBytes(as: pattern) || ShellPattern(text: pattern).matches(dataset)
  }
}
