import ColumnarFiles
import JSON
import TokenStatistics

/// The columns of a dataset that is made.
public enum DatasetSchema: String, Sendable, Hashable, CaseIterable {
  /// The columns of the converter that wrote the original datasets.
  case v1
  /// The same and `dataset_type`, as a later version of the converter wrote them.
  case v2
}

extension DatasetSchema {
  /// The fields in the order of the original, with the note that tells the `datasets` library the features.
  ///
  /// - Parameters:
  ///   - type: names the column of the persona.
  ///   - hasScores: whether any row has a score; a column without any is of type null, as pyarrow infers it.
  func arrowSchema(type: PersonaType, hasScores: Bool) -> Schema {
    let fields = fields(type: type, hasScores: hasScores)
    let info = JSONValue.object(
      JSONObject([("info", .object(JSONObject([("features", Self.features(of: fields))])))]))
    return Schema(fields, metadata: [Schema.Note("huggingface", PythonText.line(info))])
  }

  private func fields(type: PersonaType, hasScores: Bool) -> [Field] {
    var fields = [Field("model", .utf8), Field(type.rawValue, .utf8)]
    if self == .v2 { fields.append(Field("dataset_type", .utf8)) }
    return fields + [
      Field("system_prompt", .utf8), Field("label", .utf8), Field("prompt_index", .int64),
      Field("question_index", .int64), Field("question", .utf8),
      Field("messages", .list(Field("item", .structure(Self.messageFields)))),
      Field("extract_score", hasScores ? .int64 : .null),
    ]
  }

  /// The order in which datasets 4.1.1 with pyarrow 21 wrote the parts of a message.
  static let messageFields = [Field("content", .utf8), Field("role", .utf8)]

  /// The text of `dataset_info.json`.
  static func information(of schema: Schema) -> String {
    PythonText.indented(
      .object(
        JSONObject([
          ("citation", .string("")), ("description", .string("")), ("features", features(of: schema.fields)),
          ("homepage", .string("")), ("license", .string("")),
        ])))
  }

  /// The text of `state.json`.
  ///
  /// - Parameter fingerprint: 16 hexadecimal digits that tell this dataset from others.
  static func state(files: [String], fingerprint: String) -> String {
    let files = files.map { JSONValue.object(JSONObject([("filename", .string($0))])) }
    return PythonText.indented(
      .object(
        JSONObject([
          ("_data_files", .array(files)), ("_fingerprint", .string(fingerprint)), ("_format_columns", .null),
          ("_format_kwargs", .object(JSONObject())), ("_format_type", .null), ("_output_all_columns", .bool(false)),
          ("_split", .null),
        ])))
  }

  static func features(of fields: [Field]) -> JSONValue {
    .object(JSONObject(fields.map { ($0.name, feature(of: $0.type)) }))
  }

  /// A column as the `datasets` library 4 and 5 describes it.
  private static func feature(of type: ColumnType) -> JSONValue {
    switch type {
    case .list(let element):
      .object(JSONObject([("feature", feature(of: element.type)), ("_type", .string("List"))]))
    case .structure(let fields): features(of: fields)
    case .null, .bool, .int64, .double, .utf8, .unsupported:
      .object(JSONObject([("dtype", .string(type.description)), ("_type", .string("Value"))]))
    }
  }
}
