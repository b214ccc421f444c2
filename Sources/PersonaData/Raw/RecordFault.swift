import Datasets
/// What is wrong with a line of raw records.
struct RecordFault: Error, Sendable, Hashable {
  /// What was found or is missing.
  let reason: String
  /// Where in the line, counted in bytes from 1; nil where the line as a whole is meant.
  let column: Int?

  init(_ reason: String, column: Int? = nil) {
    self.reason = reason
    self.column = column
  }
}
