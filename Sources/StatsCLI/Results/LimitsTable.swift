import Reports
import TokenStatistics

/// The table of what limits cost and what strategies keep.
struct LimitsTable {
  /// The rows so far.
  private(set) var table = ResultTable([
    .text("model"), .number("max_length", title: "limit"), .number("over", importance: .medium),
    .number("end_lost", importance: .low), .number("prompt_over", importance: .low),
    .number("completion_over", importance: .low), .text("strategy"), .number("sequences", importance: .medium),
    .number("tokens", importance: .low), .number("tokens_lost"),
    .number("trained_tokens", title: "trained", importance: .low),
    .number("trained_tokens_lost", title: "trained lost", importance: .medium),
    .number("no_target", importance: .medium),
  ])

  /// Adds the conversations of a model.
  mutating func add(_ model: String, _ numbers: TrainingNumbers, _ limits: [LimitStrategies]) {
    guard !numbers.lengths.isEmpty else { return }
    let all = numbers.lengths.total
    let trained = numbers.training?.trained.total
    for strategies in limits {
      let costs = numbers.costs(at: strategies.limit)
      for strategy in LimitStrategy.allCases {
        let kept = strategies[strategy]
        table.add([
          .text(model), .integer(strategies.limit), .integer(costs.conversations), .integer(costs.endsLost),
          .integer(costs.promptsOver), .integer(costs.completionsOver), .text(strategy.rawValue),
          .integer(kept.sequences), .integer(kept.tokens), .integer(kept.tokens.map { all - $0 }),
          .integer(kept.trainedTokens), .integer(kept.trainedTokens.flatMap { kept in trained.map { $0 - kept } }),
          .integer(kept.withoutTarget),
        ])
      }
    }
  }
}
