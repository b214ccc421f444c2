public import JSON
import Support
public import TokenStatistics

/// What changed between two statistics files, as a table, as JSON and as Markdown.
public struct DiffView: Sendable {
  private let diff: StatisticsDiff
  private let names: (old: String, new: String)

  /// Makes a view.
  ///
  /// - Parameters:
  ///   - diff: What changed.
  ///   - names: What the two files are called.
  public init(_ diff: StatisticsDiff, names: (old: String, new: String)) {
    self.diff = diff
    self.names = names
  }

  /// One sentence that says how much changed.
  public var summary: String {
    if diff.isEmpty { return "nothing changed in \(Self.count(diff.unchanged, "dataset"))" }
    return [
      diff.added.isEmpty ? nil : "\(diff.added.count) added", diff.gone.isEmpty ? nil : "\(diff.gone.count) gone",
      diff.changed.isEmpty ? nil : "\(diff.changed.count) changed", "\(diff.unchanged) unchanged",
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// The numbers that changed, a line each.
  public var table: ResultTable {
    var table = ResultTable([
      .text("dataset"), .text("number"), .number("old"), .number("new"), .number("change"),
      .text("percent", title: "", importance: .medium),
    ])
    for row in rows {
      table.add([
        .text(row.dataset), .text(row.number), Self.value(row.old), Self.value(row.new), .text(row.change),
        .text(row.percent),
      ])
    }
    return table
  }

  /// What stands before the table: settings that differ, and what may have changed datasets.
  public var remarks: [String] {
    var lines = diff.settings.map { "\(TerminalText.visible($0.setting)): \($0.stored) -> \($0.requested)" }
    for change in diff.changed {
      lines += change.causes.map { TerminalText.visible("\(change.dataset): \($0)") }
    }
    return lines
  }

  /// The changes as Markdown for a pull request.
  public var markdown: [String] {
    var lines = ["**Token statistics**: \(summary)", ""]
    for setting in diff.settings {
      lines.append(
        "- `\(MarkdownText.code(setting.setting))`: `\(MarkdownText.code(setting.stored))` → `\(MarkdownText.code(setting.requested))`"
      )
    }
    for change in diff.changed {
      for cause in change.causes {
        lines.append("- `\(MarkdownText.code(change.dataset))`: \(MarkdownText.escaped(cause))")
      }
    }
    if lines.count > 2 { lines.append("") }
    guard !rows.isEmpty else { return lines }
    lines += ["| dataset | number | old | new | change |", "|---|---|---:|---:|---:|"]
    for row in rows {
      let cells = [
        "`\(MarkdownText.code(row.dataset))`", row.number, Self.shown(row.old), Self.shown(row.new),
        row.percent.isEmpty ? row.change : "\(row.change) (\(row.percent))",
      ]
      lines.append("| \(cells.joined(separator: " | ")) |")
    }
    return lines
  }

  /// The changes for other programs.
  ///
  /// - Parameter conditions: The conditions that hold for the new file.
  public func json(conditions: [String]) -> JSONValue {
    func list(_ datasets: [DatasetSummary]) -> JSONValue {
      .array(
        datasets.map { dataset in
          .object(
            JSONObject([
              ("dataset", .string(dataset.identity.dataset)), ("conversations", .number(dataset.all.conversations)),
              ("tokens", .number(dataset.all.tokens)),
            ]))
        })
    }
    let changed = diff.changed.map { change -> JSONValue in
      let numbers = change.numbers.map { number in
        (number.name, JSONValue.object(JSONObject([("old", Self.json(number.old)), ("new", Self.json(number.new))])))
      }
      return .object(
        JSONObject([
          ("dataset", .string(change.dataset)), ("numbers", .object(JSONObject(numbers))),
          ("causes", .array(change.causes.map(JSONValue.string))),
        ]))
    }
    let settings = diff.settings.map { setting in
      JSONValue.object(
        JSONObject([
          ("setting", .string(setting.setting)), ("old", .string(setting.stored)), ("new", .string(setting.requested)),
        ]))
    }
    return .object(
      JSONObject([
        ("old", .string(names.old)), ("new", .string(names.new)), ("added", list(diff.added)),
        ("gone", list(diff.gone)), ("changed", .array(changed)), ("unchanged", .number(diff.unchanged)),
        ("settings", .array(settings)), ("conditions", .array(conditions.map(JSONValue.string))),
      ]))
  }

  // MARK: Rows

  private struct Row {
    let dataset: String
    let number: String
    let old: Double?
    let new: Double?
    let change: String
    let percent: String
  }

  private var rows: [Row] {
    let added = diff.added.map { dataset in
      Row(
        dataset: dataset.identity.dataset, number: "tokens", old: nil, new: Double(dataset.all.tokens), change: "added",
        percent: "")
    }
    let gone = diff.gone.map { dataset in
      Row(
        dataset: dataset.identity.dataset, number: "tokens", old: Double(dataset.all.tokens), new: nil, change: "gone",
        percent: "")
    }
    let changed = diff.changed.flatMap { change in
      change.numbers.map { number in
        Row(
          dataset: change.dataset, number: number.name, old: number.old, new: number.new,
          change: number.change.map { ($0 > 0 ? "+" : "") + Self.shown($0) } ?? "", percent: Self.percent(number))
      }
    }
    return added + gone + changed
  }

  private static func percent(_ number: StatisticsDiff.Number) -> String {
    guard let old = number.old, let change = number.change, old != 0 else { return "" }
    return (change > 0 ? "+" : "") + NumberFormat.fixed(change / old * 100, digits: 1) + " %"
  }

  private static func value(_ number: Double?) -> ResultTable.Value {
    guard let number else { return .missing }
    return Int(exactly: number).map { .integer($0) } ?? .decimal(number, digits: 1)
  }

  private static func shown(_ number: Double?) -> String {
    guard let number else { return NumberFormat.missing }
    return Int(exactly: number).map(NumberFormat.grouped) ?? NumberFormat.fixed(number, digits: 1)
  }

  private static func json(_ number: Double?) -> JSONValue {
    guard let number else { return .null }
    return Int(exactly: number).map(JSONValue.number) ?? .double(number)
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(NumberFormat.grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }
}
