/// How the lengths of two groups of conversations differ, such as those of the labels `pos` and `neg` of a trait.
///
/// Differences are the first group's value less the second's, in tokens.
public struct LengthContrast: Sendable, Equatable {
  /// The first group's lengths.
  public let first: LengthDistribution
  /// The second group's lengths.
  public let second: LengthDistribution

  /// Contrasts `first` with `second`.
  public init(_ first: LengthDistribution, _ second: LengthDistribution) {
    self.first = first
    self.second = second
  }

  /// The difference of the means; nil where a group is empty, as all other values then.
  public var meanDifference: Double? {
    guard let a = first.mean, let b = second.mean else { return nil }
    return a - b
  }

  /// The difference of the medians.
  public var medianDifference: Int? {
    guard let a = first.percentile(50), let b = second.percentile(50) else { return nil }
    return a - b
  }

  /// The first group's median as a multiple of the second's; nil where that is 0.
  public var medianRatio: Double? {
    guard let a = first.percentile(50), let b = second.percentile(50), b > 0 else { return nil }
    return Double(a) / Double(b)
  }

  /// Cohen's *d*: the difference of the means in pooled standard deviations; nil where all lengths are equal.
  ///
  /// Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. 1988, section 2.2; about 0.2
  /// is called small, 0.5 medium, 0.8 large.
  public var cohensD: Double? {
    guard let meanDifference, let a = first.standardDeviation, let b = second.standardDeviation else { return nil }
    let freedom = Double(first.count + second.count - 2)
    guard freedom > 0 else { return nil }
    let pooled = ((a * a * Double(first.count) + b * b * Double(second.count)) / freedom).squareRoot()
    return pooled > 0 ? meanDifference / pooled : nil
  }

  /// The probability that a conversation of the first group is longer than one of the second, ties counting half.
  ///
  /// It is 0.5 where length tells nothing about the group. Source: K. O. McGraw and S. P. Wong, A common language
  /// effect size statistic, Psychological Bulletin 111 (1992).
  ///
  /// - Complexity: O(*d* + *e*) for *d* and *e* distinct lengths.
  public var probabilityLonger: Double? {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    var below = 0
    var index = 0
    var halves: UInt128 = 0
    for entry in first.entries {
      while index < second.entries.count, second.entries[index].length < entry.length {
        below += second.entries[index].count
        index += 1
      }
      let equal = index < second.entries.count && second.entries[index].length == entry.length
      let ties = equal ? second.entries[index].count : 0
      halves += UInt128(entry.count) * UInt128(2 * below + ties)
    }
    return Double(halves) / (2 * Double(first.count) * Double(second.count))
  }
}
