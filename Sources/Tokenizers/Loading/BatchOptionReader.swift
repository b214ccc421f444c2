import JSON

/// Checks the truncation and padding that a tokenizer.json file stores.
///
/// transformers decides anew about both, so they are left out, but the reference refuses a file in which they are damaged.
enum BatchOptionReader {
  /// Checks the field `truncation`.
  ///
  /// - Throws: `TokenizerError` with the field that the reference refuses.
  static func checkTruncation(_ value: JSONValue) throws(TokenizerError) {
    var reader = try FieldReader(value, path: "truncation")
    if reader.has("direction") { try checkDirection(&reader) }
    try checkNumber(&reader, "max_length", limit: .max)
    try checkNumber(&reader, "stride", limit: .max)
    try checkChoice(&reader, "strategy", ["LongestFirst", "OnlyFirst", "OnlySecond"])
  }

  /// Checks the field `padding`.
  ///
  /// - Throws: `TokenizerError` with the field that the reference refuses.
  static func checkPadding(_ value: JSONValue) throws(TokenizerError) {
    var reader = try FieldReader(value, path: "padding")
    try checkDirection(&reader)
    if reader.holds("pad_to_multiple_of") { try checkNumber(&reader, "pad_to_multiple_of", limit: .max) }
    for name in ["pad_id", "pad_type_id"] { try checkNumber(&reader, name, limit: UInt64(UInt32.max)) }
    _ = try reader.text("pad_token")
    try checkStrategy(try reader.value("strategy"))
  }

  private static func checkDirection(_ reader: inout FieldReader) throws(TokenizerError) {
    try checkChoice(&reader, "direction", ["Left", "Right"])
  }

  private static func checkChoice(
    _ reader: inout FieldReader, _ name: String, _ choices: [String]
  ) throws(TokenizerError) {
    let text = String(decoding: try reader.text(name), as: UTF8.self)
    guard choices.contains(text) else {
      throw TokenizerError(
        reader.path(of: name), "\(Excerpt.of(text.utf8)) is not one of \(choices.joined(separator: ", "))")
    }
  }

  private static func checkNumber(
    _ reader: inout FieldReader, _ name: String, limit: UInt64
  ) throws(TokenizerError) {
    try checkNumber(try reader.value(name), reader.path(of: name), limit: limit)
  }

  private static func checkNumber(_ value: JSONValue, _ path: String, limit: UInt64) throws(TokenizerError) {
    let number: UInt64? =
      switch value {
      case .integer(let number): UInt64(exactly: number)
      case .bigInteger(let digits): UInt64(digits)
      default: nil
      }
    guard let number, number <= limit else {
      throw TokenizerError(path, "a whole number from 0 to \(limit) was expected")
    }
  }

  /// To the longest text of a batch, or to a number of tokens.
  private static func checkStrategy(_ value: JSONValue) throws(TokenizerError) {
    let path = "padding.strategy"
    if value.stringValue == "BatchLongest" { return }
    guard let members = value.objectValue?.members, let member = members.first, members.count == 1 else {
      throw TokenizerError(path, "BatchLongest or an object with Fixed was expected")
    }
    switch member.key {
    case "BatchLongest" where member.value == .null: break
    case "Fixed": try checkNumber(member.value, "\(path).Fixed", limit: .max)
    default: throw TokenizerError("\(path).\(member.key)", "this is not supported")
    }
  }
}
