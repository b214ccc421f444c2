/// A conversation that is not a list of messages.
public struct ChatFormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was expected and what was found.
  public let description: String

  /// Makes an error from its message.
  public init(_ description: String) {
    self.description = description
  }
}
