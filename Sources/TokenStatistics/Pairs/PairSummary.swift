public import JSON
import Support

/// Preferred answers beside the others of the same rows, in numbers.
public struct PairSummary: Sendable, Equatable {
  /// What a limit does to both sides.
  public struct Limit: Sendable, Hashable {
    /// The pairs whose preferred conversation is longer than the limit.
    public var chosen = 0
    /// The pairs whose other conversation is.
    public var rejected = 0
    /// The pairs of which at least one is.
    public var either = 0
    /// The pairs of which both are.
    public var both = 0

    /// Makes numbers of nothing.
    public init() {}
  }

  /// The full name of the dataset with the preferred answers.
  public var chosen: String
  /// The full name of the dataset with the other answers.
  public var rejected: String
  /// The rows of which both conversations were counted.
  public var pairs: Int
  /// The rows of which only one was.
  public var unpaired: Int
  /// The tokens of the preferred conversations.
  public var chosenTokens: Int
  /// The tokens of the other conversations.
  public var rejectedTokens: Int
  /// The pairs whose preferred conversation is the longer one.
  public var chosenLonger: Int
  /// The pairs whose other conversation is.
  public var rejectedLonger: Int
  /// The tokens by which preferred conversations are longer than the others.
  public var difference: DifferenceSummary
  /// Cohen's *d* of the lengths, preferred against others; nil if all lengths are equal.
  public var cohensD: Double?
  /// The probability that a preferred conversation is longer than another one of any pair, ties counting half.
  public var probabilityLonger: Double?
  /// The prompts, each once though both conversations begin with it; nil where it is not known where they end.
  public var prompts: TrainingSummary.Part?
  /// What limits do, by limit in tokens.
  public var limits: [Int: Limit]

  /// The pairs whose conversations have the same length.
  public var equalLength: Int { pairs - chosenLonger - rejectedLonger }

  /// Summarizes the lengths of both sides, row by row.
  ///
  /// - Parameters:
  ///   - names: The full names of the datasets.
  ///   - lengths: The lengths in tokens of both sides; nil for rows that were not counted.
  ///   - prompts: The tokens of the rows' prompts, where they are known.
  ///   - limits: Length limits in tokens.
  /// - Complexity: O(*n* log *n*) for *n* rows.
  public init(
    names: (chosen: String, rejected: String), lengths: some Sequence<(chosen: Int?, rejected: Int?)>,
    prompts: [Int], limits: [Int]
  ) {
    (chosen, rejected) = names
    (pairs, unpaired, chosenTokens, rejectedTokens, chosenLonger, rejectedLonger) = (0, 0, 0, 0, 0, 0)
    self.limits = Dictionary(uniqueKeysWithValues: Set(limits).map { ($0, Limit()) })
    var sides: (chosen: [Int], rejected: [Int]) = ([], [])
    for row in lengths {
      guard let first = row.chosen, let second = row.rejected else {
        unpaired += row.chosen == nil && row.rejected == nil ? 0 : 1
        continue
      }
      pairs += 1
      chosenTokens += first
      rejectedTokens += second
      if first > second { chosenLonger += 1 }
      if first < second { rejectedLonger += 1 }
      sides.chosen.append(first)
      sides.rejected.append(second)
      for limit in limits {
        if first > limit { self.limits[limit]?.chosen += 1 }
        if second > limit { self.limits[limit]?.rejected += 1 }
        if first > limit || second > limit { self.limits[limit]?.either += 1 }
        if first > limit && second > limit { self.limits[limit]?.both += 1 }
      }
    }
    difference = DifferenceSummary(zip(sides.chosen, sides.rejected).map { $0 - $1 })
    let contrast = LengthContrast(LengthDistribution(sides.chosen), LengthDistribution(sides.rejected))
    cohensD = contrast.cohensD
    probabilityLonger = contrast.probabilityLonger
    self.prompts = prompts.isEmpty ? nil : TrainingSummary.Part(LengthDistribution(prompts))
  }
}

extension PairSummary {
  private static var counts: [(key: String, count: WritableKeyPath<PairSummary, Int>)] {
    [
      ("pairs", \.pairs), ("unpaired", \.unpaired), ("chosen_tokens", \.chosenTokens),
      ("rejected_tokens", \.rejectedTokens), ("chosen_longer", \.chosenLonger), ("rejected_longer", \.rejectedLonger),
    ]
  }

  private static var limitCounts: [(key: String, count: WritableKeyPath<Limit, Int>)] {
    [("chosen", \.chosen), ("rejected", \.rejected), ("either", \.either), ("both", \.both)]
  }

  /// The entry of the statistics.
  public var json: JSONValue {
    var object = JSONObject([("chosen", .string(chosen)), ("rejected", .string(rejected))])
    for member in Self.counts { object[member.key] = .number(self[keyPath: member.count]) }
    object["equal_length"] = .number(equalLength)
    object["difference"] = difference.json
    object["d"] = .optional(cohensD)
    object["p_longer"] = .optional(probabilityLonger)
    if let prompts { object["prompt"] = prompts.json }
    object["over_limit"] = .fields(limits.sorted { $0.key < $1.key }) { limit in
      (String(limit.key), .fields(Self.limitCounts) { ($0.key, .number(limit.value[keyPath: $0.count])) })
    }
    return .object(object)
  }

  /// Reads an entry of the statistics.
  init(_ fields: FieldReader) throws(FileError) {
    chosen = try fields.text("chosen")
    rejected = try fields.text("rejected")
    (pairs, unpaired, chosenTokens, rejectedTokens, chosenLonger, rejectedLonger) = (0, 0, 0, 0, 0, 0)
    difference = try DifferenceSummary(fields.object("difference"))
    cohensD = try fields.optionalNumber("d")
    probabilityLonger = try fields.optionalNumber("p_longer")
    if let stored = try fields.optionalObject("prompt") { prompts = try TrainingSummary.Part(stored) }
    limits = [:]
    for (key, counts) in try fields.object("over_limit").objects() {
      var limit = Limit()
      for member in Self.limitCounts { limit[keyPath: member.count] = try counts.count(member.key) }
      limits[try fields.limitKey(key)] = limit
    }
    for member in Self.counts { self[keyPath: member.count] = try fields.count(member.key) }
  }
}

/// The summary of differences between lengths, in tokens; all values nil without pairs.
public struct DifferenceSummary: Sendable, Hashable {
  /// The smallest difference, which may be negative.
  public private(set) var minimum: Int?
  /// The largest difference.
  public private(set) var maximum: Int?
  /// The mean difference.
  public private(set) var mean: Double?
  /// The population's standard deviation.
  public private(set) var standardDeviation: Double?
  /// The nearest-rank percentiles by percent.
  public private(set) var percentiles: [Int: Int] = [:]

  /// Summarizes differences.
  init(_ differences: [Int]) {
    guard !differences.isEmpty else { return }
    let sorted = differences.sorted()
    let count = sorted.count
    let mean = Double(sorted.reduce(0, +)) / Double(count)
    minimum = sorted.first
    maximum = sorted.last
    self.mean = mean
    let squares = sorted.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    standardDeviation = (squares / Double(count)).squareRoot()
    for percent in LengthSummary.storedPercents {
      percentiles[percent] = sorted[max(1, (count * percent + 99) / 100) - 1]
    }
  }

  var json: JSONValue {
    .fields(
      [
        ("min", .optional(minimum)), ("max", .optional(maximum)), ("mean", .optional(mean)),
        ("std", .optional(standardDeviation)),
      ] + LengthSummary.storedPercents.map { ("p\($0)", .optional(percentiles[$0])) })
  }

  init(_ fields: FieldReader) throws(FileError) {
    minimum = try fields.optionalInteger("min")
    maximum = try fields.optionalInteger("max")
    mean = try fields.optionalNumber("mean")
    standardDeviation = try fields.optionalNumber("std")
    for percent in LengthSummary.storedPercents { percentiles[percent] = try fields.optionalInteger("p\(percent)") }
  }
}
