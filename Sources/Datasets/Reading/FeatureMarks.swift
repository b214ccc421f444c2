import ColumnarFiles
import JSON

/// What the `datasets` library says of columns beyond their types: names of classes, and texts that hold JSON.
struct FeatureMarks: Sendable {
  private let features: JSONObject

  /// Reads the metadata of a table; none says nothing.
  init(_ schema: Schema) {
    let text = schema.metadata("huggingface") ?? ""
    let info = (try? JSONValue.parse(text))?["info"]
    features = info?["features"]?.objectValue ?? JSONObject()
  }

  /// The names of a column's classes; nil if its numbers are just numbers.
  func classNames(of column: String) -> [String]? {
    guard let feature = features.value(at: column), feature["_type"]?.stringValue == "ClassLabel" else { return nil }
    return feature["names"]?.arrayValue?.compactMap(\.stringValue)
  }

  /// A column with marks where texts hold JSON.
  func marked(_ field: Field) -> Field {
    features.value(at: field.name).map { Self.marked(field, $0) } ?? field
  }

  private static func marked(_ field: Field, _ feature: JSONValue) -> Field {
    var field = field
    switch field.type {
    case .utf8:
      if feature["_type"]?.stringValue == "Json" { field.holdsJSON = true }
    case .list(let element):
      // [feature] until datasets 3, later {"feature": ..., "_type": "List"}.
      if let inner = feature.arrayValue?.first ?? feature["feature"] { field.type = .list(marked(element, inner)) }
    case .struct(let fields):
      field.type = .struct(fields.map { part in feature[part.name].map { marked(part, $0) } ?? part })
    case .null, .bool, .int64, .double, .unsupported: break
    }
    return field
  }
}
