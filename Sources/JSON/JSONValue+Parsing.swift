import CJSONC

extension JSONValue {
  /// Nesting that is read before a document is refused.
  private static let maximumDepth: Int32 = 512

  /// Reads one JSON document (RFC 8259, UTF-8).
  ///
  /// - Throws: `JSONError` with the byte where reading stopped: bad syntax, ill-formed UTF-8, nesting beyond 512 levels,
  ///   anything but white space behind the document.
  /// - Complexity: O(number of bytes).
  public static func parse(_ bytes: RawSpan) throws(JSONError) -> JSONValue {
    guard let parser = JSONParser(depth: maximumDepth) else { throw JSONError(reason: "out of memory", offset: 0) }
    return try parser.parse(bytes)
  }

  /// Reads one JSON document.
  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue { try parse(bytes.span.bytes) }

  /// Reads one JSON document.
  public static func parse(_ text: String) throws(JSONError) -> JSONValue { try parse(Array(text.utf8)) }
}

/// Sole owner of a json-c tokener.
private struct JSONParser: ~Copyable {
  private let tokener: UnsafeMutablePointer<json_tokener>

  init?(depth: Int32) {
    guard let tokener = json_tokener_new_ex(depth) else { return nil }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8)
    self.tokener = tokener
  }

  deinit { json_tokener_free(tokener) }

  func parse(_ bytes: RawSpan) throws(JSONError) -> JSONValue {
    guard bytes.byteCount < Int(Int32.max) else {
      throw JSONError(reason: "documents of 2 GiB and more are not read", offset: 0)
    }
    var document: OpaquePointer?
    // The terminating NUL tells json-c that a number at the very end is complete.
    let source = bytes.withUnsafeBytes { EscapedPairs(of: $0) }
    document = json_tokener_parse_ex(tokener, source.text, Int32(source.text.count))
    let end = source.originalOffset(of: Int(json_tokener_get_parse_end(tokener)))
    defer { json_object_put(document) }
    let status = json_tokener_get_error(tokener)
    guard status == json_tokener_success else {
      let atEnd = status == json_tokener_continue
      let reason = atEnd ? "the document ends too early" : String(cString: json_tokener_error_desc(status))
      throw JSONError(reason: reason, offset: min(end, bytes.byteCount))
    }
    for offset in end..<max(end, bytes.byteCount) {
      let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      guard [0x20, 0x09, 0x0A, 0x0D].contains(byte) else {
        throw JSONError(reason: "unexpected text behind the document", offset: offset)
      }
    }
    return Self.convert(document)
  }

  private static func convert(_ object: OpaquePointer?) -> JSONValue {
    switch json_object_get_type(object) {
    case json_type_boolean: .bool(json_object_get_boolean(object) != 0)
    case json_type_double: .double(json_object_get_double(object))
    case json_type_int: integer(object)
    case json_type_string: .string(string(object))
    case json_type_array: array(object)
    case json_type_object: members(object)
    default: .null
    }
  }

  /// Integers beyond 64 bits are clamped by json-c; they become doubles from their own digits.
  private static func integer(_ object: OpaquePointer?) -> JSONValue {
    let value = json_object_get_int64(object)
    let unsigned = json_object_get_uint64(object)
    if value == .max && unsigned > UInt64(Int64.max) { return .double(Double(unsigned)) }
    return .integer(value)
  }

  private static func string(_ object: OpaquePointer?) -> String {
    let count = Int(json_object_get_string_len(object))
    guard let start = json_object_get_string(object) else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }

  private static func array(_ object: OpaquePointer?) -> JSONValue {
    let count = json_object_array_length(object)
    return .array((0..<count).map { convert(json_object_array_get_idx(object, $0)) })
  }

  private static func members(_ object: OpaquePointer?) -> JSONValue {
    var members: [JSONObject.Member] = []
    members.reserveCapacity(Int(json_object_object_length(object)))
    var position = json_object_iter_begin(object)
    var end = json_object_iter_end(object)
    while json_object_iter_equal(&position, &end) == 0 {
      members.append(
        JSONObject.Member(
          key: String(cString: json_object_iter_peek_name(&position)),
          value: convert(json_object_iter_peek_value(&position))))
      json_object_iter_next(&position)
    }
    // json-c has settled keys that occur twice: the later value stands in the place of the first.
    return .object(JSONObject(unique: members))
  }
}
