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
