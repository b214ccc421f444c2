import JSON

/// One entry of the document's `error_details`.
public struct ErrorDetail: Sendable, Hashable {
  /// The dataset's full name.
  public var dataset: String
  /// The row's number from 0; nil where the whole dataset failed.
  public var row: Int?
  /// What failed: `dataset`, or the raw value of a ``RowFailure/Kind``.
  public var kind: String
  /// The reason.
  public var message: String

  /// Makes a detail from its parts.
  public init(dataset: String, row: Int?, kind: String, message: String) {
    self.dataset = dataset
    self.row = row
    self.kind = kind
    self.message = message
  }

  var json: JSONValue {
    .fields([
      ("dataset", .string(dataset)), ("row", .optional(row)), ("kind", .string(kind)), ("message", .string(message)),
    ])
  }
}
