import JSON

/// A value as Jinja 3.1 sees it: JSON, or undefined with the message of the error that its use raises.
enum TemplateValue {
  case undefined(String)
  case defined(JSONValue)

  /// A member of an object; undefined where there is none.
  ///
  /// - Throws: `TemplateError` on an undefined value, as Jinja does.
  func attribute(_ name: String) throws(TemplateError) -> TemplateValue {
    switch self {
    case .undefined(let message): throw TemplateError(.failed, message)
    case .defined(let value):
      if let member = value[name] { return .defined(member) }
      return .undefined("'\(value.jinjaTypeName)' has no attribute '\(name)'")
    }
  }

  /// Whether Python counts the value as true.
  var isTrue: Bool {
    guard case .defined(let value) = self else { return false }
    return value.isTrue
  }

  /// Whether the value is undefined.
  var isUndefined: Bool { if case .undefined = self { true } else { false } }

  /// The text that `'text' + value` joins, or `value + 'text'`.
  ///
  /// - Parameter isFirst: Whether the value stands before the text.
  /// - Throws: `TemplateError` with Python's message for everything but a string.
  func concatenated(isFirst: Bool = false) throws(TemplateError) -> String {
    switch self {
    case .undefined(let message): throw TemplateError(.failed, message)
    case .defined(.string(let text)): return text
    case .defined(.array) where isFirst:
      throw TemplateError(.failed, "can only concatenate list (not \"str\") to list")
    case .defined(let value) where isFirst:
      throw TemplateError(.failed, "unsupported operand type(s) for +: '\(value.pythonTypeName)' and 'str'")
    case .defined(let value):
      throw TemplateError(.failed, "can only concatenate str (not \"\(value.pythonTypeName)\") to str")
    }
  }

  /// The text that `{{ value }}` prints: nothing where it is undefined, else Python's `str`.
  ///
  /// - Throws: `TemplateError` for lists and objects, naming them by `what`.
  func printed(_ what: @autoclosure () -> String, advice: String = "give a text") throws(TemplateError) -> String {
    switch self {
    case .undefined: return ""
    case .defined(let value):
      guard let text = value.pythonText else {
        throw TemplateError(
          .unsupported, "\(what()) is \(value.kindName), which the template would print as Python source; \(advice)")
      }
      return text
    }
  }

  /// The text that `{{ message.content }}` prints.
  ///
  /// - Throws: `TemplateError` for lists and objects, which says what to do.
  func printedContent(ofMessage number: Int) throws(TemplateError) -> String {
    let isList = if case .defined(.array) = self { true } else { false }
    let advice = isList ? "give a text, or join the texts of its parts (--content-parts join)" : "give a text"
    return try printed("the content of message \(number)", advice: advice)
  }

  /// Appends what `value | tojson` prints.
  ///
  /// - Throws: `TemplateError` with Python's message where the value is undefined.
  func appendJSON(to bytes: inout [UInt8]) throws(TemplateError) {
    guard case .defined(let value) = self else {
      throw TemplateError(.failed, "Object of type Undefined is not JSON serializable")
    }
    value.append(to: &bytes, .python)
  }
}

extension JSONValue {
  /// Whether Python counts the value as true.
  fileprivate var isTrue: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .bigInteger: true
    case .double(let value): value != 0
    case .string(let value): !value.isEmpty
    case .array(let value): !value.isEmpty
    case .object(let value): !value.isEmpty
    }
  }

  /// Python's `str(value)`; nil for lists and objects, whose text is Python source.
  fileprivate var pythonText: String? {
    switch self {
    case .null: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .bigInteger(let digits): digits
    case .double(let value): value.pythonText
    case .string(let value): value
    case .array, .object: nil
    }
  }

  /// The name of the value's type in Python's messages.
  fileprivate var pythonTypeName: String {
    switch self {
    case .null: "NoneType"
    case .bool: "bool"
    case .integer, .bigInteger: "int"
    case .double: "float"
    case .string: "str"
    case .array: "list"
    case .object: "dict"
    }
  }

  /// The name of the value's type in Jinja's messages.
  fileprivate var jinjaTypeName: String { self == .null ? "None" : "\(pythonTypeName) object" }
}
