import TokenStatistics

extension Sequence<DatasetProfile> {
  /// The scales of the datasets with the kinds they belong to, kinds in their order, each pair once.
  var scoreScales: [(kind: DatasetKind, scale: ScoreScale)] {
    DatasetKind.allCases.flatMap { kind in
      var scales: [ScoreScale] = []
      for profile in self where profile.kind == kind {
        if let scale = profile.scoreScale, !scales.contains(scale) { scales.append(scale) }
      }
      return scales.map { (kind, $0) }
    }
  }
}

extension ScoreBand {
  /// The band's name in a plot: `3`, `85–100`, and with an open end `3+`, `≤24`.
  func title(isOpenBelow: Bool = false, isOpenAbove: Bool = false) -> String {
    if isOpenAbove { return "\(lowest)+" }
    if isOpenBelow { return "≤\(highest)" }
    return lowest == highest ? "\(lowest)" : "\(lowest)–\(highest)"
  }
}

/// What one bar of the score panel shows.
struct ScoreBar: Sendable, Equatable {
  var conversations = 0
  var tokens = 0

  mutating func add(_ tally: ScoreTally) {
    conversations += tally.conversations
    tokens += tally.tokens
  }
}

/// All bars of a dataset's score panel.
struct ScoreBars: Sendable, Equatable {
  /// The most bars that have room.
  private static let mostBars = 20
  /// The most scores that are given a wide bar each.
  private static let mostWideBars = 5

  /// The scores that share a bar; the last bar holds the highest score too.
  let scoresPerBar: Int
  /// The bars of the scores, lowest first.
  var scored: [ScoreBar]
  /// The conversations without a score.
  var unscored = ScoreBar()

  init(_ profile: DatasetProfile, scale: ScoreScale) {
    let range = scale.range
    let span = range.upperBound - range.lowerBound
    let scoresPerBar = range.count <= Self.mostBars ? 1 : (span + Self.mostBars - 1) / Self.mostBars
    let count = scoresPerBar == 1 ? range.count : (span + scoresPerBar - 1) / scoresPerBar
    self.scoresPerBar = scoresPerBar
    scored = [ScoreBar](repeating: ScoreBar(), count: count)
    for (score, tally) in profile.scores {
      if let value = score.floor {
        let inside = min(max(value, range.lowerBound), range.upperBound) - range.lowerBound
        scored[min(inside / scoresPerBar, count - 1)].add(tally)
      } else {
        unscored.add(tally)
      }
    }
  }

  /// Whether every score is a band of its own with room for a wide, named bar; else bars are narrow and bands named.
  static func hasWideBars(_ scale: ScoreScale) -> Bool {
    scale.hasBandPerScore && scale.bands.count <= mostWideBars
  }

  /// The lowest score of the bar `index`; of one past the last, where it would begin.
  func lowestScore(of index: Int, scale: ScoreScale) -> Int {
    scale.range.lowerBound + index * scoresPerBar
  }

  /// The bars from the first to the last that has conversations or that `filters` leave in.
  func shown(by filters: ScoreFilters, scale: ScoreScale) -> Range<Int> {
    let left = scored.indices.filter { index in
      let end = index == scored.count - 1 ? scale.range.upperBound : lowestScore(of: index + 1, scale: scale) - 1
      let scores = ScoreBand(lowestScore(of: index, scale: scale)...end)
      return scored[index].conversations > 0 || !filters.excludes(scores)
    }
    guard let first = left.first, let last = left.last else { return scored.indices }
    return first..<last + 1
  }

  /// The highest share of conversations or tokens among some scored bars in percent.
  func highest(of shown: Range<Int>, conversations: Int, tokens: Int) -> Double {
    scored[shown].reduce(0) { highest, bar in
      max(
        highest, 100 * Double(bar.conversations) / Double(max(conversations, 1)),
        100 * Double(bar.tokens) / Double(max(tokens, 1)))
    }
  }

  /// The highest share of conversations of a scored bar in percent; 0 without conversations.
  func highest(of whole: Int) -> Double {
    100 * Double(scored.map(\.conversations).max() ?? 0) / Double(max(whole, 1))
  }
}
