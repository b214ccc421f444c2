/// The kind of persona a dataset was made for, as written in its name and in its score range.
public enum PersonaType: String, Sendable, Hashable, CaseIterable {
  /// A role such as `accountant`; scores run from 0 to 3.
  case role
  /// A trait such as `analytical`; scores run from 0 to 100.
  case trait

  /// The scores a grader can give for this type.
  public var scoreRange: ClosedRange<Int> {
    switch self {
    case .role: 0...3
    case .trait: 0...100
    }
  }

  /// The bands that histograms and band statistics use, lowest first; together they cover ``scoreRange``.
  ///
  /// A role has one band a score. A trait has five, whose borders include the corpus's thresholds 50 and 70.
  public var scoreBands: [ScoreBand] {
    switch self {
    case .role: scoreRange.map { ScoreBand($0...$0) }
    case .trait: [0...24, 25...49, 50...69, 70...84, 85...100].map { ScoreBand($0) }
    }
  }
}
