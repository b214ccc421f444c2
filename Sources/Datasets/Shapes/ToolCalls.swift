import JSON
import Support

/// Tool calls as other data write them.
enum ToolCalls {
  /// The calls of a turn of role `function_call`: an object with a name and arguments, or a list of such, mostly as a
  /// JSON text.
  static func calls(of content: JSONValue) throws(InputError) -> JSONValue {
    var value = content
    if let text = content.stringValue {
      do { value = try JSONValue.parse(text) } catch {
        throw .unreadable("the function call is \(error)")
      }
    }
    let calls = value.arrayValue ?? [value]
    var list: [JSONValue] = []
    for call in calls {
      guard let object = call.objectValue else {
        throw .unreadable("a function call is \(call.kindName); an object is expected")
      }
      if object["function"] != nil {
        list.append(call)
        continue
      }
      guard object["name"]?.stringValue != nil else {
        throw .unreadable("a function call has no name")
      }
      list.append(.object(JSONObject([("type", .string("function")), ("function", call)])))
    }
    return .array(list)
  }
}
