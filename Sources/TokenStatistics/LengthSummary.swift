/// The summary of a length distribution that the statistics document stores; every value in tokens.
public struct LengthSummary: Sendable, Hashable {
  /// The percentiles that are stored, in percent.
  public static let storedPercents = [1, 5, 25, 50, 75, 90, 95, 99]

  /// The shortest length; nil without conversations, as all other values then.
  public var minimum: Int?
  /// The longest length.
  public var maximum: Int?
  /// The mean length.
  public var mean: Double?
  /// The population's standard deviation.
  public var standardDeviation: Double?
  /// The nearest-rank percentiles by percent.
  public var percentiles: [Int: Int]

  /// Summarises `lengths`.
  public init(_ lengths: LengthDistribution) {
    minimum = lengths.minimum
    maximum = lengths.maximum
    mean = lengths.mean
    standardDeviation = lengths.standardDeviation
    percentiles = [:]
    for percent in Self.storedPercents { percentiles[percent] = lengths.percentile(Double(percent)) }
  }

  init(
    minimum: Int?, maximum: Int?, mean: Double?, standardDeviation: Double?, percentiles: [Int: Int]
  ) {
    self.minimum = minimum
    self.maximum = maximum
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.percentiles = percentiles
  }
}
