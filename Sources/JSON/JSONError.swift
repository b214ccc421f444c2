/// Why some bytes are not a JSON document.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in json-c's words or ours.
  public let reason: String
  /// Where it is wrong: bytes from the start of the document.
  public let offset: Int

  /// Makes an error at a byte.
  public init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// The fault and its place, as a clause for a message.
  public var description: String { "not valid JSON at byte \(offset): \(reason)" }
}
