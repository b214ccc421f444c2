import Glibc
import JSON
import Support

/// The bins of the stored histograms: integer lengths on a logarithmic scale, eight bins an octave.
public enum HistogramBins {
  /// The largest edge, 2^17 tokens: the longest context of the supported models.
  public static let largestEdge = 1 << 17

  /// The edges, ascending: `round(2^(k/8))` without repeats.
  ///
  /// Bin 0 holds the lengths below the first edge, bin *i* those from edge *i - 1* up to but not including edge *i*,
  /// and the last bin all from the last edge on.
  public static let edges: [Int] = {
    var edges: [Int] = []
    for step in 0... {
      let edge = Int(exp2(Double(step) / 8).rounded())
      if edge > largestEdge { break }
      if edges.last != edge { edges.append(edge) }
    }
    return edges
  }()

  /// The bin of a length.
  ///
  /// - Complexity: O(log *e*) for *e* edges.
  public static func bin(of length: Int) -> Int {
    var low = 0
    var high = edges.count
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] <= length { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The number of conversations in each bin: one more than there are edges.
  ///
  /// - Complexity: O(*d* + *e*) for *d* distinct lengths and *e* edges.
  public static func counts(of lengths: LengthDistribution, edges: [Int] = edges) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    var bin = 0
    for entry in lengths.entries {
      while bin < edges.count, edges[bin] <= entry.length { bin += 1 }
      counts[bin] += entry.count
    }
    return counts
  }
}

/// The summary of a length distribution that the statistics document stores; every value in tokens.
public struct LengthSummary: Sendable, Hashable {
  /// The percentiles that are stored, in percent.
  public static let storedPercents = [1, 5, 25, 50, 75, 90, 95, 99]

  /// The fewest conversations of which a percentile is shown to people: of fewer, it is the length of one of those at
  /// the end. Programs get it of any number.
  public static func fewestConversations(forPercent percent: Int) -> Int {
    switch percent {
    case 1, 99: 100
    case 5, 95: 20
    default: 1
    }
  }

  /// The shortest length; nil without conversations, as are all other values then.
  public var minimum: Int?
  /// The longest length.
  public var maximum: Int?
  /// The mean length.
  public var mean: Double?
  /// The population's standard deviation.
  public var standardDeviation: Double?
  /// The nearest-rank percentiles by percent.
  public var percentiles: [Int: Int]

  /// Summarizes `lengths`.
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

extension LengthSummary {
  var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("min", .optional(minimum)), ("max", .optional(maximum)), ("mean", .optional(mean)),
      ("std", .optional(standardDeviation)),
    ]
    for percent in Self.storedPercents { members.append(("p\(percent)", .optional(percentiles[percent]))) }
    return .fields(members)
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(
      minimum: try fields.optionalCount("min"), maximum: try fields.optionalCount("max"),
      mean: try fields.optionalNumber("mean"), standardDeviation: try fields.optionalNumber("std"), percentiles: [:])
    for percent in Self.storedPercents { percentiles[percent] = try fields.optionalCount("p\(percent)") }
  }
}

extension LengthSummary {
  init?(optional fields: FieldReader) throws(FileError) {
    guard let length = try fields.optionalObject("length") else { return nil }
    try self.init(length)
  }
}

/// The stored numbers of a group of conversations, such as those of one score.
public struct GroupSummary: Sendable, Hashable {
  /// The number of conversations.
  public var conversations: Int
  /// Their tokens.
  public var tokens: Int
  /// The tokens of kind assistant and thinking; nil if the file does not say.
  public var assistantTokens: Int?
  /// The summary of their lengths; nil if the file does not say.
  public var length: LengthSummary?
  /// The conversations in each of the document's bins; nil if the file does not say.
  public var histogram: [Int]?

  /// Makes a group from its parts.
  public init(
    conversations: Int, tokens: Int, assistantTokens: Int? = nil, length: LengthSummary? = nil, histogram: [Int]? = nil
  ) {
    self.conversations = conversations
    self.tokens = tokens
    self.assistantTokens = assistantTokens
    self.length = length
    self.histogram = histogram
  }
}

extension GroupSummary {
  var json: JSONValue {
    var object = JSONObject([("conversations", .number(conversations)), ("tokens", .number(tokens))])
    if let assistantTokens { object["assistant_tokens"] = .number(assistantTokens) }
    if let length { object["length"] = length.json }
    if let histogram { object["hist"] = .numbers(histogram) }
    return .object(object)
  }

  init(_ fields: FieldReader) throws(FileError) {
    self.init(
      conversations: try fields.count("conversations"), tokens: try fields.count("tokens"),
      assistantTokens: try fields.optionalCount("assistant_tokens"), length: try LengthSummary(optional: fields),
      histogram: try fields.optionalCounts("hist"))
  }
}
