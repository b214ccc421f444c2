import Analysis
import Counting
import JSON
import Tokenizers

/// What `count` prints: a line for each text, or one for all.
struct CountReport: ~Copyable {
  private let isJSON: Bool
  private let isTotal: Bool
  private var output = StandardOutput()
  private var texts = 0
  private var failures = 0
  private var tokens = 0
  private var bytes = 0

  /// - Parameters:
  ///   - isJSON: whether lines are JSON objects.
  ///   - isTotal: whether there is one line for all texts.
  init(isJSON: Bool, isTotal: Bool) {
    self.isJSON = isJSON
    self.isTotal = isTotal
  }

  /// Takes the counts of a batch; texts that could not be read are named.
  ///
  /// - Parameter input: the name and the number of texts before the batch, for messages.
  mutating func add(
    _ counts: [Int], of batch: TextBatch, input: (name: String, textsBefore: Int)
  ) throws(CommandFailure) {
    texts += batch.count
    failures += batch.failures.count
    bytes += batch.bytes.count
    tokens += counts.reduce(0, +)
    for (text, reason) in batch.failures.sorted(by: { $0.key < $1.key }) {
      Messages.warning("\(input.name): line \(input.textsBefore + text + 1): \(reason)")
    }
    guard !isTotal else { return }
    for text in 0..<batch.count { try output.writeLine(line(of: counts[text], failure: batch.failures[text])) }
  }

  /// Takes the counts of rows of a dataset; rows that could not be counted are named.
  ///
  /// - Parameter input: the name and the number of rows before these, for messages.
  mutating func add(_ counts: RowCounts, input: (name: String, textsBefore: Int)) throws(CommandFailure) {
    texts += counts.tokens.count
    failures += counts.failures.count
    bytes += counts.bytes
    tokens += counts.tokens.reduce(0, +)
    for (row, reason) in counts.failures.sorted(by: { $0.key < $1.key }) {
      Messages.warning("\(input.name): line \(input.textsBefore + row + 1): \(reason)")
    }
    guard !isTotal else { return }
    for (row, count) in counts.tokens.enumerated() {
      try output.writeLine(line(of: count, failure: counts.failures[row]))
    }
  }

  /// Prints what stands at the end, and fails if a text did.
  mutating func end(with timing: CountTiming?) throws(CommandFailure) {
    let measured = timing?.members ?? []
    if isTotal && !isJSON { try output.writeLine(String(tokens)) }
    var members: [(String, JSONValue)] = []
    if isTotal && isJSON {
      members = [("texts", .number(texts)), ("tokens", .number(tokens)), ("bytes", .number(bytes))]
      if failures > 0 { members.append(("failures", .number(failures))) }
    }
    members += measured
    if !members.isEmpty { try output.writeLine(JSONValue.object(JSONObject(members)).serialized()) }
    try output.flush()
    if failures > 0 { throw CommandFailure("\(failures) of \(texts) texts were not counted", status: .partialFailure) }
  }

  /// Prints what is still held back.
  mutating func flush() throws(CommandFailure) { try output.flush() }

  private func line(of count: Int, failure: String?) -> [UInt8] {
    if let failure { return isJSON ? JSONLine.error(failure) : Array("-".utf8) }
    return Array((isJSON ? "{\"count\":\(count)}" : String(count)).utf8)
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

  private var first: [Int] = []
  private(set) var count = 0

  /// Notes a row by its number, from 1.
  mutating func note(_ row: Int) {
    count += 1
    if first.count < Self.namedRows { first.append(row) }
  }

  /// Says which rows failed and ends the command with the status of a partial failure, if any did.
  func end(of rows: Int, in input: String) throws(CommandFailure) {
    guard count > 0 else { return }
    let numbers = first.map(String.init).joined(separator: ", ") + (count > first.count ? ", ..." : "")
    throw CommandFailure(
      "\(count) of \(rows) lines of \(input) failed (line \(numbers)); the output holds an \"error\" for each",
      status: .partialFailure)
  }
}
