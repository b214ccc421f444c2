/// A condition on the numbers of a dataset, such as `p99>2048` or `no_target@4096>0`.
///
/// It names a number, a comparison (`>`, `>=`, `<`, `<=`, `=` or `!=`) and a value; what a limit costs is named with the
/// limit after `@`, or without one where the statistics have only one.
///
///     let condition = StatisticsCondition("p99>2048")
///     try condition?.value(of: summary)  // 2210.0
public struct StatisticsCondition: Sendable, Hashable, CustomStringConvertible {
  /// How the number is compared with the value.
  public enum Comparison: String, Sendable, Hashable, CaseIterable {
    /// Greater or equal.
    case atLeast = ">="
    /// Less or equal.
    case atMost = "<="
    /// Not equal.
    case differs = "!="
    /// Greater.
    case above = ">"
    /// Less.
    case below = "<"
    /// Equal.
    case equals = "="

    /// Whether `number` compares with `value` in this way.
    func holds(_ number: Double, _ value: Double) -> Bool {
      switch self {
      case .atLeast: number >= value
      case .atMost: number <= value
      case .differs: number != value
      case .above: number > value
      case .below: number < value
      case .equals: number == value
      }
    }
  }

  /// The name of the number.
  public let number: String
  /// The limit in tokens, for what a limit costs.
  public var limit: Int?
  /// How the number is compared.
  public let comparison: Comparison
  /// What it is compared with.
  public let value: Double

  /// The names of all numbers that can be compared.
  public static let numbers =
    ["conversations", "tokens", "min", "max", "mean", "std"] + LengthSummary.storedPercents.map { "p\($0)" }
    + ["template_errors"] + limitNumbers
  private static let limitNumbers = [
    "over", "tokens_lost", "trained_tokens_lost", "no_target", "end_lost", "prompt_over", "completion_over",
  ]

  /// Reads a condition; nil if it has another form, or names a number that there is not.
  ///
  /// Values are written as `2048`, `2,048`, `2k` (1,024 each) or `0.5`.
  ///
  /// - Parameter names: Further numbers that there are.
  public init?(_ text: String, names: [String] = []) {
    let bytes = Array(text.utf8.filter { $0 != UInt8(ascii: " ") })
    guard let place = bytes.firstIndex(where: { Array("<>=!".utf8).contains($0) }) else { return nil }
    let rest = bytes[place...]
    guard let comparison = Comparison.allCases.first(where: { rest.starts(with: $0.rawValue.utf8) }) else { return nil }
    let name = String(decoding: bytes[..<place], as: UTF8.self).split(
      separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let number = name.first.map(String.init), names.contains(number) || Self.numbers.contains(number),
      let value = Self.value(String(decoding: rest.dropFirst(comparison.rawValue.utf8.count), as: UTF8.self))
    else { return nil }
    if name.count == 2 {
      guard Self.limitNumbers.contains(number), let limit = Self.value(String(name[1])), limit >= 1,
        let whole = Int(exactly: limit)
      else { return nil }
      self.limit = whole
    } else {
      limit = nil
    }
    self.number = number
    self.comparison = comparison
    self.value = value
  }

  private static func value(_ text: String) -> Double? {
    let factors: [Character: Double] = ["k": 1_024, "K": 1_024, "m": 1_048_576, "M": 1_048_576]
    let factor = text.last.flatMap { factors[$0] }
    let digits = (factor == nil ? text[...] : text.dropLast()).filter { $0 != "," && $0 != "_" }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }), let value = Double(digits)
    else { return nil }
    return value * (factor ?? 1)
  }

  /// Whether what a limit costs is asked for, and of which limit.
  public var needsLimit: Bool { Self.limitNumbers.contains(number) }

  /// The number that `summary` has; nil where it is not known, as of a limit that the statistics do not have.
  public func number(of summary: DatasetSummary) -> Double? {
    let length = summary.all.length
    switch number {
    case "conversations": return Double(summary.all.conversations)
    case "tokens": return Double(summary.all.tokens)
    case "min": return length?.minimum.map(Double.init)
    case "max": return length?.maximum.map(Double.init)
    case "mean": return length?.mean
    case "std": return length?.standardDeviation
    case "template_errors": return Double(summary.templateErrors.values.reduce(0, +))
    case _ where needsLimit: return cost(of: summary).map(Double.init)
    default: return Int(number.dropFirst()).flatMap { length?.percentiles[$0] }.map(Double.init)
    }
  }

  private func cost(of summary: DatasetSummary) -> Int? {
    let cost = limit.map { summary.limits[$0] } ?? (summary.limits.count == 1 ? summary.limits.values.first : nil)
    switch number {
    case "over": return cost?.conversations
    case "tokens_lost": return cost?.tokensLost
    case "trained_tokens_lost": return cost?.trainedTokensLost
    case "no_target": return cost?.withoutTarget
    case "end_lost": return cost?.endsLost
    case "prompt_over": return cost?.promptsOver
    default: return cost?.completionsOver
    }
  }

  /// Whether the condition holds where the number is `number`.
  public func holds(_ number: Double) -> Bool { comparison.holds(number, value) }

  /// Whether the condition holds for a dataset; nil where the number is not known.
  public func holds(for summary: DatasetSummary) -> Bool? {
    number(of: summary).map(holds)
  }

  /// The condition as it is written.
  public var description: String {
    let whole = Int(exactly: value).map(String.init) ?? "\(value)"
    return "\(number)\(limit.map { "@\($0)" } ?? "")\(comparison.rawValue)\(whole)"
  }
}
