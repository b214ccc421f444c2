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
