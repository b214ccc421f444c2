import Analysis
import JSON
import Reports
import Support
import TokenStatistics

/// What `check` prints: a table for people, Markdown for a pull request, JSON, or annotations for GitHub.
struct CheckReport {
  private let checks: [DatasetCheck]
  private let maximumLength: Int?
  /// The conditions that hold.
  private let hits: [ConditionGate.Hit]

  init(_ checks: [DatasetCheck], maximumLength: Int?, hits: [ConditionGate.Hit]) {
    self.checks = checks
    self.maximumLength = maximumLength
    self.hits = hits
  }

  private struct Row {
    let check: DatasetCheck
    let kind: CheckKind
    let finding: CheckFinding

    /// A row for people: its line where there are lines.
    static func place(_ example: CheckFinding.Example) -> String {
      example.line.map { "line \($0)" } ?? "row \(example.row)"
    }
  }

  /// The findings, by dataset and in the order of the kinds.
  private var rows: [Row] {
    checks.flatMap { check in
      CheckKind.allCases.compactMap { kind in check.findings[kind].map { Row(check: check, kind: kind, finding: $0) } }
    }
  }

  /// One sentence that says how much was found.
  var summary: String {
    let rows = checks.reduce(0) { $0 + $1.rows }
    let kinds = Set(self.rows.map(\.kind)).count
    let found = kinds == 0 ? "nothing found" : "\(kinds) kind\(kinds == 1 ? "" : "s") of findings"
    let sources = "\(checks.count) dataset\(checks.count == 1 ? "" : "s")"
    return "\(found) in \(NumberFormat.grouped(rows)) rows of \(sources)"
  }

  /// Where not all rows were compared with one another, in sentences.
  var notices: [String] {
    checks.compactMap { check in
      check.comparedRows.map {
        "\(check.identity.dataset): duplicates and identical pairs are looked for among the first "
          + "\(NumberFormat.grouped($0)) rows, which is as many as are remembered"
      }
    }
  }

  /// The findings, a line each.
  var table: ResultTable {
    var table = ResultTable([
      .text("dataset", shortest: 20), .text("kind"), .number("rows"),
      .number("share", title: "%", importance: .low), .text("examples", importance: .medium, shortest: 24),
    ])
    for row in rows {
      table.add([
        .text(row.check.identity.dataset), .text(row.kind.rawValue), .integer(row.finding.rows),
        .text(NumberFormat.percent(row.finding.rows, of: row.check.rows)), .text(Self.examples(of: row.finding)),
      ])
    }
    return table
  }

  /// What the first example is, which need not be what the others are, and their places.
  private static func examples(of finding: CheckFinding) -> String {
    guard let first = finding.examples.first else { return "" }
    let example = "\(finding.rows > 1 ? "e.g. " : "")\(Row.place(first)): \(first.message)"
    let others = finding.examples.dropFirst().map { String($0.line ?? $0.row) }
    guard !others.isEmpty else { return example }
    return "\(example); also \(first.line == nil ? "row" : "line")\(others.count == 1 ? "" : "s") "
      + others.joined(separator: ", ")
  }

  /// The findings as Markdown for a pull request.
  var markdown: [String] {
    var lines = ["**Dataset check**: \(summary)", ""]
    for hit in hits { lines.append("- :x: `\(MarkdownText.code("\(hit)"))`") }
    if !hits.isEmpty { lines.append("") }
    guard !rows.isEmpty else { return lines }
    lines += ["| dataset | kind | rows | % | examples |", "|---|---|---:|---:|---|"]
    for row in rows {
      let cells = [
        "`\(MarkdownText.code(row.check.identity.dataset))`", "`\(row.kind.rawValue)`",
        NumberFormat.grouped(row.finding.rows), NumberFormat.percent(row.finding.rows, of: row.check.rows),
        MarkdownText.escaped(Self.examples(of: row.finding)),
      ]
      lines.append("| \(cells.joined(separator: " | ")) |")
    }
    return lines
  }

  /// The findings for other programs.
  var json: JSONValue {
    let datasets = checks.map { check -> JSONValue in
      let kinds = CheckKind.allCases.map { kind -> (String, JSONValue) in
        let examples = check.findings[kind]?.examples ?? []
        return (
          kind.rawValue,
          .object(
            JSONObject([
              ("rows", .number(check.count(kind))), ("examples", .array(examples.map(Self.json))),
            ]))
        )
      }
      return .object(
        JSONObject([
          ("dataset", .string(check.identity.dataset)), ("path", .string(check.path)),
          ("model", .string(check.identity.model)), ("rows", .number(check.rows)),
          ("compared_rows", .number(check.comparedRows ?? check.rows)), ("findings", .object(JSONObject(kinds))),
        ]))
    }
    return .object(
      JSONObject([
        ("max_length", maximumLength.map(JSONValue.number) ?? .null), ("datasets", .array(datasets)),
        ("conditions", .array(hits.map { .string($0.description) })),
      ]))
  }

  private static func json(_ example: CheckFinding.Example) -> JSONValue {
    .object(
      JSONObject([
        ("row", .number(example.row)), ("line", example.line.map(JSONValue.number) ?? .null),
        ("message", .string(example.message)),
      ]))
  }

  /// The examples as workflow commands, which GitHub shows beside the lines of a change.
  ///
  /// - Parameter errors: the kinds that are shown as errors; others are warnings.
  func annotations(errors: Set<CheckKind>) -> [String] {
    var lines: [String] = []
    for row in rows {
      let level = errors.contains(row.kind) ? "error" : "warning"
      for example in row.finding.examples {
        let line = example.line.map { ",line=\($0)" } ?? ""
        let title = ",title=\(row.kind.rawValue)"
        lines.append(
          "::\(level) file=\(GitHubText.property(row.check.path))\(line)\(title)::"
            + GitHubText.message("\(row.check.identity.dataset), row \(example.row): \(example.message)"))
      }
      let more = row.finding.rows - row.finding.examples.count
      guard more > 0 else { continue }
      lines.append(
        "::notice file=\(GitHubText.property(row.check.path)),title=\(row.kind.rawValue)::"
          + GitHubText.message("\(row.check.identity.dataset): \(NumberFormat.grouped(more)) more rows"))
    }
    return lines + hits.map { "::error title=condition::" + GitHubText.message("\($0)") }
  }
}

/// Texts in workflow commands, whose special characters are escaped as GitHub's own toolkit does.
enum GitHubText {
  /// The text of an annotation.
  static func message(_ text: String) -> String {
    escaped(text, [("%", "%25"), ("\r", "%0D"), ("\n", "%0A")])
  }

  /// The value of a property such as `file`.
  static func property(_ text: String) -> String {
    escaped(text, [("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")])
  }

  private static func escaped(_ text: String, _ pairs: [(Unicode.Scalar, String)]) -> String {
    var result = ""
    for scalar in TerminalText.visible(text, keepsLines: true).unicodeScalars {
      if let pair = pairs.first(where: { $0.0 == scalar }) {
        result += pair.1
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
