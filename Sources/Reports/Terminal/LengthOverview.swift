public import JSON
import Support
public import TokenStatistics

/// The lengths of many datasets together, for the table and the sentence at the end of an analysis.
public struct LengthOverview: Sendable {
  /// What the datasets have in common, such as a model's name.
  public let title: String
  /// How many datasets were added.
  public private(set) var datasets = 0
  /// The lengths of all their conversations.
  public private(set) var lengths = LengthDistribution()

  /// Makes an overview of no datasets.
  public init(title: String) { self.title = title }

  /// Adds a dataset.
  public mutating func add(_ profile: DatasetProfile) {
    datasets += 1
    lengths.merge(profile.lengths)
  }

  /// The headings of ``cells``.
  public static let columns: [ResultTable.Column] = [
    .text("title", title: ""), .number("datasets", importance: .medium), .number("conversations", importance: .medium),
    .number("tokens"), .number("mean", importance: .low), .number("median"), .number("p95"), .number("p99"),
    .number("longest"),
  ]

  /// One row of a table.
  public var cells: [ResultTable.Value] {
    [
      .text(title), .integer(datasets), .integer(lengths.count), .integer(lengths.total),
      .decimal(lengths.mean, digits: 0), .integer(lengths.percentile(50)), percentile(95), percentile(99),
      .integer(lengths.maximum),
    ]
  }

  private func percentile(_ percent: Int) -> ResultTable.Value {
    .percentile(percent, lengths.percentile(Double(percent)), of: lengths.count)
  }

  /// The same numbers, and the 90th percentile, for programs.
  public var json: JSONValue {
    let percentiles = [50, 90, 95, 99].map { percent in
      ("p\(percent)", lengths.percentile(Double(percent)).map(JSONValue.number) ?? .null)
    }
    return .object(
      JSONObject(
        [
          ("datasets", .number(datasets)), ("conversations", .number(lengths.count)),
          ("tokens", .number(lengths.total)),
          ("mean", lengths.mean.map(JSONValue.double) ?? .null),
        ] + percentiles + [("max", lengths.maximum.map(JSONValue.number) ?? .null)]))
  }

  /// A maximal length that suits the conversations, and what it costs: the power of two from the 99th percentile on,
  /// which of fewer than a hundred is the longest.
  public var conclusion: String? {
    guard let p99 = lengths.percentile(99) else { return nil }
    var limit = 1
    while limit < p99 { limit *= 2 }
    let lost = lengths.count(above: limit)
    let cost = lost == 0 ? "loses nothing" : "loses \(NumberFormat.share(lost, of: lengths.count)) of conversations"
    let what = lengths.count < LengthSummary.fewestConversations(forPercent: 99) ? "longest" : "p99"
    return "\(title): \(what) = \(NumberFormat.grouped(p99)): max_length \(NumberFormat.grouped(limit)) \(cost)"
  }
}
