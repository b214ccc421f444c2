import Analysis
import Counting
import Datasets
import JSON
import Reports
import Support
import TokenStatistics

/// What `count` prints: a line for each text, each input, or all; a column for each model.
struct CountReport: ~Copyable {
  /// What a line stands for.
  enum Form: Sendable {
    /// One text.
    case texts
    /// One input, and a last line for all of them.
    case inputs
    /// All texts.
    case total
  }

  /// What is printed.
  struct Options: Sendable {
    /// What a line stands for.
    var form: Form
    /// Whether lines are JSON objects.
    var isJSON = false
    /// Whether a line of names comes first, and what is missing is an empty field.
    var isTabSeparated = false
    /// What stands for a count that is missing.
    var missing: String { isTabSeparated ? "" : "-" }
    /// Only so many inputs, those of the most tokens; nil for all in order.
    var top: Int?
    /// What a line stands for may not have more tokens; nil for any number.
    var maximum: Int?
    /// What a million tokens cost.
    var price: PriceOptions?
    /// Whether a last line stands for all inputs even if only one could be opened.
    var hasTotal = false

    /// What tokens cost; nil where no price was given.
    func price(of tokens: Int) -> Double? { price?.price(of: tokens) }

    /// What tokens cost in a field of its own, which only other programs read.
    var fieldPrice: ((Int) -> String)? {
      guard isTabSeparated, price?.pricePerMillion != nil else { return nil }
      return { tokens in price(of: tokens).map { "\($0)" } ?? "" }
    }
  }

  private let options: Options
  private var output = StandardOutput()
  private var tallies: [CountTally]
  private var total: CountTally
  /// The next input whose line is printed.
  private var next = 0
  private var warnings = WarningLog()
  private var excesses = WarningLog()
  private var excessCount = 0

  /// - Parameters:
  ///   - options: what is printed.
  ///   - inputs: the names of the inputs, in the order in which they are counted.
  ///   - models: the names of the models that count.
  ///   - policies: the rules by which trained tokens are counted beside all.
  init(_ options: Options, inputs: [String], models: [String], policies: [TrainPolicy] = []) {
    self.options = options
    let rules = policies.map(\.name)
    tallies = inputs.map { CountTally(name: $0, models: models, rules: rules) }
    total = CountTally(name: "", models: models, rules: rules)
  }

  /// Prints the names of the fields, where lines are for other programs.
  mutating func begin() throws(CommandFailure) {
    guard options.isTabSeparated else { return }
    let names = total.names(withPrice: options.fieldPrice != nil) + (options.form == .inputs ? ["file"] : [])
    try output.writeLine(names.map { TerminalText.visible($0) }.joined(separator: "\t"))
  }

  /// Whether inputs that cannot be read leave the others as they are.
  var goesOn: Bool { options.form == .inputs && (tallies.count > 1 || options.hasTotal) }

  /// Takes the counts of texts, a column for each model; texts that could not be counted are named.
  ///
  /// - Parameters:
  ///   - input: the number of the input, from 0.
  ///   - places: where each text is in it; nil where texts are the rows of a table.
  ///   - textsBefore: the texts of the input that came before.
  mutating func add(
    _ columns: [CountColumn], input: Int, places: [RowPlace]?, textsBefore: Int
  ) throws(CommandFailure) {
    tallies[input].add(columns)
    total.add(columns)
    let name = tallies[input].name
    for (index, column) in columns.enumerated() where !column.failures.isEmpty {
      let model = columns.count > 1 ? "\(total.sums[index].model): " : ""
      for (_, failure) in column.failures.sorted(by: { $0.key < $1.key }) {
        warnings.warn(model + failure.reason, at: "\(name), \(failure.place)")
      }
    }
    guard options.form == .texts else { return }
    for text in 0..<(columns.first?.counts.count ?? 0) {
      try output.writeLine(columns.count == 1 ? line(columns[0], text) : line(columns, text))
      let tokens = columns.map { $0.counts[text] }.max() ?? 0
      if tokens > options.maximum ?? .max {
        noteExcess(tokens, "\(name), \(places?[text] ?? .row(textsBefore + text))")
      }
    }
  }

  /// Notes that an input cannot be read to its end.
  mutating func fail(_ input: Int, _ reason: String) { tallies[input].failure = reason }

  /// Prints what stands at the end, and fails if a text or an input did, or has too many tokens.
  mutating func end(with timing: CountTiming?) throws(CommandFailure) {
    try finish(before: tallies.count)
    if options.form == .inputs {
      if let top = options.top {
        let sorted = tallies.enumerated().sorted { ($1.element.tokens, $0.offset) < ($0.element.tokens, $1.offset) }
        for (_, tally) in sorted.prefix(top) { try print(tally) }
      }
      if tallies.count > 1 || options.hasTotal { try printTotal() }
    }
    let measured = timing?.members ?? []
    if options.form == .total {
      if total.tokens > options.maximum ?? .max { noteExcess(total.tokens, "all texts") }
      if options.isJSON {
        try printTotal(with: measured)
      } else {
        try output.writeLine(total.fields(missing: options.missing, price: options.fieldPrice))
      }
    }
    if !measured.isEmpty, options.form != .total || !options.isJSON {
      try output.writeLine(JSONValue.object(JSONObject(measured)).serialized())
    }
    try printPrice()
    try output.flush()
    noteTraining()
    warnings.end()
    excesses.end()
    try check()
  }

  /// Prints the price of all texts, where no line of theirs holds it.
  private mutating func printPrice() throws(CommandFailure) {
    if options.isTabSeparated || options.isJSON && (options.form == .total || options.form == .inputs) { return }
    let prices = total.prices(options.price(of:))
    if options.isJSON {
      if !prices.isEmpty { try output.writeLine(JSONValue.object(JSONObject(prices)).serialized()) }
      return
    }
    for sum in total.sums {
      guard let words = options.price?.words(for: sum.tokens) else { continue }
      try output.writeLine("price\(total.sums.count > 1 ? " with \(sum.model)" : ""): \(words)")
    }
  }

  /// Prints what is still held back.
  mutating func flush() throws(CommandFailure) { try output.flush() }

  /// Says what the columns are, and where nothing is trained.
  private func noteTraining() {
    guard let rules = total.sums.first?.trained, !rules.isEmpty else { return }
    if !options.isJSON, !options.isTabSeparated {
      let names = rules.map(\.rule).joined(separator: ", ")
      Messages.notice(
        "columns: tokens, then trained tokens by \(names)\(total.sums.count > 1 ? ", of each model" : "")")
    }
    for sum in total.sums {
      for (rule, tally) in sum.trained where tally.withoutTarget > 0 {
        let model = total.sums.count > 1 ? "\(sum.model): " : ""
        Messages.notice(
          "\(model)\(NumberFormat.grouped(tally.withoutTarget)) of \(NumberFormat.grouped(total.texts)) texts have "
            + "nothing to train by \(rule)")
      }
    }
  }

  // MARK: Conditions

  private mutating func noteExcess(_ tokens: Int, _ place: String) {
    excessCount += 1
    excesses.warn(
      "\(NumberFormat.grouped(tokens)) tokens are more than \(NumberFormat.grouped(options.maximum ?? 0))", at: place)
  }

  private func check() throws(CommandFailure) {
    var failures: [String] = []
    let failedInputs = tallies.count { $0.failure != nil }
    if failedInputs > 0 { failures.append("\(failedInputs) of \(tallies.count) inputs could not be read") }
    if total.failedTexts > 0 { failures.append("\(total.failedTexts) of \(total.texts) texts were not counted") }
    if excessCount > 0 {
      let what: String
      switch options.form {
      case .texts: what = "\(excessCount) of \(total.texts) texts have"
      case .inputs: what = "\(excessCount) of \(tallies.count) inputs have"
      case .total: what = "all texts together have"
      }
      failures.append("\(what) more than \(NumberFormat.grouped(options.maximum ?? 0)) tokens")
    }
    guard !failures.isEmpty else { return }
    throw CommandFailure(
      failures.joined(separator: "; "), status: excessCount > 0 ? .conditionFailed : .partialFailure)
  }

  // MARK: Lines of inputs

  /// Prints the lines of the inputs before one, which are done with.
  mutating func finish(before input: Int) throws(CommandFailure) {
    guard options.form == .inputs else { return }
    while next < input {
      let tally = tallies[next]
      if tally.tokens > options.maximum ?? .max { noteExcess(tally.tokens, tally.name) }
      if options.top == nil { try print(tally) }
      next += 1
    }
  }

  private mutating func print(_ tally: CountTally) throws(CommandFailure) {
    guard options.isJSON else {
      let fields = tally.fields(missing: options.missing, price: options.fieldPrice)
      return try output.writeLine("\(fields)\t\(TerminalText.visible(tally.name))")
    }
    try output.writeLine(JSONValue.object(JSONObject(tally.members(price: options.price(of:)))).serialized())
  }

  private mutating func printTotal(with members: [(String, JSONValue)] = []) throws(CommandFailure) {
    guard options.isJSON else {
      return try output.writeLine("\(total.fields(missing: options.missing, price: options.fieldPrice))\ttotal")
    }
    var object = total.members(price: options.price(of:))
    if options.form == .total {
      object.append(("files", .array(tallies.map { .object(JSONObject($0.members(price: options.price(of:)))) })))
    }
    try output.writeLine(JSONValue.object(JSONObject(object + members)).serialized())
  }

  // MARK: Lines of texts

  private func line(_ column: CountColumn, _ text: Int) -> [UInt8] {
    if let failure = column.failures[text] {
      return options.isJSON ? JSONLine.error(failure.reason) : Array(options.missing.utf8)
    }
    guard options.isJSON else {
      let numbers = [column.counts[text]] + column.trained.map { $0[text] }
      let fields = numbers.map(String.init) + (options.fieldPrice.map { [$0(column.counts[text])] } ?? [])
      return Array(fields.joined(separator: "\t").utf8)
    }
    var object = JSONObject([("count", .number(column.counts[text]))])
    if let trained = trained(column, text) { object["trained"] = trained }
    return JSONValue.object(object).serialized()
  }

  /// The trained tokens of a text by each rule; nil where nobody asks.
  private func trained(_ column: CountColumn, _ text: Int) -> JSONValue? {
    guard let rules = total.sums.first?.trained.map(\.rule), !column.trained.isEmpty else { return nil }
    return .object(JSONObject(zip(rules, column.trained).map { ($0, .number($1[text])) }))
  }

  private func line(_ columns: [CountColumn], _ text: Int) -> [UInt8] {
    guard options.isJSON else {
      return Array(columns.map { line($0, text) }.joined(separator: [UInt8(ascii: "\t")]))
    }
    var counts = JSONObject()
    var errors = JSONObject()
    var targets = JSONObject()
    for (sum, column) in zip(total.sums, columns) {
      if let failure = column.failures[text] {
        errors[sum.model] = .string(failure.reason)
      } else {
        counts[sum.model] = .number(column.counts[text])
        if let trained = trained(column, text) { targets[sum.model] = trained }
      }
    }
    let members: [(String, JSONValue)] =
      [("counts", .object(counts))] + (targets.isEmpty ? [] : [("trained", .object(targets))])
      + (errors.isEmpty ? [] : [("errors", .object(errors))])
    return JSONValue.object(JSONObject(members)).serialized()
  }
}
