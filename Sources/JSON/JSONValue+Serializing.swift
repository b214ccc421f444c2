import CJSONC
import Glibc

extension JSONValue {
  /// How a document is laid out as text.
  public enum Layout: Sendable {
    /// One line without spaces.
    case compact
    /// One member or element a line, two spaces a level; an array of nothing but numbers on one line.
    case pretty
  }

  /// The document as UTF-8 text without a final newline.
  ///
  /// Doubles are written with the fewest digits that read back as the same value; NaN and infinities, which JSON cannot
  /// express, as null.
  ///
  /// - Parameters:
  ///   - layout: one line, or indented.
  ///   - ascii: whether characters beyond ASCII are written as `\uXXXX`.
  public func serialized(_ layout: Layout = .compact, ascii: Bool = false) -> [UInt8] {
    let object = makeObject(layout)
    defer { json_object_put(object) }
    let flags =
      switch layout {
      case .compact: JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE
      case .pretty: JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE
      }
    var length = 0
    guard let text = json_object_to_json_string_length(object, flags, &length) else { return Array("null".utf8) }
    let bytes = Array(UnsafeRawBufferPointer(start: text, count: length))
    return ascii ? Self.escapingBeyondASCII(bytes) : bytes
  }

  /// Makes a json-c tree that the caller owns; nil stands for null in json-c.
  private func makeObject(_ layout: Layout) -> OpaquePointer? {
    switch self {
    case .null: nil
    case .bool(let value): json_object_new_boolean(value ? 1 : 0)
    case .integer(let value): json_object_new_int64(value)
    case .double(let value): value.isFinite ? json_object_new_double_s(value, Self.shortest(value)) : nil
    case .string(let value): Self.makeString(value)
    case .array(let elements): Self.makeArray(elements, layout)
    case .object(let members): Self.makeMembers(members, layout)
    }
  }

  /// Shortest decimal text of a double, in JSON's grammar.
  private static func shortest(_ value: Double) -> String { value.description }

  private static func makeString(_ value: String) -> OpaquePointer? {
    // The C string is the same bytes with a NUL behind them; the length lets NULs inside through.
    value.withCString { json_object_new_string_len($0, Int32(value.utf8.count)) }
  }

  private static func makeArray(_ elements: [JSONValue], _ layout: Layout) -> OpaquePointer? {
    if layout == .pretty, let line = lineOfNumbers(elements) {
      let array = json_object_new_array_ext(0)
      // The array is written as the text that it carries, and frees it.
      json_object_set_serializer(
        array, json_object_userdata_to_json_string, strdup(line), json_object_free_userdata)
      return array
    }
    let array = json_object_new_array_ext(Int32(elements.count))
    for element in elements { json_object_array_add(array, element.makeObject(layout)) }
    return array
  }

  /// The text of an array that holds nothing but numbers; nil for any other.
  private static func lineOfNumbers(_ elements: [JSONValue]) -> String? {
    if elements.isEmpty { return nil }
    var line = "["
    for element in elements {
      if line.utf8.count > 1 { line += ", " }
      switch element {
      case .integer(let value): line += String(value)
      case .double(let value) where value.isFinite: line += shortest(value)
      case .null, .bool, .double, .string, .array, .object: return nil
      }
    }
    return line + "]"
  }

  private static func makeMembers(_ members: JSONObject, _ layout: Layout) -> OpaquePointer? {
    let object = json_object_new_object()
    for member in members.members {
      // The keys differ already, so json-c need not look for each.
      json_object_object_add_ex(
        object, member.key, member.value.makeObject(layout), UInt32(JSON_C_OBJECT_ADD_KEY_IS_NEW))
    }
    return object
  }

  /// Every byte beyond ASCII stands inside a string, where an escape says the same.
  private static func escapingBeyondASCII(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 2)
    let digits = Array("0123456789abcdef".utf8)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      guard !scalar.isASCII else {
        output.append(UInt8(scalar.value))
        continue
      }
      for unit in String(scalar).utf16 {
        output += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
        for shift in [12, 8, 4, 0] { output.append(digits[Int(unit >> UInt16(shift)) & 15]) }
      }
    }
    return output
  }
}
