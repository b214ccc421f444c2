import Datasets
import Support
import TokenStatistics

/// The datasets of statistics files, found by what people call them.
struct StoredDatasets {
  /// The datasets.
  let datasets: [DatasetSummary]
  /// The files that hold them.
  let paths: [String]

  /// The most datasets that a message names, and the most that it supposes to be meant.
  private static let (mostNames, mostMeant) = (8, 3)

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
    guard let first = candidates.first else { throw nothing(of: words) }
    guard candidates.count == 1 else {
      let names = candidates.prefix(Self.mostNames).map(\.identity.dataset)
      let more = candidates.count > names.count ? ", and \(candidates.count - names.count) more" : ""
      throw CommandFailure(
        "'\(wanted)' could be any of \(candidates.count) datasets: \(names.joined(separator: ", "))\(more)",
        status: .usage)
    }
    return first
  }

  /// All datasets that shell patterns among the words choose; none where the words are a name.
  func matching(_ name: [String]) -> [DatasetSummary] {
    let words = name.flatMap { $0.split(separator: " ").map(String.init) }
    let wanted = name.joined(separator: " ")
    guard words.contains(where: ShellPattern.isPattern),
      !datasets.contains(where: { $0.identity.dataset.utf8.elementsEqual(wanted.utf8) })
    else { return [] }
    return datasets.filter { dataset in words.allSatisfy { Self.holds($0, dataset.identity) } }
  }

  private static func holds(_ word: String, _ identity: DatasetIdentity) -> Bool {
    guard ShellPattern.isPattern(word), !identity.dataset.contains(bytesOf: word) else {
      return identity.dataset.contains(bytesOf: word)
    }
    let pattern = ShellPattern(text: word)
    return pattern.matches(identity.dataset) || pattern.matches(identity.subject)
  }

  private func nothing(of words: [String]) -> CommandFailure {
    let place = paths.joined(separator: ", ")
    let verb = words.contains(where: ShellPattern.isPattern) ? "matches" : "has"
    let wanted = words.joined(separator: " ")
    let end = verb == "has" ? " in its name" : ""
    return CommandFailure(
      "no dataset of \(place) \(verb) '\(wanted)'\(end)\(CloseNames.question(meant(by: words)))",
      status: .nothingMatched)
  }

  /// What may have been meant by words that no name holds: the same with the nearest words, which a dataset has; else
  /// those by themselves.
  private func meant(by words: [String]) -> [String] {
    let names = Array(Set(datasets.flatMap { [$0.identity.dataset, $0.identity.subject, $0.identity.model] }))
    var meant: [[String]] = [[]]
    var nearest: [String] = []
    for word in words {
      var close = [word]
      if !datasets.contains(where: { Self.holds(word, $0.identity) }) {
        close = CloseNames.of(word, in: names)
        nearest += close
      }
      meant = meant.flatMap { beginning in close.map { beginning + [$0] } }
    }
    guard !nearest.isEmpty else { return [] }
    let found = meant.filter { words in
      datasets.contains { dataset in words.allSatisfy { Self.holds($0, dataset.identity) } }
    }
    return found.isEmpty ? nearest : found.prefix(Self.mostMeant).map { $0.joined(separator: " ") }
  }
}
