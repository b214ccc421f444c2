import TokenStatistics

/// The conversations that can be chosen for a split, each once, with numbers for their strata and groups.
struct SplitPool {
  private enum GroupKey: Hashable {
    case prompt(kind: DatasetKind, subject: String, label: String?, prompt: Int64, question: Int64)
    case question(String)
    case questionIndex(DatasetKind, Int64)
  }

  private let settings: SplitSettings
  /// The conversations.
  private(set) var candidates: [TokenBudgetSplit.Candidate] = []
  /// Where each of them is.
  private(set) var rows: [DatasetSplit.Row] = []
  /// The label of each.
  private(set) var labels: [String?] = []
  private var contents: Set<ContentKey> = []
  private var groups: [GroupKey: Int] = [:]
  private var strata: [String: Int] = [:]

  init(_ settings: SplitSettings) { self.settings = settings }

  /// Adds the conversations of a dataset that equal no earlier one.
  ///
  /// - Returns: The number of the others.
  mutating func add(_ summary: SplitCollector.Summary, of identity: DatasetIdentity, source: Int) -> Int {
    var duplicates = 0
    for entry in summary.entries {
      guard contents.insert(entry.content).inserted else {
        duplicates += 1
        continue
      }
      let key = groupKey(of: entry, in: summary, identity)
      candidates.append(
        TokenBudgetSplit.Candidate(
          tokens: entry.tokens, stratum: stratum(of: entry, identity),
          group: key.map { Self.number(of: $0, in: &groups) }))
      labels.append(entry.label)
      rows.append(DatasetSplit.Row(source: source, row: entry.row, tokens: entry.tokens))
    }
    return duplicates
  }

  /// The conversations and tokens of chosen candidates by stratum, sorted by name; empty without strata.
  func strata(of chosen: [Int]) -> [(name: String, conversations: Int, tokens: Int)] {
    guard settings.stratum != nil else { return [] }
    var sums: [Int: (conversations: Int, tokens: Int)] = [:]
    for place in chosen {
      let sum = sums[candidates[place].stratum] ?? (0, 0)
      sums[candidates[place].stratum] = (sum.conversations + 1, sum.tokens + candidates[place].tokens)
    }
    let names = strata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return names.compactMap { name, number in sums[number].map { (name, $0.conversations, $0.tokens) } }
  }

  private mutating func stratum(of entry: SplitCollector.Entry, _ identity: DatasetIdentity) -> Int {
    switch settings.stratum {
    case nil: return 0
    case .subject: return Self.number(of: "\(identity.kind.rawValue) \(identity.subject)", in: &strata)
    case .score:
      let band = identity.scoreScale?.bands.first { $0.contains(entry.score) }
      return Self.number(of: "\(identity.kind.rawValue) \(band?.key ?? entry.score.key)", in: &strata)
    case .column: return Self.number(of: entry.stratum ?? "null", in: &strata)
    }
  }

  /// What an entry must stay together with; nil if the dataset does not say.
  private func groupKey(
    of entry: SplitCollector.Entry, in summary: SplitCollector.Summary, _ identity: DatasetIdentity
  ) -> GroupKey? {
    switch settings.group(of: identity.kind) {
    case .none: return nil
    case .prompt:
      guard let prompt = entry.promptIndex, let question = entry.questionIndex else { return nil }
      return .prompt(
        kind: identity.kind, subject: identity.subject, label: entry.label, prompt: prompt, question: question)
    case .question:
      if let question = entry.question { return .question(summary.questions[question]) }
      return entry.questionIndex.map { .questionIndex(identity.kind, $0) }
    }
  }

  private static func number<Key: Hashable>(of key: Key, in numbers: inout [Key: Int]) -> Int {
    if let number = numbers[key] { return number }
    numbers[key] = numbers.count
    return numbers.count - 1
  }
}
