/// A closed range of scores that is shown and summarised as one group.
public struct ScoreBand: Sendable, Hashable {
  /// The lowest score of the band.
  public let lowest: Int
  /// The highest score of the band.
  public let highest: Int

  /// Makes a band of all scores in `range`.
  public init(_ range: ClosedRange<Int>) {
    lowest = range.lowerBound
    highest = range.upperBound
  }

  /// The band's key in the statistics document: `"85-100"`, or `"3"` where the band is a single score.
  public var key: String {
    lowest == highest ? String(lowest) : "\(lowest)-\(highest)"
  }

  /// Whether `score` lies in the band; a missing score lies in none.
  public func contains(_ score: Score) -> Bool {
    guard case .value(let value) = score else { return false }
    return lowest <= value && value <= highest
  }
}
