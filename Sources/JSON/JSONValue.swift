public import Support

/// A JSON document or a part of one.
public enum JSONValue: Sendable, Equatable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits.
  case integer(Int64)
  /// A number written without fraction and exponent beyond 64 bits: its digits, after a minus sign if it is negative.
  case bigInteger(String)
  /// Any other number.
  case double(Double)
  /// A text; its UTF-8 bytes are those of the document.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Named members in the document's order.
  case object(JSONObject)

  /// Whether two documents are equal; strings are compared by bytes.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.bigInteger(let a), .bigInteger(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }

  /// An integer as a JSON number.
  public static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  /// The text of a string, else nil.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The value of an integer of 64 bits, else nil.
  public var integerValue: Int? {
    if case .integer(let value) = self { Int(value) } else { nil }
  }

  /// The value of any number, else nil.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .bigInteger(let digits): Double(digits)
    case .double(let value): value
    default: nil
    }
  }

  /// The value of a boolean, else nil.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array, else nil.
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members of an object, else nil.
  public var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member of an object; nil for other values and missing members.
  public subscript(key: String) -> JSONValue? { objectValue?[key] }

  /// Reads one JSON document (RFC 8259, UTF-8) as Python's `json` does.
  ///
  /// Whole numbers of any size stay whole; others become the nearest double, infinite beyond the largest. Of members
  /// with the same name the later value takes the place of the first. Half of a surrogate pair is read as U+FFFD.
  ///
  /// - Throws: `FileError` with the byte that cannot be there: bad syntax, ill-formed UTF-8, nesting beyond
  ///   ``JSONScanner/maximumDepth`` levels, anything but white space after the document.
  /// - Complexity: O(number of bytes).
  public static func parse(_ bytes: RawSpan) throws(FileError) -> JSONValue {
    var scanner = JSONScanner(bytes)
    let value = try scanner.value()
    try scanner.finish()
    return value
  }

  /// Reads one JSON document.
  public static func parse(_ bytes: [UInt8]) throws(FileError) -> JSONValue { try parse(bytes.span.bytes) }

  /// Reads one JSON document.
  public static func parse(_ text: String) throws(FileError) -> JSONValue { try parse(Array(text.utf8)) }

  /// What kind of value this is, for messages: "a string", "an integer".
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .bigInteger: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
