extension LengthDistribution {
  /// The shortest length in tokens; nil without conversations.
  public var minimum: Int? { entries.first?.length }

  /// The longest length in tokens; nil without conversations.
  public var maximum: Int? { entries.last?.length }

  /// The mean length in tokens; nil without conversations.
  public var mean: Double? {
    isEmpty ? nil : Double(total) / Double(count)
  }

  /// The standard deviation of the lengths as a whole population, in tokens; nil without conversations.
  ///
  /// The squared deviations are summed in ascending order, one conversation after another, so the value depends
  /// neither on the order of adding nor on how parts were merged.
  public var standardDeviation: Double? {
    guard let mean else { return nil }
    var sum = 0.0
    for entry in entries {
      let deviation = Double(entry.length) - mean
      let square = deviation * deviation
      if entry.count <= Self.longestRepeatedSum {
        for _ in 0..<entry.count { sum += square }
      } else {
        sum += square * Double(entry.count)
      }
    }
    return (sum / Double(count)).squareRoot()
  }

  /// The nearest-rank percentile: the smallest length that at least `percent` % of the conversations do not exceed.
  ///
  /// - Parameter percent: The percentage, honoured to a thousandth; 0 and below give the minimum.
  /// - Returns: A length that occurs, or nil without conversations.
  /// - Complexity: O(*d*) for *d* distinct lengths.
  public func percentile(_ percent: Double) -> Int? {
    guard percent > 0 else { return minimum }
    guard percent < 100 else { return maximum }
    let thousandths = Int((percent * 1_000).rounded())
    let rank = max(1, (count * thousandths + 99_999) / 100_000)
    var seen = 0
    for entry in entries {
      seen += entry.count
      if seen >= rank { return entry.length }
    }
    return nil
  }

  /// The number of conversations longer than `limit` tokens.
  public func count(above limit: Int) -> Int {
    guard limit < Int.max else { return 0 }
    return entries[firstIndex(ofLengthAtLeast: limit + 1)...].reduce(0) { $0 + $1.count }
  }

  /// The tokens beyond `limit`, summed over all conversations that are longer.
  public func tokensLost(above limit: Int) -> Int {
    guard limit < Int.max else { return 0 }
    return entries[firstIndex(ofLengthAtLeast: limit + 1)...].reduce(0) { $0 + ($1.length - limit) * $1.count }
  }

  /// The largest count whose terms are summed one by one, as the reference does, instead of multiplied.
  private static let longestRepeatedSum = 1 << 16
}
