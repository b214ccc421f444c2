import JSON
import TokenStatistics

/// What was counted of one input, or of all.
struct CountTally {
  /// The sums of one model.
  struct Sum {
    let model: String
    var failures = 0
    var tokens = 0
    var bytes = 0
    /// What each of the rules trains that were asked for, by name.
    var trained: [(rule: String, tally: PolicyTally)] = []
  }

  /// What the input is called; empty for all of them.
  let name: String
  /// Its texts.
  private(set) var texts = 0
  /// Those that a model did not count.
  private(set) var failedTexts = 0
  /// The sums, one for each model.
  private(set) var sums: [Sum]
  /// Why the input could not be read; nil if it could.
  var failure: String?

  /// - Parameter rules: the rules about training that are compared, by name.
  init(name: String, models: [String], rules: [String] = []) {
    self.name = name
    sums = models.map { Sum(model: $0, trained: rules.map { ($0, PolicyTally()) }) }
  }

  /// The most tokens that a model counts.
  var tokens: Int { sums.map(\.tokens).max() ?? 0 }

  /// Adds texts, a column for each model.
  mutating func add(_ columns: [CountColumn]) {
    texts += columns.first?.counts.count ?? 0
    if columns.contains(where: { !$0.failures.isEmpty }) {
      failedTexts += Set(columns.flatMap(\.failures.keys)).count
    }
    for (index, column) in columns.enumerated() {
      sums[index].failures += column.failures.count
      sums[index].bytes += column.bytes
      sums[index].tokens += column.counts.reduce(0, +)
      for (rule, counts) in column.trained.enumerated() where sums[index].trained.indices.contains(rule) {
        for (text, count) in counts.enumerated() where column.failures[text] == nil {
          sums[index].trained[rule].tally.add(count)
        }
      }
    }
  }

  /// The tokens and the trained tokens, fields for each model; a mark where the input could not be read.
  ///
  /// - Parameter price: The price of tokens, for a field of it; nil for none.
  func fields(missing: String, price: ((Int) -> String)?) -> String {
    sums.flatMap { sum in
      [String(sum.tokens)] + sum.trained.map { String($0.tally.tokens) } + (price.map { [$0(sum.tokens)] } ?? [])
    }
    .map { failure == nil ? $0 : missing }.joined(separator: "\t")
  }

  /// What the fields are called.
  func names(withPrice hasPrice: Bool) -> [String] {
    sums.flatMap { sum in
      let prefix = sums.count == 1 ? "" : "\(sum.model) "
      return [sums.count == 1 ? "tokens" : sum.model] + sum.trained.map { prefix + $0.rule }
        + (hasPrice ? [prefix + "price"] : [])
    }
  }

  /// The members of an object of JSON.
  ///
  /// - Parameter price: The price of tokens; nil where there is none.
  func members(price: (Int) -> Double?) -> [(String, JSONValue)] {
    let file: [(String, JSONValue)] = name.isEmpty ? [] : [("file", .string(name))]
    if let failure { return file + [("error", .string(failure))] }
    let counts =
      sums.count == 1
      ? Self.members(of: sums[0])
      : [("models", .object(JSONObject(sums.map { ($0.model, .object(JSONObject(Self.members(of: $0)))) })))]
    return file + [("texts", .number(texts))] + counts + prices(price)
  }

  /// The price, of several models one each.
  func prices(_ price: (Int) -> Double?) -> [(String, JSONValue)] {
    let prices = sums.compactMap { sum in price(sum.tokens).map { (sum.model, JSONValue.double($0)) } }
    guard let first = prices.first else { return [] }
    return [("price", sums.count == 1 ? first.1 : .object(JSONObject(prices)))]
  }

  private static func members(of sum: Sum) -> [(String, JSONValue)] {
    let trained = JSONObject(
      sum.trained.map { rule, tally in
        (
          rule,
          .object(JSONObject([("tokens", .number(tally.tokens)), ("no_target", .number(tally.withoutTarget))]))
        )
      })
    return [("tokens", .number(sum.tokens)), ("bytes", .number(sum.bytes))]
      + (trained.isEmpty ? [] : [("trained", .object(trained))])
      + (sum.failures > 0 ? [("failures", .number(sum.failures))] : [])
  }
}
