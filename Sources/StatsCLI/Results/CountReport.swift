import Analysis
import Counting
import JSON
import Tokenizers

/// The counts of some texts with one model.
struct CountColumn: Sendable {
  /// The tokens of each text; 0 for one that was not counted.
  private(set) var counts: [Int] = []
  /// Why texts were not counted, by position.
  private(set) var failures: [Int: String] = [:]
  /// The size of the texts in bytes.
  private(set) var bytes = 0

  init() {}

  /// The counts of a batch.
  init(_ counts: [Int], of batch: TextBatch) {
    self.counts = counts
    failures = batch.failures
    bytes = batch.bytes.count
  }

  /// The counts of rows of a dataset.
  init(_ rows: RowCounts) {
    counts = rows.tokens
    failures = rows.failures
    bytes = rows.bytes
  }

  /// Adds the texts that follow.
  mutating func append(_ next: CountColumn) {
    for (text, reason) in next.failures { failures[counts.count + text] = reason }
    counts += next.counts
    bytes += next.bytes
  }

  /// Takes the first texts away.
  mutating func take(_ count: Int) -> CountColumn {
    var taken = CountColumn()
    taken.counts = Array(counts.prefix(count))
    taken.failures = failures.filter { $0.key < count }
    // Rows that a model failed to read are missing.
    for text in taken.counts.count..<max(count, taken.counts.count) { taken.failures[text] = "not counted" }
    taken.counts += [Int](repeating: 0, count: max(0, count - taken.counts.count))
    // All bytes at once: only their sum is told.
    taken.bytes = bytes
    bytes = 0
    counts.removeFirst(min(count, counts.count))
    failures = Dictionary(
      uniqueKeysWithValues: failures.compactMap { $0.key < count ? nil : ($0.key - count, $0.value) })
    return taken
  }
}

/// What `count` prints: a line for each text, or one for all; a column for each model.
struct CountReport: ~Copyable {
  /// The sums of one model.
  private struct Sum {
    let model: String
    var failures = 0
    var tokens = 0
    var bytes = 0
  }

  private let isJSON: Bool
  private let isTotal: Bool
  private var output = StandardOutput()
  private var texts = 0
  private var failedTexts = 0
  private var sums: [Sum]

  /// - Parameters:
  ///   - isJSON: whether lines are JSON objects.
  ///   - isTotal: whether there is one line for all texts.
  ///   - models: the names of the models that count.
  init(isJSON: Bool, isTotal: Bool, models: [String]) {
    self.isJSON = isJSON
    self.isTotal = isTotal
    sums = models.map { Sum(model: $0) }
  }

  /// Takes the counts of texts, a column for each model; texts that could not be counted are named.
  ///
  /// - Parameter input: the name and the number of texts before these, for messages.
  mutating func add(_ columns: [CountColumn], input: (name: String, textsBefore: Int)) throws(CommandFailure) {
    let count = columns.first?.counts.count ?? 0
    texts += count
    failedTexts += Set(columns.flatMap(\.failures.keys)).count
    for (index, column) in columns.enumerated() {
      sums[index].failures += column.failures.count
      sums[index].bytes += column.bytes
      sums[index].tokens += column.counts.reduce(0, +)
      let model = columns.count > 1 ? "\(sums[index].model): " : ""
      for (text, reason) in column.failures.sorted(by: { $0.key < $1.key }) {
        Messages.warning("\(input.name): line \(input.textsBefore + text + 1): \(model)\(reason)")
      }
    }
    guard !isTotal else { return }
    for text in 0..<count {
      try output.writeLine(columns.count == 1 ? Self.line(columns[0], text, isJSON) : line(columns, text))
    }
  }

  /// Prints what stands at the end, and fails if a text did.
  mutating func end(with timing: CountTiming?) throws(CommandFailure) {
    let measured = timing?.members ?? []
    if isTotal && !isJSON { try output.writeLine(sums.map { String($0.tokens) }.joined(separator: "\t")) }
    var members: [(String, JSONValue)] = []
    if isTotal && isJSON {
      members = [("texts", .number(texts))]
      members +=
        sums.count == 1
        ? Self.members(of: sums[0])
        : [("models", .object(JSONObject(sums.map { ($0.model, .object(JSONObject(Self.members(of: $0)))) })))]
    }
    members += measured
    if !members.isEmpty { try output.writeLine(JSONValue.object(JSONObject(members)).serialized()) }
    try output.flush()
    if failedTexts > 0 {
      throw CommandFailure("\(failedTexts) of \(texts) texts were not counted", status: .partialFailure)
    }
  }

  private static func members(of sum: Sum) -> [(String, JSONValue)] {
    [("tokens", .number(sum.tokens)), ("bytes", .number(sum.bytes))]
      + (sum.failures > 0 ? [("failures", .number(sum.failures))] : [])
  }

  /// Prints what is still held back.
  mutating func flush() throws(CommandFailure) { try output.flush() }

  private static func line(_ column: CountColumn, _ text: Int, _ isJSON: Bool) -> [UInt8] {
    if let failure = column.failures[text] { return isJSON ? JSONLine.error(failure) : Array("-".utf8) }
    return Array((isJSON ? "{\"count\":\(column.counts[text])}" : String(column.counts[text])).utf8)
  }

  private func line(_ columns: [CountColumn], _ text: Int) -> [UInt8] {
    guard isJSON else {
      return Array(columns.map { Self.line($0, text, false) }.joined(separator: [UInt8(ascii: "\t")]))
    }
    var counts = JSONObject()
    var errors = JSONObject()
    for (sum, column) in zip(sums, columns) {
      if let failure = column.failures[text] {
        errors[sum.model] = .string(failure)
      } else {
        counts[sum.model] = .number(column.counts[text])
      }
    }
    let members: [(String, JSONValue)] =
      [("counts", .object(counts))] + (errors.isEmpty ? [] : [("errors", .object(errors))])
    return JSONValue.object(JSONObject(members)).serialized()
  }
}

/// The lines of JSON that the commands print for rows.
enum JSONLine {
  /// `{"error":"..."}`
  static func error(_ message: String, ascii: Bool = false) -> [UInt8] {
    member("error", .string(message), ascii: ascii)
  }

  /// `{"rendered":"..."}`
  static func rendered(_ text: [UInt8], ascii: Bool) -> [UInt8] {
    member("rendered", .string(String(decoding: text, as: UTF8.self)), ascii: ascii)
  }

  /// `{"text":"..."}`
  static func decoded(_ text: [UInt8], ascii: Bool) -> [UInt8] {
    member("text", .string(String(decoding: text, as: UTF8.self)), ascii: ascii)
  }

  /// `{"count":2,"ids":[1,2]}`
  static func encoded(_ ids: [TokenID]) -> [UInt8] {
    let list = ids.map(String.init).joined(separator: ",")
    return Array("{\"count\":\(ids.count),\"ids\":[\(list)]}".utf8)
  }

  private static func member(_ name: String, _ value: JSONValue, ascii: Bool) -> [UInt8] {
    JSONValue.object(JSONObject([(name, value)])).serialized(.compact, ascii: ascii)
  }
}

/// Which rows of an input failed, for the sentence at the end.
struct FailureLog {
  private static let namedRows = 10

  /// Number of rows so far.
  var rows = 0
  private var first: [String] = []
  private(set) var count = 0

  /// Notes a row by its place: "line 7".
  mutating func note(_ place: String) {
    count += 1
    if first.count < Self.namedRows { first.append(place) }
  }

  /// Says which rows failed and ends the command with the status of a partial failure, if any did.
  func end(of input: String) throws(CommandFailure) {
    guard count > 0 else { return }
    // "line 1, line 3" reads "line 1, 3".
    let unit = first.first?.split(separator: " ").first.map(String.init) ?? "row"
    let numbers = first.map { $0.split(separator: " ").last.map(String.init) ?? $0 }.joined(separator: ", ")
    let more = count > first.count ? ", ..." : ""
    throw CommandFailure(
      "\(count) of \(rows) \(unit)s of \(input) failed (\(unit) \(numbers)\(more)); the output holds an \"error\" for each",
      status: .partialFailure)
  }
}
