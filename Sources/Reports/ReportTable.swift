import Support
import JSON
import TokenStatistics

/// All datasets of a report as a table for other programs.
///
/// The page saves the rows it shows in the same columns (`export.js`).
struct ReportTable {
  private let columns: [String]
  private var rows: [[JSONValue]] = []

  /// Lists the datasets of all runs, in order.
  init(_ runs: [StatisticsRun]) {
    let limits = Set(runs.flatMap(\.limits)).sorted()
    let rules = runs.ruleNames
    let own = Self.columns(attributes: [], limits: limits, rules: rules)
    // An attribute with the name of one of the table's own columns has no column.
    let attributes = runs.attributeKeys.filter { !own.contains($0) }
    columns = Self.columns(attributes: attributes, limits: limits, rules: rules)
    for run in runs {
      for dataset in run.datasets {
        rows.append(Self.row(of: dataset, run: run, attributes: attributes, limits: limits, rules: rules))
      }
    }
  }

  /// The table as tab-separated values with a line of names; an empty field is a number that is not known.
  ///
  /// A tab, line feed, carriage return or backslash in a name is written as `\t`, `\n`, `\r`, `\\`.
  var tabSeparated: [UInt8] {
    var lines = columns.map(TabSeparated.escape).joined(separator: "\t") + "\n"
    for row in rows { lines += row.map(Self.field).joined(separator: "\t") + "\n" }
    return Array(lines.utf8)
  }

  /// The table as a JSON array of objects, one a line.
  var json: [UInt8] {
    var text: [UInt8] = Array("[".utf8)
    for (index, row) in rows.enumerated() {
      text += Array((index == 0 ? "\n" : ",\n").utf8)
      text += JSONValue.object(JSONObject(Array(zip(columns, row)))).serialized(.compact)
    }
    return text + Array("\n]\n".utf8)
  }

  private static func columns(attributes: [String], limits: [Int], rules: [String]) -> [String] {
    ["dataset", "model", "type"] + attributes + ["file", "conversations", "tokens", "mean", "std", "min"]
      + LengthSummary.storedPercents.map { "p\($0)" } + ["max", "trained"]
      + limits.flatMap { limit in
        [
          "over", "tokens_lost", "assistant_tokens_lost", "trained_tokens_lost", "no_target", "end_lost", "prompt_over",
          "completion_over",
        ].map { "\($0)_\(limit)" }
      }
      + TokensByKind.kinds.map { "\($0.key)_tokens" } + ["bytes", "characters"]
      + rules.flatMap { ["trained_tokens (\($0))", "no_target (\($0))"] }
  }

  private static func row(
    of dataset: DatasetSummary, run: StatisticsRun, attributes: [String], limits: [Int], rules: [String]
  ) -> [JSONValue] {
    let identity = dataset.identity
    let length = dataset.all.length
    var row: [JSONValue] = [
      .string(identity.dataset), .string(identity.model), .string(identity.kind.rawValue),
    ]
    row += attributes.map { .string(identity.attribute($0) ?? identity.subject) }
    row += [
      .string(Files.lastComponent(run.path)), .number(dataset.all.conversations), .number(dataset.all.tokens),
      length?.mean.map(JSONValue.thousandths) ?? .null,
      length?.standardDeviation.map(JSONValue.thousandths) ?? .null, integer(length?.minimum),
    ]
    for percent in LengthSummary.storedPercents { row.append(integer(length?.percentiles[percent])) }
    row += [integer(length?.maximum), run.trained(dataset).map(JSONValue.string) ?? .null]
    for limit in limits {
      let cut = dataset.limits[limit]
      row += [integer(cut?.conversations), integer(cut?.tokensLost), integer(cut?.assistantTokensLost)]
      row += [
        integer(cut?.trainedTokensLost), integer(cut?.withoutTarget), integer(cut?.endsLost), integer(cut?.promptsOver),
        integer(cut?.completionsOver),
      ]
    }
    for kind in TokensByKind.kinds { row.append(integer(dataset.roles?[keyPath: kind.tokens])) }
    row += [integer(dataset.bytes), integer(dataset.characters)]
    for rule in rules {
      let tally = dataset.policies[TextKey(rule)]
      row += [integer(tally?.tokens), integer(tally?.withoutTarget)]
    }
    return row
  }

  private static func integer(_ value: Int?) -> JSONValue { value.map(JSONValue.number) ?? .null }

  private static func field(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): TabSeparated.escape(text)
    default: String(decoding: value.serialized(), as: UTF8.self)
    }
  }
}
