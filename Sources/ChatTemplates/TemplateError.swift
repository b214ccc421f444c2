/// A conversation that a chat template does not render.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where the refusal comes from.
  public enum Origin: Sendable, Hashable {
    /// The official template calls `raise_exception`.
    case raised
    /// The official template stops in Jinja or Python, for instance when it joins a text and null.
    case failed
    /// The official template would print a list or an object as Python source, which is not supported here.
    case unsupported
  }

  /// Where the refusal comes from.
  public let origin: Origin
  /// For ``Origin/raised`` and ``Origin/failed`` exactly the text of the reference's exception.
  public let message: String

  /// Makes an error.
  public init(_ origin: Origin, _ message: String) {
    self.origin = origin
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
