import Support
public import TokenStatistics

extension ScoreFilters {
  /// The labels that the corpus knows and that stand in names.
  public static let knownLabels = ["pos", "neg", "default"]

  /// Whether every row passes.
  public var isEmpty: Bool { minimumScore == nil && maximumScore == nil && label == nil }

  /// Whether a row passes; a missing score passes no filter by score, a missing label none by label.
  public func includes(score: Score, label: String?) -> Bool {
    if let required = self.label, !(label?.hasSameBytes(as: required) ?? false) { return false }
    guard minimumScore != nil || maximumScore != nil else { return true }
    guard case .value(let value) = score else { return false }
    return value >= minimumScore ?? .min && value <= maximumScore ?? .max
  }

  /// The filters as a selection writes them, such as `label=pos,min_score=3`; empty for none.
  public var selectionText: String {
    let parts = [
      label.map { "label=\($0)" }, minimumScore.map { "min_score=\($0)" }, maximumScore.map { "max_score=\($0)" },
    ]
    return parts.compactMap { $0 }.joined(separator: ",")
  }
}
