import Analysis
import JSON
import Reports
import Support

/// What `split` says at the end: a table of the parts, what was left out, and where the split is.
struct SplitReport {
  private let split: DatasetSplit
  private let folder: String
  private let isWritten: Bool

  /// - Parameters:
  ///   - split: the split.
  ///   - folder: where it stands, or would stand.
  ///   - isWritten: whether it was written.
  init(_ split: DatasetSplit, folder: String, isWritten: Bool) {
    self.split = split
    self.folder = folder
    self.isWritten = isWritten
  }

  /// The parts, a line each.
  private var table: ResultTable {
    var table = ResultTable([
      .text("split"), .number("budget"), .number("tokens"), .text("filled"), .number("conversations"),
      .number("datasets", importance: .medium), .number("mean", importance: .low), .number("longest", importance: .low),
    ])
    for part in split.parts {
      let mean = part.rows.isEmpty ? nil : Double(part.tokens) / Double(part.rows.count)
      table.add([
        .text(part.budget.name), .integer(part.budget.tokens), .integer(part.tokens),
        .text(NumberFormat.share(part.tokens, of: part.budget.tokens)), .integer(part.rows.count),
        .integer(Set(part.rows.map(\.source)).count), .decimal(mean, digits: 0),
        .integer(part.rows.map(\.tokens).max()),
      ])
    }
    return table
  }

  /// Prints the result: the table and, for people, what more there is to know.
  func print(_ form: TableFormOptions, to output: inout StandardOutput) throws(CommandFailure) {
    try form.print(table, to: &output)
    if form.tsv { return }
    try output.writeLine("")
    for line in strata { try output.writeLine(line) }
    try output.writeLine(Self.choice(of: split))
    try output.writeLine(isWritten ? "split: \(folder)" : "the split would be written to \(folder)")
  }

  /// How many conversations there were to choose from, and why there were not more.
  static func choice(of split: DatasetSplit) -> String {
    func sum(_ value: (DatasetSplit.Source) -> Int) -> Int { split.sources.reduce(0) { $0 + value($1) } }
    let parts = [
      (sum { $0.rows - $0.selected }, "not selected"), (sum(\.failed), "failed"),
      (sum(\.tooLong), "longer than \(NumberFormat.grouped(split.settings.maximumLength))"),
      (sum(\.duplicates), "equal to another"), (sum(\.unmatched), "of a length that another label has not"),
    ]
    let left = parts.filter { $0.0 > 0 }.map { "\(NumberFormat.grouped($0.0)) \($0.1)" }
    let candidates = NumberFormat.grouped(sum(\.candidates))
    let tokens = NumberFormat.grouped(split.candidateTokens)
    return "to choose from: \(candidates) of \(NumberFormat.grouped(sum(\.rows))) conversations, \(tokens) tokens"
      + (left.isEmpty ? "" : "; left out: " + left.joined(separator: ", "))
  }

  /// Which budgets are not met, and by how much.
  static func shortage(of split: DatasetSplit) -> String {
    let parts = split.shortParts.map { part in
      "\(part.budget.name) has \(NumberFormat.grouped(part.tokens)) of \(NumberFormat.grouped(part.budget.tokens)) tokens"
    }
    return parts.joined(separator: ", ")
  }

  /// The strata of the parts, where there are few enough to be read.
  private var strata: [String] {
    let names = Set(split.parts.flatMap { $0.strata.map(\.name) })
    guard split.settings.stratum != nil, names.count <= 12 else { return [] }
    var lines = split.parts.map { part in
      let shares = part.strata.map { "\($0.name) \(NumberFormat.share($0.conversations, of: part.rows.count))" }
      return "\(part.budget.name): \(shares.joined(separator: ", "))"
    }
    lines.append("")
    return lines
  }
}
