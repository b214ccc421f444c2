extension TemplateError {
  static func type(_ message: String) -> TemplateError { TemplateError(.failed, message, className: "TypeError") }
  static func value(_ message: String) -> TemplateError { TemplateError(.failed, message, className: "ValueError") }

  static func filterArgument(_ message: String) -> TemplateError {
    TemplateError(.failed, message, className: "FilterArgumentError")
  }

  static func overflow(_ message: String) -> TemplateError {
    TemplateError(.failed, message, className: "OverflowError")
  }

  static func runtime(_ message: String) -> TemplateError {
    TemplateError(.failed, message, className: "TemplateRuntimeError")
  }

  static func syntax(_ message: String, line: Int) -> TemplateError {
    TemplateError(.failed, message, className: "TemplateSyntaxError", line: line)
  }

  static var recursion: TemplateError {
    TemplateError(.failed, "maximum recursion depth exceeded", className: "RecursionError")
  }

  /// Something that Python does and that has no reproducible result or is not supported.
  static func unsupported(_ message: String) -> TemplateError {
    TemplateError(.unsupported, message, className: "NotSupported")
  }

  static func limit(_ what: String) -> TemplateError {
    TemplateError(.limit, "the template was stopped: \(what)", className: "LimitExceeded")
  }
}

/// How much a template may do before it is stopped.
public struct TemplateLimits: Sendable, Hashable {
  /// Statements, iterations and calls, and pieces of 64 bytes of text that are copied.
  public var steps: Int
  /// Bytes of the rendered text, or of any text on the way to it.
  public var outputBytes: Int
  /// Macros and recursive loops within each other.
  public var depth: Int

  /// Makes limits; the defaults are far beyond what chat templates need.
  public init(steps: Int = 10_000_000, outputBytes: Int = 64 << 20, depth: Int = 200) {
    self.steps = steps
    self.outputBytes = outputBytes
    self.depth = depth
  }
}
