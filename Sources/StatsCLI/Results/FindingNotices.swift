import Analysis
import ChatTemplates
import Counting
import Support
import TokenStatistics

/// What `analyze` says of contents that are read otherwise than their writers may think: a line for each model and kind,
/// however many datasets have such contents.
struct FindingNotices {
  /// How many control tokens a notice names.
  private static let namedTokens = 5
  /// How many datasets it names.
  private static let namedDatasets = 3

  /// Datasets of which the same is said.
  private struct Group {
    let model: String
    var datasets: [(name: String, count: Int)] = []
    var findings = ContentFindings()

    /// All of them together.
    var count: Int { datasets.reduce(0) { $0 + $1.count } }

    mutating func add(_ name: String, _ count: Int, _ findings: ContentFindings) {
      datasets.append((name, count))
      self.findings.merge(findings)
    }
  }

  private let checkpoints: [Checkpoint]
  private let statistics: String

  /// - Parameters:
  ///   - checkpoints: the datasets of the run.
  ///   - statistics: the path of the statistics file, which says the same of each dataset.
  init(_ checkpoints: [Checkpoint], statistics: String) {
    self.checkpoints = checkpoints
    self.statistics = statistics
  }

  /// The sentences.
  var sentences: [String] {
    var sentences = groups { $0.renderedMedia.parts }.compactMap { group in
      MediaNotice.text(group.findings.renderedMedia, each: nil).map { sentence(group, "media", $0) }
    }
    for fault in ListContentFault.allCases {
      sentences += groups { $0.lists[TextKey(fault.rawValue)] ?? 0 }.map { group in
        sentence(group, "list_contents", fault.notice(conversations: group.count))
      }
    }
    for isSanitized in [false, true] {
      sentences += groups(where: { $0.fingerprint.options.tokenizer.sanitizes == isSanitized }) {
        $0.conversationsWithControlTokens
      }.map { group in
        sentence(
          group, "control_tokens_in_text",
          Self.count(group.count, "conversation", "conversations") + " with control tokens in the text, "
            + (isSanitized
              ? "which count as text: "
              : "which the model reads as such; --sanitize-control-tokens counts them as text: ")
            + Self.tokens(group.findings))
      }
    }
    return sentences
  }

  /// The datasets that have findings of a kind, by model.
  private func groups(
    where isMeant: (Checkpoint) -> Bool = { _ in true }, count: (ContentFindings) -> Int
  ) -> [Group] {
    var groups: [TextKey: Group] = [:]
    for checkpoint in checkpoints where isMeant(checkpoint) {
      guard let findings = checkpoint.tally.findings, count(findings) > 0 else { continue }
      let model = checkpoint.identity.model
      groups[TextKey(model), default: Group(model: model)].add(
        checkpoint.identity.dataset, count(findings), findings)
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// One dataset by its name; of several the number, those with the most, and where the others are.
  private func sentence(_ group: Group, _ member: String, _ words: String) -> String {
    guard group.datasets.count > 1 else { return "\(group.datasets[0].name): \(words)" }
    let most = group.datasets.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(Self.namedDatasets)
    let named = most.map { "\($0.name) (\(NumberFormat.grouped($0.count)))" }.joined(separator: ", ")
    let isAll = most.count == group.datasets.count
    return "\(group.model), \(NumberFormat.grouped(group.datasets.count)) datasets: \(words); "
      + (isAll ? named : "most in \(named); \(statistics) says it of each (\(member))")
  }

  private static func tokens(_ findings: ContentFindings) -> String {
    let tokens = findings.controlTokens.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var named = tokens.prefix(namedTokens).map { "\($0.key) (\(NumberFormat.grouped($0.value)))" }
    if tokens.count > named.count { named.append("\(tokens.count - named.count) others") }
    return named.joined(separator: ", ")
  }

  private static func count(_ number: Int, _ one: String, _ several: String) -> String {
    "\(NumberFormat.grouped(number)) \(number == 1 ? one : several)"
  }
}
