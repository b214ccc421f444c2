import Support
import TokenStatistics

/// Conditions that must not hold for any dataset of a statistics file.
struct ConditionGate {
  /// A condition that holds for a dataset.
  struct Hit: CustomStringConvertible {
    let dataset: String
    let condition: StatisticsCondition
    let number: Double

    var description: String {
      let shown = Int(exactly: number).map(NumberFormat.grouped) ?? NumberFormat.fixed(number, digits: 1)
      return "\(dataset): \(condition) (\(shown))"
    }
  }

  let conditions: [StatisticsCondition]

  /// Reads conditions separated by commas.
  ///
  /// - Parameter names: numbers that there are beside those of statistics.
  /// - Throws: `CommandFailure` with the status of usage errors, which names the option.
  init(_ text: String, option: String, names: [String] = []) throws(CommandFailure) {
    var conditions: [StatisticsCondition] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let condition = StatisticsCondition(String(part), names: names) else {
        throw CommandFailure(
          "\(option) \(text): \"\(part)\" is no condition; write one such as p99>2048 or no_target@4096>0, with one of "
            + (names + StatisticsCondition.numbers.filter { !names.contains($0) }).joined(separator: ", "),
          status: .usage)
      }
      conditions.append(condition)
    }
    self.conditions = conditions
  }

  /// The conditions that hold, dataset by dataset.
  ///
  /// - Throws: `FileError` where the file or an exact result is damaged; `CommandFailure` where a number is not
  ///   known, because a gate that cannot tell must not stay open.
  func hits(in document: StatisticsDocument) throws -> [Hit] {
    let store = CheckpointStore(document: document.path)
    var hits: [Hit] = []
    for var summary in try document.summaries() {
      let dataset = summary.identity.dataset
      for condition in conditions {
        if let limit = condition.limit, summary.limits[limit] == nil, let checkpoint = try store.load(dataset) {
          summary.limits[limit] = LimitCosts(checkpoint.tally)[limit]
        }
        guard let number = condition.number(of: summary) else {
          throw CommandFailure(Self.unknown(condition, summary, document.path))
        }
        if condition.holds(for: summary) == true {
          hits.append(Hit(dataset: dataset, condition: condition, number: number))
        }
      }
    }
    return hits
  }

  private static func unknown(
    _ condition: StatisticsCondition, _ summary: DatasetSummary, _ path: String
  ) -> String {
    let start = "\(summary.identity.dataset): \(condition) cannot be told"
    if condition.needsLimit, condition.limit == nil {
      let limits = summary.limits.keys.sorted().map(String.init).joined(separator: ", ")
      return "\(start): \(path) has several limits (\(limits)); say which one, as in \(condition.number)@4096>0"
    }
    return "\(start): \(path) does not say; count it again with 'tokenstats analyze'"
  }

  /// Ends the command with the status of conditions where one holds.
  static func end(_ hits: [Hit]) throws(CommandFailure) {
    guard let first = hits.first else { return }
    let more = hits.count > 1 ? " and \(hits.count - 1) more" : ""
    throw CommandFailure("a condition holds that must not: \(first)\(more)", status: .conditionFailed)
  }
}
