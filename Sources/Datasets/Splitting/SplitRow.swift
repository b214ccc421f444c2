public import ChatTemplates

/// A row of a dataset as it goes into a split.
public struct SplitRow: Sendable {
  /// The number in the batch of the row that is copied.
  public var row: Int
  /// The messages as they are written; their ranges point into the batch's text.
  public var messages: [ChatMessage]
  /// Their tokens.
  public var tokens: Int

  /// Makes a row from its parts.
  public init(row: Int, messages: [ChatMessage], tokens: Int) {
    self.row = row
    self.messages = messages
    self.tokens = tokens
  }
}
