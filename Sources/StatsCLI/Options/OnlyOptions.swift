import ArgumentParser
import Datasets
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
      let close = CloseNames.question(Self.meant(by: pattern, in: names))
      throw CommandFailure("no dataset of \(place) matches \(pattern)\(close)", status: .nothingMatched)
    }
  }

  /// What may have been meant by a pattern that matches no name: one that does, or a name.
  private static func meant(by pattern: String, in names: [String]) -> [String] {
    let parts = names.compactMap { try? DatasetName(parsing: $0) }.flatMap { [$0.model, $0.subject] }
    let isPart = parts.contains { $0.contains(bytesOf: pattern) }
    guard !isPart else { return ["'*\(pattern)*'"] }
    let close = CloseNames.of(pattern, in: names)
    return close.isEmpty ? CloseNames.of(pattern, in: Array(Set(parts))).map { "'*\($0)*'" } : close
  }

  private static func matches(_ dataset: String, _ pattern: String) -> Bool {
    dataset.hasSameBytes(as: pattern) || ShellPattern(text: pattern).matches(dataset)
  }
}
