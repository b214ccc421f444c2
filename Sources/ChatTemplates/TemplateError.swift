/// A conversation that cannot be read or that a chat template does not render, an argument that it does not take, or a
/// template that cannot be compiled.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where the refusal comes from.
  public enum Origin: Sendable, Hashable {
    /// The official template calls `raise_exception`.
    case raised
    /// The official template stops in Jinja or Python, for instance when it joins a text and null.
    case failed
    /// The official template would print a list or an object as Python source, which is not supported here.
    case unsupported
    /// The template does more than ``TemplateLimits`` allow.
    case limit
    /// The conversation is not a list of messages.
    case malformed
    /// An argument for the template is not known, or its value is of the wrong kind.
    case argument
  }

  /// Where the refusal comes from.
  public let origin: Origin
  /// For ``Origin/raised`` and ``Origin/failed`` exactly the text of the reference's exception.
  public let message: String
  /// Name of the reference's exception class, for instance `UndefinedError`; empty where it is not known.
  public let className: String
  /// Line of the template, from 1 on; nil where it is not known.
  public internal(set) var line: Int?

  /// Makes an error.
  public init(_ origin: Origin, _ message: String, className: String = "", line: Int? = nil) {
    self.origin = origin
    self.message = message
    self.className = className
    self.line = line
  }

  /// The message.
  public var description: String { message }
}
