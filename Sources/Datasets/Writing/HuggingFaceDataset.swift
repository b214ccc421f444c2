public import ColumnarFiles
public import JSON

/// The descriptions that the `datasets` library writes beside the data of a dataset folder, and reads back.
public enum HuggingFaceDataset {
  /// The order in which datasets 4.1.1 with pyarrow 21 wrote the parts of a message.
  public static let messageFields = [Field("content", .utf8), Field("role", .utf8)]

  /// A schema with the metadata in which the `datasets` library stores the features.
  public static func schema(_ fields: [Field]) -> Schema { described(Schema(fields)) }

  /// A schema with the features of its columns instead of any that its metadata holds.
  ///
  /// - Parameter known: features of columns that are more than the columns' types say.
  static func described(_ schema: Schema, known: JSONObject = JSONObject()) -> Schema {
    var features = JSONObject()
    for field in schema.fields { features[field.name] = known[field.name] ?? feature(of: field) }
    let info = JSONValue.object(JSONObject([("info", .object(JSONObject([("features", .object(features))])))]))
    let text = String(decoding: info.serialized(.python, ascii: true), as: UTF8.self)
    let others = schema.metadata.filter { $0.key != metadataKey }
    return Schema(schema.fields, metadata: others + [Schema.KeyValue(metadataKey, text)])
  }

  /// The features that a schema's metadata holds.
  static func features(in schema: Schema) -> JSONObject {
    let info = (try? JSONValue.parse(schema.metadata(metadataKey) ?? ""))?["info"]
    return info?["features"]?.objectValue ?? JSONObject()
  }

  private static let metadataKey = "huggingface"

  /// A column as the `datasets` library can load it, which knows no bytes of one length.
  static func loadable(_ field: Field) -> Field {
    var field = field
    switch field.type {
    case .list(let element): field.type = .list(loadable(element))
    case .struct(let fields): field.type = .struct(fields.map(loadable))
    case .null, .bool, .int64, .double, .utf8, .unsupported:
      if case .fixedBinary? = field.stored { field.stored = .binary }
    }
    return field
  }

  /// The text of `dataset_info.json`.
  public static func information(of schema: Schema) -> [UInt8] {
    let described = features(in: schema)
    let features = described.isEmpty ? features(of: schema.fields) : .object(described)
    return JSONDocument.serialized(
      .object(
        JSONObject([
          ("citation", .string("")), ("description", .string("")), ("features", features),
          ("homepage", .string("")), ("license", .string("")),
        ])))
  }

  /// The text of `state.json`.
  ///
  /// - Parameter fingerprint: 16 hexadecimal digits that identify this dataset.
  public static func state(files: [String], fingerprint: String) -> [UInt8] {
    let files = files.map { JSONValue.object(JSONObject([("filename", .string($0))])) }
    return JSONDocument.serialized(
      .object(
        JSONObject([
          ("_data_files", .array(files)), ("_fingerprint", .string(fingerprint)), ("_format_columns", .null),
          ("_format_kwargs", .object(JSONObject())), ("_format_type", .null), ("_output_all_columns", .bool(false)),
          ("_split", .null),
        ])))
  }

  /// The member `features` of both descriptions.
  public static func features(of fields: [Field]) -> JSONValue {
    .object(JSONObject(fields.map { ($0.name, feature(of: $0)) }))
  }

  /// A column as the `datasets` library 4 and 5 describes it.
  private static func feature(of field: Field) -> JSONValue {
    switch field.type {
    case .list(let element):
      .object(JSONObject([("feature", feature(of: element)), ("_type", .string("List"))]))
    case .struct(let fields): features(of: fields)
    case .null, .bool, .int64, .double, .utf8, .unsupported:
      .object(
        JSONObject([
          ("dtype", .string(field.stored.map(name) ?? field.type.description)), ("_type", .string("Value")),
        ]))
    }
  }

  /// The name of a stored type, as pyarrow has it.
  private static func name(of type: StoredType) -> String {
    let units = ["s", "ms", "us", "ns"]
    switch type {
    case .integer(let bits, let isSigned): return "\(isSigned ? "" : "u")int\(bits)"
    case .half: return "float16"
    case .single: return "float32"
    case .binary, .fixedBinary: return "binary"
    case .decimal(let precision, let scale): return "decimal128(\(precision), \(scale))"
    case .date(let isMilliseconds): return isMilliseconds ? "date64" : "date32"
    case .time(let unit): return "time\(unit.rawValue < 2 ? 32 : 64)[\(units[unit.rawValue])]"
    case .timestamp(let unit, let zone):
      return "timestamp[\(units[unit.rawValue])\(zone.map { ", tz=\($0)" } ?? "")]"
    case .duration(let unit): return "duration[\(units[unit.rawValue])]"
    }
  }
}
