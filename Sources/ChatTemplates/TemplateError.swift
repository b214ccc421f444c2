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
  /// For ``Origin/raised`` and ``Origin/failed`` the text of the reference's exception.
  ///
  /// Halves of surrogate pairs, which Python's texts can hold and Swift's cannot, are escapes here; ``text`` has them.
  public let message: String
  /// The message in UTF-8, in which half of a surrogate pair has the three bytes that UTF-8 would give it.
  public let text: [UInt8]
  /// Name of the reference's exception class, for instance `UndefinedError`; empty where it is not known.
  public let className: String
  /// Line of the template, from 1 on; nil where it is not known.
  public internal(set) var line: Int?

  /// Makes an error.
  public init(_ origin: Origin, _ message: String, className: String = "", line: Int? = nil) {
    self.origin = origin
    self.message = message
    text = Array(message.utf8)
    self.className = className
    self.line = line
  }

  /// Makes an error whose message may hold halves of surrogate pairs, as ``text`` has them.
  init(_ origin: Origin, text: [UInt8], className: String) {
    self.origin = origin
    message = text.withUnsafeBytes { PythonText.escapingSurrogates($0) }
    self.text = text
    self.className = className
  }

  /// The message with the template's line, where that is known.
  public var placed: String { message + Self.place(line) }

  /// What is said of a line behind a message; nothing where it is not known.
  public static func place(_ line: Int?) -> String { line.map { " (line \($0) of the chat template)" } ?? "" }

  /// The message.
  public var description: String { message }
}
