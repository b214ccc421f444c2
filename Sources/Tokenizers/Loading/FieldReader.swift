import JSON

/// Reads the members of one JSON object and remembers which, so that none is passed over that might mean something.
struct FieldReader {
  /// The object's place in the file, such as `pre_tokenizer.pretokenizers[1]`.
  let path: String
  private let object: JSONObject
  private var read: Set<String> = []

  /// Takes an object.
  ///
  /// - Throws: `TokenizerError` where the value is something else.
  init(_ value: JSONValue, path: String) throws(TokenizerError) {
    guard let object = value.objectValue else {
      throw TokenizerError(path, "an object was expected, but this is \(value.kindName)")
    }
    self.object = object
    self.path = path
  }

  /// The place of a member in the file.
  func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// A member that may be missing or null.
  mutating func optional(_ name: String) -> JSONValue? {
    read.insert(name)
    guard let value = object[name], value != .null else { return nil }
    return value
  }

  /// A member that must be there.
  mutating func value(_ name: String) throws(TokenizerError) -> JSONValue {
    guard let value = optional(name) else {
      throw TokenizerError(
        path(of: name), object[name] == nil ? "this field is missing" : "this field may not be null")
    }
    return value
  }

  /// A text.
  mutating func text(_ name: String) throws(TokenizerError) -> [UInt8] {
    try Self.text(try value(name), path: path(of: name))
  }

  /// A text that may be missing or null.
  mutating func optionalText(_ name: String) throws(TokenizerError) -> [UInt8]? {
    guard let value = optional(name) else { return nil }
    return try Self.text(value, path: path(of: name))
  }

  /// The UTF-8 bytes of a text.
  static func text(_ value: JSONValue, path: String) throws(TokenizerError) -> [UInt8] {
    guard let text = value.stringValue else {
      throw TokenizerError(path, "a text was expected, but this is \(value.kindName)")
    }
    return Array(text.utf8)
  }

  /// A text of one character.
  mutating func scalar(_ name: String) throws(TokenizerError) -> Unicode.Scalar {
    let scalars = String(decoding: try text(name), as: UTF8.self).unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else {
      throw TokenizerError(path(of: name), "one character was expected")
    }
    return scalar
  }

  /// True or false.
  mutating func bool(_ name: String) throws(TokenizerError) -> Bool {
    try Self.bool(try value(name), path: path(of: name))
  }

  /// True or false; nil where it is missing or null.
  mutating func optionalBool(_ name: String) throws(TokenizerError) -> Bool? {
    guard let value = optional(name) else { return nil }
    return try Self.bool(value, path: path(of: name))
  }

  private static func bool(_ value: JSONValue, path: String) throws(TokenizerError) -> Bool {
    guard let bool = value.boolValue else {
      throw TokenizerError(path, "true or false was expected, but this is \(value.kindName)")
    }
    return bool
  }

  /// A whole number that is not negative.
  mutating func count(_ name: String) throws(TokenizerError) -> Int {
    try Self.count(try value(name), path: path(of: name))
  }

  private static func count(_ value: JSONValue, path: String) throws(TokenizerError) -> Int {
    guard let count = value.integerValue, count >= 0 else {
      throw TokenizerError(path, "a whole number that is not negative was expected")
    }
    return count
  }

  /// The number of a token.
  static func tokenID(_ value: JSONValue, path: String) throws(TokenizerError) -> TokenID {
    guard let id = TokenID(exactly: try count(value, path: path)) else {
      throw TokenizerError(path, "numbers of tokens beyond \(TokenID.max) are not supported")
    }
    return id
  }

  /// A text that is one of some.
  mutating func choice<Choice: RawRepresentable<String>>(
    _ name: String, _ type: Choice.Type = Choice.self
  ) throws(TokenizerError) -> Choice {
    let text = String(decoding: try text(name), as: UTF8.self)
    guard let choice = Choice(rawValue: text) else {
      throw TokenizerError(path(of: name), "\(Excerpt.of(text.utf8)) is not supported")
    }
    return choice
  }

  /// The elements of an array, with the place of each.
  mutating func elements(_ name: String) throws(TokenizerError) -> [(value: JSONValue, path: String)] {
    guard let elements = try value(name).arrayValue else {
      throw TokenizerError(path(of: name), "an array was expected")
    }
    return elements.enumerated().map { ($0.element, "\(path(of: name))[\($0.offset)]") }
  }

  /// Whether a member is there, null or not; it does not count as read.
  func has(_ name: String) -> Bool { object[name] != nil }

  /// Whether a member is there and not null; it does not count as read.
  func holds(_ name: String) -> Bool { object[name].map { $0 != .null } ?? false }

  /// Members of some components that files also have in others, where the reference passes over them.
  ///
  /// Source: tokenizers 0.23.3; a file of Cohere has those of `ByteLevel` in its `TemplateProcessing`.
  private static let membersOfOthers: Set<String> = [
    "add_prefix_space", "trim_offsets", "use_regex", "prepend_scheme", "replacement", "split", "behavior", "invert",
    "individual_digits", "lowercase", "strip_accents", "clean_text", "handle_chinese_chars", "cleanup", "prefix",
    "suffix", "word_delimiter_token", "pad_token", "cls", "sep", "single", "pair", "special_tokens", "strip_left",
    "strip_right", "start", "stop",
  ]

  /// Ends reading.
  ///
  /// - Throws: `TokenizerError` with the name of a member that was not read, is not null and belongs to no other
  ///   component: nothing is known of it.
  func finish() throws(TokenizerError) {
    for member in object.members where !read.contains(member.key) && member.value != .null {
      // A component has a type; the members of what has none are its own.
      if read.contains("type"), Self.membersOfOthers.contains(member.key) { continue }
      throw TokenizerError(path(of: member.key), "this field is not supported")
    }
  }
}
