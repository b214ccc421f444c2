import CJSONC
import Glibc
public import Support

/// Reads and writes documents whose member names are not data, such as configuration, with json-c.
///
/// Member names are C strings in json-c, so they must not hold U+0000, and whole numbers beyond 64 bits become the
/// nearest one that fits. ``JSONValue`` has its own reader and writer for documents in which that could matter.
public enum JSONDocument {
  /// Reads one document.
  ///
  /// - Throws: `FileError` with the byte if json-c stopped reading: bad syntax, ill-formed UTF-8, nesting beyond
  ///   ``JSONScanner/maximumDepth`` levels, anything but white space after the document.
  /// - Complexity: O(number of bytes).
  public static func parse(_ bytes: [UInt8]) throws(FileError) -> JSONValue {
    guard let parser = JSONParser(depth: Int32(JSONScanner.maximumDepth)) else {
      throw FileError(notJSON: "out of memory", offset: 0)
    }
    return try parser.parse(bytes.span.bytes)
  }

  /// The document as Python's `json.dumps(value, indent=2)` writes it: UTF-8 text without a final newline.
  ///
  /// - Parameter ascii: whether characters beyond ASCII are written as `\uXXXX`.
  public static func serialized(_ value: JSONValue, ascii: Bool = true) -> [UInt8] {
    let object = make(value)
    defer { json_object_put(object) }
    let flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE
    var length = 0
    guard let text = json_object_to_json_string_length(object, flags, &length) else { return Array("null".utf8) }
    let bytes = Array(UnsafeRawBufferPointer(start: text, count: length))
    return ascii ? escapingBeyondASCII(bytes) : bytes
  }

  /// Makes a json-c tree that the caller owns; nil is null in json-c.
  private static func make(_ value: JSONValue) -> OpaquePointer? {
    switch value {
    case .null: return nil
    case .bool(let value): return json_object_new_boolean(value ? 1 : 0)
    case .integer(let value): return json_object_new_int64(value)
    case .bigInteger(let digits): return json_object_new_double_s(Double(digits) ?? .nan, digits)
    case .double(let value): return value.isFinite ? json_object_new_double_s(value, value.pythonText) : nil
    case .string(let value):
      // The C string is the same bytes with a NUL after them; the length includes NULs within them.
      return value.withCString { json_object_new_string_len($0, Int32(value.utf8.count)) }
    case .array(let elements):
      let array = json_object_new_array_ext(Int32(elements.count))
      if elements.isEmpty { write(array, as: "[]") }
      for element in elements { json_object_array_add(array, make(element)) }
      return array
    case .object(let members):
      let object = json_object_new_object()
      if members.isEmpty { write(object, as: "{}") }
      for member in members.members {
        // The names are known to differ, so json-c need not look for duplicates.
        json_object_object_add_ex(object, member.key, make(member.value), UInt32(JSON_C_OBJECT_ADD_KEY_IS_NEW))
      }
      return object
    }
  }

  /// Makes json-c write an object as a text: json-c up to 0.17 breaks the line in empty ones.
  private static func write(_ object: OpaquePointer?, as text: String) {
    json_object_set_serializer(object, json_object_userdata_to_json_string, strdup(text), json_object_free_userdata)
  }

  /// Every byte beyond ASCII is inside a string, where an escape means the same.
  private static func escapingBeyondASCII(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      guard scalar.isASCII else {
        JSONWriter.appendEscapes(of: scalar, to: &output)
        continue
      }
      output.append(UInt8(scalar.value))
    }
    return output
  }
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

  func parse(_ bytes: RawSpan) throws(FileError) -> JSONValue {
    guard bytes.byteCount < Int(Int32.max) else {
      throw FileError(notJSON: "documents of 2 GiB and more are not read", offset: 0)
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
      throw FileError(notJSON: reason, offset: min(end, bytes.byteCount))
    }
    for offset in end..<max(end, bytes.byteCount) {
      let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      guard [0x20, 0x09, 0x0A, 0x0D].contains(byte) else {
        throw FileError(notJSON: "unexpected text after the document", offset: offset)
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

  private static func integer(_ object: OpaquePointer?) -> JSONValue {
    let value = json_object_get_int64(object)
    let unsigned = json_object_get_uint64(object)
    return value == .max && unsigned > UInt64(Int64.max) ? .bigInteger(String(unsigned)) : .integer(value)
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
    // json-c has resolved duplicate names: the later value takes the place of the first.
    var members = JSONObject()
    var position = json_object_iter_begin(object)
    var end = json_object_iter_end(object)
    while json_object_iter_equal(&position, &end) == 0 {
      members[String(cString: json_object_iter_peek_name(&position))] = convert(json_object_iter_peek_value(&position))
      json_object_iter_next(&position)
    }
    return .object(members)
  }
}

/// A JSON text in which escaped surrogate pairs are written as the characters they mean.
///
/// json-c up to 0.18 mistakes the character of a pair for half of another pair if its code point is U+xD800 to U+xDBFF
/// in a plane beyond the first (such as U+1D800, SignWriting), and replaces it with U+FFFD. Here it never sees a pair.
private struct EscapedPairs {
  /// The text with a terminating NUL.
  private(set) var text: [CChar]
  /// Offsets in ``text`` after each replaced pair, ascending.
  private var ends: [Int] = []

  /// A pair's 12 bytes become 4.
  private static let pairLength = 12
  private static let shrinkage = 8

  /// - Complexity: O(number of bytes).
  init(of bytes: UnsafeRawBufferPointer) {
    text = []
    text.reserveCapacity(bytes.count + 1)
    var copied = 0
    var offset = 0
    while offset < bytes.count {
      guard let next = Self.backslash(in: bytes, from: offset) else { break }
      offset = next
      guard let scalar = Self.pair(in: bytes, at: offset) else {
        offset += 2  // After the escaped character, so that `\\u` is no escape.
        continue
      }
      append(bytes[copied..<offset])
      text.append(contentsOf: String(scalar).utf8.lazy.map(CChar.init(bitPattern:)))
      ends.append(text.count)
      offset += Self.pairLength
      copied = offset
    }
    append(bytes[min(copied, bytes.count)...])
    text.append(0)
  }

  private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
    UnsafeRawBufferPointer(rebasing: bytes).withMemoryRebound(to: CChar.self) { text.append(contentsOf: $0) }
  }

  /// The offset of the next backslash at or after `offset`; nil if there is none.
  private static func backslash(in bytes: UnsafeRawBufferPointer, from offset: Int) -> Int? {
    guard offset < bytes.count, let start = bytes.baseAddress,
      let found = memchr(start + offset, Int32(UInt8(ascii: "\\")), bytes.count - offset)
    else { return nil }
    return UnsafeRawPointer(found) - start
  }

  /// The offset in the original that an offset in ``text`` belongs to.
  func originalOffset(of offset: Int) -> Int {
    offset + Self.shrinkage * (ends.firstIndex { $0 > offset } ?? ends.count)
  }

  /// The character of a pair `\uD8xx\uDCxx` that starts at an offset.
  private static func pair(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Unicode.Scalar? {
    guard let high = codeUnit(in: bytes, at: offset), (0xD800...0xDBFF).contains(high),
      let low = codeUnit(in: bytes, at: offset + 6), (0xDC00...0xDFFF).contains(low)
    else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  /// The code unit of an escape `\uXXXX`.
  private static func codeUnit(in bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32? {
    guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var unit: UInt32 = 0
    for byte in bytes[(offset + 2)..<(offset + 6)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}
