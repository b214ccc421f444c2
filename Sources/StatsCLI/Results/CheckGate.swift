import Analysis
import Support
import TokenStatistics

/// Conditions on what a check finds, and on the numbers of the conversations.
struct CheckGate {
  private let gate: ConditionGate
  private let maximumLength: Int?

  /// Reads conditions separated by commas; kinds of findings are numbers, too.
  ///
  /// - Parameter maximumLength: the limit of findings that have one, and of numbers that name none.
  /// - Throws: `CommandFailure` with the status of usage errors.
  init(_ text: String, maximumLength: Int?) throws(CommandFailure) {
    gate = try ConditionGate(text, option: "--fail-on", names: CheckKind.names)
    self.maximumLength = maximumLength
    for condition in gate.conditions where condition.limit == nil && maximumLength == nil {
      let isFinding = CheckKind(rawValue: condition.number) != nil && condition.number != CheckKind.overLimit.rawValue
      guard !isFinding, condition.needsLimit || condition.number == CheckKind.overLimit.rawValue else { continue }
      throw CommandFailure("--fail-on \(condition): say which limit, with --max-length", status: .usage)
    }
  }

  /// The kinds that conditions are on.
  var kinds: Set<CheckKind> { Set(gate.conditions.compactMap(Self.kind)) }

  /// The conditions that hold, dataset by dataset.
  ///
  /// - Throws: `CommandFailure` where a number is not known, because a gate that cannot tell must not stay open.
  func hits(in checks: [DatasetCheck]) throws(CommandFailure) -> [ConditionGate.Hit] {
    var hits: [ConditionGate.Hit] = []
    let limits = Set(gate.conditions.compactMap(\.limit) + [maximumLength].compactMap { $0 }).sorted()
    for check in checks {
      let summary = check.summary(limits: limits)
      for condition in gate.conditions {
        guard let number = number(of: condition, in: check, summary) else {
          // There is no p99 of no conversations, and nothing that could be too long.
          if summary.all.conversations == 0 { continue }
          throw CommandFailure("\(check.identity.dataset): \(condition) cannot be told: the chat format does not say")
        }
        if condition.holds(number) {
          hits.append(ConditionGate.Hit(dataset: check.identity.dataset, condition: condition, number: number))
        }
      }
    }
    return hits
  }

  private func number(of condition: StatisticsCondition, in check: DatasetCheck, _ summary: DatasetSummary) -> Double? {
    if let kind = Self.kind(condition) { return Double(check.count(kind)) }
    var condition = condition
    if condition.needsLimit, condition.limit == nil { condition.limit = maximumLength }
    return condition.number(of: summary)
  }

  /// The kind of findings that a condition is on; nil where it names a limit, as numbers of statistics do.
  private static func kind(_ condition: StatisticsCondition) -> CheckKind? {
    condition.limit == nil ? CheckKind(rawValue: condition.number) : nil
  }
}
