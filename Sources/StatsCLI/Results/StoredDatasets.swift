import Datasets
import Support
import TokenStatistics

/// The datasets of statistics files, found by what people call them.
struct StoredDatasets {
  /// The datasets.
  let datasets: [DatasetSummary]
  /// The files that hold them.
  let paths: [String]

  /// The most datasets that a message names.
  private static let mostNames = 8

  /// The dataset of a name; else the only one whose name holds all words, of which one may be a shell pattern.
  func find(_ name: [String]) throws(CommandFailure) -> DatasetSummary {
    let wanted = name.joined(separator: " ")
    if let exact = datasets.first(where: { $0.identity.dataset.utf8.elementsEqual(wanted.utf8) }) { return exact }
    let words = name.flatMap { $0.split(separator: " ").map(String.init) }
    let found = datasets.filter { dataset in words.allSatisfy { Self.holds($0, dataset.identity) } }
    // A subject's own name counts for more than names that hold it: "poet" is not "performance_poet".
    let exactSubject = found.filter { dataset in words.contains { dataset.identity.subject == $0 } }
    let close = exactSubject.isEmpty ? found : exactSubject
    // And one without filters for more than its filtered copies.
    let whole = close.filter(\.identity.filters.isEmpty)
    let candidates = whole.count == 1 ? whole : close
    guard let first = candidates.first else { throw nothing(of: wanted) }
    guard candidates.count == 1 else {
      let names = candidates.prefix(Self.mostNames).map(\.identity.dataset)
      let more = candidates.count > names.count ? ", and \(candidates.count - names.count) more" : ""
      throw CommandFailure(
        "'\(wanted)' could be any of \(candidates.count) datasets: \(names.joined(separator: ", "))\(more)",
        status: .usage)
    }
    return first
  }

  private static func holds(_ word: String, _ identity: DatasetIdentity) -> Bool {
    guard ShellPattern.isPattern(word), !identity.dataset.contains(word) else { return identity.dataset.contains(word) }
    let pattern = ShellPattern(text: word)
    return pattern.matches(identity.dataset) || pattern.matches(identity.subject)
  }

  private func nothing(of wanted: String) -> CommandFailure {
    let place = paths.joined(separator: ", ")
    let names = datasets.flatMap { [$0.identity.dataset, $0.identity.subject] }
    let close = CloseNames.question(CloseNames.of(wanted, in: Array(Set(names))))
    return CommandFailure(
      ShellPattern.isPattern(wanted)
        ? "no dataset of \(place) matches '\(wanted)'" : "no dataset of \(place) has '\(wanted)' in its name\(close)",
      status: .nothingMatched)
  }
}
