public import JSON

/// JSON laid out as Python's `json.dumps` does, which wrote the files of the original datasets.
public enum PythonText {
  /// A document on one line, with `", "` and `": "`.
  public static func line(_ value: JSONValue) -> String { text(value, indent: nil, level: 0) }

  /// A document with `indent=2`.
  public static func indented(_ value: JSONValue) -> String { text(value, indent: 2, level: 0) }

  private static func text(_ value: JSONValue, indent: Int?, level: Int) -> String {
    switch value {
    case .array(let elements):
      enclosed("[", elements.map { text($0, indent: indent, level: level + 1) }, "]", indent: indent, level: level)
    case .object(let object):
      enclosed(
        "{",
        object.members.map { "\(scalar(.string($0.key))): \(text($0.value, indent: indent, level: level + 1))" }, "}",
        indent: indent, level: level)
    case .null, .bool, .integer, .double, .string: scalar(value)
    }
  }

  private static func scalar(_ value: JSONValue) -> String {
    String(decoding: value.serialized(ascii: true), as: UTF8.self)
  }

  private static func enclosed(
    _ open: String, _ items: [String], _ close: String, indent: Int?, level: Int
  ) -> String {
    guard let indent, !items.isEmpty else { return open + items.joined(separator: ", ") + close }
    let margin = "\n" + String(repeating: " ", count: indent * (level + 1))
    let end = "\n" + String(repeating: " ", count: indent * level)
    return open + margin + items.joined(separator: ",\(margin)") + end + close
  }
}
