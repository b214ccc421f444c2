import JSON
import Tokenizers

/// The lines of JSON that the commands print for rows.
enum JSONLine {
  /// `{"error":"..."}`, with the template's line where that is known.
  static func error(_ message: String, line: Int? = nil, ascii: Bool = false) -> [UInt8] {
    let place = line.map { [("line", JSONValue.number($0))] } ?? []
    return JSONValue.object(JSONObject([("error", .string(message))] + place)).serialized(.compact, ascii: ascii)
  }

  /// `{"rendered":"..."}`
  static func rendered(_ text: [UInt8], ascii: Bool) -> [UInt8] {
    member("rendered", .string(String(decoding: text, as: UTF8.self)), ascii: ascii)
  }

  /// `{"text":"..."}`
  static func decoded(_ text: [UInt8], ascii: Bool) -> [UInt8] {
    member("text", .string(String(decoding: text, as: UTF8.self)), ascii: ascii)
  }

  /// `{"count":2,"ids":[1,2]}`
  static func encoded(_ ids: [TokenID]) -> [UInt8] {
    let list = ids.map(String.init).joined(separator: ",")
    return Array("{\"count\":\(ids.count),\"ids\":[\(list)]}".utf8)
  }

  private static func member(_ name: String, _ value: JSONValue, ascii: Bool) -> [UInt8] {
    JSONValue.object(JSONObject([(name, value)])).serialized(.compact, ascii: ascii)
  }
}
