/// The filters that a dataset was made with, as its name tells them.
public struct ScoreFilters: Sendable, Hashable {
  /// Only conversations with at least this score.
  public var minimumScore: Int?
  /// Only conversations with at most this score.
  public var maximumScore: Int?
  /// Only conversations with this label.
  public var label: String?

  /// Makes filters from their parts; nil means no filter.
  public init(minimumScore: Int? = nil, maximumScore: Int? = nil, label: String? = nil) {
    self.minimumScore = minimumScore
    self.maximumScore = maximumScore
    self.label = label
  }
}
