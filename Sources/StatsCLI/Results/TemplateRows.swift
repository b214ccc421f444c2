import ChatTemplates
import JSON
import Support

/// A row of JSON for a template.
struct TemplateRow {
  /// Its members.
  let object: JSONObject
  /// Whether private characters stand for halves of surrogate pairs, which Python's texts can hold and Swift's cannot.
  let readsStandIns: Bool

  /// Reads a line.
  init(_ line: RawSpan) throws(TemplateError) {
    let value: JSONValue
    do throws(FileError) {
      (value, readsStandIns) = try Self.parse(line)
    } catch {
      throw Self.malformed(error.description)
    }
    guard case .object(let object) = value else {
      throw Self.malformed("\(value.kindName) where an object is expected")
    }
    self.object = object
  }

  private static func parse(_ line: RawSpan) throws(FileError) -> (JSONValue, readsStandIns: Bool) {
    var strict = JSONScanner(line, loneSurrogates: .refused)
    if let value = try? strict.value() {
      try strict.finish()
      return (value, false)
    }
    var scanner = JSONScanner(line, loneSurrogates: .standIns)
    let value = try scanner.value()
    try scanner.finish()
    return (value, true)
  }

  /// An error of a row that is not what is expected.
  static func malformed(_ message: String) -> TemplateError { TemplateError(.malformed, message) }

  /// What is wrong with a member.
  func refusal(_ name: String, _ expected: String) -> TemplateError {
    guard let value = object[name] else { return Self.malformed("the object has no \"\(name)\"") }
    return Self.malformed("\"\(name)\" is \(value.kindName); \(expected) is expected")
  }

  /// Refuses halves of surrogate pairs in the text of a template itself.
  func checkSource(_ source: String) throws(TemplateError) {
    guard readsStandIns, source.unicodeScalars.contains(where: { $0.value >= JSONScanner.firstStandIn }) else { return }
    throw Self.malformed(
      "\"template\" holds half of a surrogate pair as it is, which is not supported; write it as an escape")
  }
}

/// Prints what becomes of rows, a line of JSON each.
struct TemplateRows {
  /// Whether characters beyond ASCII are written as escapes.
  let ascii: Bool
  /// Whether an error's class and line stand beside its message.
  var hasDetails = false
  /// Whether a template's error is a result like any other, and does not fail the command.
  var errorsAreResults = false
  /// What to do about an input that is a table or compressed.
  var hint = ""

  /// Reads every row, and prints the text that `render` makes of it, or its error.
  ///
  /// Rows that fail fail the command at its end.
  func print(
    _ file: String?, _ render: (TemplateRow) throws(TemplateError) -> [UInt8]
  ) throws(CommandFailure) {
    try AnsweredLines.forEach(of: file, hint: hint) { line in
      do throws(TemplateError) {
        return (rendered(try render(TemplateRow(line))), false)
      } catch {
        return (failed(error), error.origin == .malformed || !errorsAreResults)
      }
    }
  }

  private func rendered(_ text: [UInt8]) -> [UInt8] {
    var line = quoted("rendered", text)
    line.append(UInt8(ascii: "}"))
    return line
  }

  private func failed(_ error: TemplateError) -> [UInt8] {
    var line = quoted("error", error.text)
    if hasDetails {
      line += Array(",\"error_type\":".utf8) + JSONValue.string(error.className).serialized(.compact, ascii: ascii)
      line += Array(",\"line\":\(error.line.map { "\($0)" } ?? "null")".utf8)
    }
    line.append(UInt8(ascii: "}"))
    return line
  }

  /// The beginning of an object, whose first member is a text that may hold halves of surrogate pairs.
  private func quoted(_ name: String, _ text: [UInt8]) -> [UInt8] {
    var line = Array("{\"\(name)\":".utf8)
    JSONWriter.appendQuoted(text.span.bytes, ascii: ascii, escapesSurrogates: true, to: &line)
    return line
  }
}
