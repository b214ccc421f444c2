import TokenStatistics

/// The lengths a length axis shows: from a lower power of two up to, but without, an upper one.
public struct LengthDomain: Sendable, Hashable {
  /// The binary logarithm of the shortest length shown.
  let lowerOctave: Int
  /// The binary logarithm of the first length no longer shown.
  let upperOctave: Int

  /// The highest octave a domain can reach.
  static let highestOctave = 40

  init(lowerOctave: Int, upperOctave: Int) {
    self.lowerOctave = lowerOctave
    self.upperOctave = upperOctave
  }

  /// Makes a domain from two powers of two in tokens, the lower one first and at least 1.
  ///
  /// - Throws: ``PlotError/domain(text:)`` where a bound is no power of two or the order is wrong.
  public init(lower: Int, upper: Int) throws(PlotError) {
    guard lower > 0, upper > lower, lower.nonzeroBitCount == 1, upper.nonzeroBitCount == 1,
      upper.trailingZeroBitCount <= Self.highestOctave
    else { throw .domain(text: "\(lower):\(upper)") }
    self.init(lowerOctave: lower.trailingZeroBitCount, upperOctave: upper.trailingZeroBitCount)
  }

  /// Reads a domain from text such as `64:2048`.
  ///
  /// - Throws: ``PlotError/domain(text:)`` where the text does not have that form.
  public init(parsing text: String) throws(PlotError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let lower = Int(parts[0]), let upper = Int(parts[1]),
      let domain = try? LengthDomain(lower: lower, upper: upper)
    else { throw .domain(text: text) }
    self = domain
  }

  /// The domain that holds the middle 99.8 % of `lengths`, at least five octaves wide; nil without conversations.
  ///
  /// It runs from the power of two at or below the percentile 0.1 to the one above the percentile 99.9. What is
  /// missing to five octaves is added below and above in turn.
  init?(covering lengths: LengthDistribution) {
    guard let low = lengths.percentile(0.1), let high = lengths.percentile(99.9) else { return nil }
    var lower = Self.octave(atOrBelow: max(low, 1))
    var upper = max(Self.octave(atOrBelow: max(high, 1)) + 1, lower + 1)
    var extendsBelow = true
    while upper - lower < Self.fewestOctaves {
      if extendsBelow, lower > 0 { lower -= 1 } else { upper += 1 }
      extendsBelow.toggle()
    }
    self.init(lowerOctave: lower, upperOctave: min(upper, Self.highestOctave))
  }

  /// The shortest length shown, in tokens.
  public var lower: Int { 1 << lowerOctave }

  /// The first length no longer shown, in tokens.
  public var upper: Int { 1 << upperOctave }

  /// The width in octaves.
  var octaves: Int { upperOctave - lowerOctave }

  /// Whether the axis shows `length`.
  func contains(_ length: Int) -> Bool {
    lower <= length && length < upper
  }

  private static let fewestOctaves = 5

  private static func octave(atOrBelow length: Int) -> Int {
    Int.bitWidth - 1 - length.leadingZeroBitCount
  }
}
