import TokenStatistics

/// What one bar of the score chart stands for.
struct ScoreBar: Sendable, Equatable {
  var conversations = 0
  var tokens = 0

  mutating func add(_ tally: ScoreTally) {
    conversations += tally.conversations
    tokens += tally.tokens
  }
}

/// All bars of a dataset's score chart.
struct ScoreBars: Sendable, Equatable {
  /// The scores that share a bar of a trait.
  static let traitScoresPerBar = 5
  /// The bars of a trait; the last one holds 95 to 100.
  static let traitBarCount = 20

  /// One bar a score for roles, one for five scores for traits, lowest first.
  var scored: [ScoreBar]
  /// The conversations without a score.
  var unscored = ScoreBar()

  init(_ profile: DatasetProfile) {
    let range = profile.type.scoreRange
    let count = profile.type == .role ? range.count : Self.traitBarCount
    let step = profile.type == .role ? 1 : Self.traitScoresPerBar
    scored = [ScoreBar](repeating: ScoreBar(), count: count)
    for (score, tally) in profile.scores {
      if case .value(let value) = score {
        let inside = min(max(value, range.lowerBound), range.upperBound) - range.lowerBound
        scored[min(inside / step, count - 1)].add(tally)
      } else {
        unscored.add(tally)
      }
    }
  }

  /// The highest share of conversations of a scored bar in percent; 0 without conversations.
  func highest(of whole: Int) -> Double {
    100 * Double(scored.map(\.conversations).max() ?? 0) / Double(max(whole, 1))
  }
}
