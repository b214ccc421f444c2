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
  static let columns: [(heading: String, alignment: TextTable.Alignment)] = [
    ("", .left), ("datasets", .right), ("conversations", .right), ("tokens", .right), ("mean", .right),
    ("median", .right), ("p95", .right), ("p99", .right), ("longest", .right),
  ]

  /// One row of a table.
  var cells: [String] {
    let percentiles = [50.0, 95, 99].map { percent in lengths.percentile(percent).map(NumberText.grouped) ?? "-" }
    return [title, NumberText.grouped(datasets), NumberText.grouped(lengths.count), NumberText.grouped(lengths.total)]
      + [lengths.mean.map { NumberText.grouped(Int($0.rounded())) } ?? "-"] + percentiles
      + [lengths.maximum.map(NumberText.grouped) ?? "-"]
  }

  /// A maximal length that suits the conversations, and what it costs: the power of two from the 99th percentile on.
  var conclusion: String? {
    guard let p99 = lengths.percentile(99) else { return nil }
    var limit = 1
    while limit < p99 { limit *= 2 }
    let lost = lengths.count(above: limit)
    let cost = lost == 0 ? "loses nothing" : "loses \(NumberText.percent(lost, of: lengths.count)) of conversations"
    return "\(title): p99 = \(NumberText.grouped(p99)): max_length \(NumberText.grouped(limit)) \(cost)"
  }
}
