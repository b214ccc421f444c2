import Reports
import Support
import TokenStatistics

/// The lengths of many datasets together, for the table and the sentence at the end of an analysis.
struct LengthOverview {
  /// What the datasets have in common, such as a model's name.
  let title: String
  private(set) var datasets = 0
  private(set) var lengths = LengthDistribution()

  init(title: String) {
    self.title = title
  }

  /// Adds a dataset.
  mutating func add(_ profile: DatasetProfile) {
    datasets += 1
    lengths.merge(profile.lengths)
  }

  /// The headings of ``cells``.
  static let columns: [ResultTable.Column] = [
    .text("title", title: ""), .number("datasets"), .number("conversations"), .number("tokens"), .number("mean"),
    .number("median"), .number("p95"), .number("p99"), .number("longest"),
  ]

  /// One row of a table.
  var cells: [ResultTable.Value] {
    [
      .text(title), .integer(datasets), .integer(lengths.count), .integer(lengths.total),
      .decimal(lengths.mean, digits: 0), .integer(lengths.percentile(50)), .integer(lengths.percentile(95)),
      .integer(lengths.percentile(99)), .integer(lengths.maximum),
    ]
  }

  /// A maximal length that suits the conversations, and what it costs: the power of two from the 99th percentile on.
  var conclusion: String? {
    guard let p99 = lengths.percentile(99) else { return nil }
    var limit = 1
    while limit < p99 { limit *= 2 }
    let lost = lengths.count(above: limit)
    let cost = lost == 0 ? "loses nothing" : "loses \(NumberFormat.share(lost, of: lengths.count)) of conversations"
    return "\(title): p99 = \(NumberFormat.grouped(p99)): max_length \(NumberFormat.grouped(limit)) \(cost)"
  }
}
