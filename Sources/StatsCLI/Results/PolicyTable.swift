import Reports
import Support
import TokenStatistics

/// What several rules about training come to, side by side: a line for each rule of each model.
struct PolicyTable {
  /// The table; without a row where one rule or none was asked for.
  private(set) var table = ResultTable([
    .text("rule", title: "trained by"), .text("model", importance: .low), .number("conversations", importance: .medium),
    .number("tokens", importance: .medium), .number("trained_tokens", title: "trained"),
    .number("trained_percent", title: "%"), .number("no_target", title: "nothing to train"),
  ])

  /// Sums up datasets.
  ///
  /// - Parameter copies: the datasets whose rows others hold as well.
  init(_ checkpoints: [Checkpoint], except copies: Set<TextKey>) {
    var models: [TextKey: (conversations: Int, tokens: Int, rules: [TextKey: PolicyTally])] = [:]
    for checkpoint in checkpoints where !copies.contains(TextKey(checkpoint.identity.dataset)) {
      let tally = checkpoint.tally
      guard !tally.policies.isEmpty else { continue }
      var sums = models[TextKey(checkpoint.identity.model)] ?? (0, 0, [:])
      sums.conversations += tally.conversations
      sums.tokens += tally.tokens
      for (rule, sum) in tally.policies { sums.rules[rule, default: PolicyTally()].merge(sum) }
      models[TextKey(checkpoint.identity.model)] = sums
    }
    for (model, sums) in models.sorted(by: { $0.key < $1.key }) {
      for (rule, tally) in sums.rules.sorted(by: { $0.key < $1.key }) {
        let share = sums.tokens > 0 ? 100 * Double(tally.tokens) / Double(sums.tokens) : nil
        table.add([
          .text(rule.text), .text(model.text), .integer(sums.conversations), .integer(sums.tokens),
          .integer(tally.tokens), .decimal(share, digits: 1), .integer(tally.withoutTarget),
        ])
      }
    }
  }
}
