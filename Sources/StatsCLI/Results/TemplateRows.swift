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
  init(_ line: RawSpan) throws(TemplateRowError) {
    let value: JSONValue
    do throws(FileError) {
      (value, readsStandIns) = try Self.parse(line)
    } catch {
      throw .malformed(error.description)
    }
    guard case .object(let object) = value else {
      throw .malformed("\(value.kindName) where an object is expected")
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

  /// What is wrong with a member.
  func refusal(_ name: String, _ expected: String) -> TemplateRowError {
    guard let value = object[name] else { return .malformed("the object has no \"\(name)\"") }
    return .malformed("\"\(name)\" is \(value.kindName); \(expected) is expected")
  }

  /// Refuses halves of surrogate pairs in the text of a template itself.
  func checkSource(_ source: String) throws(TemplateRowError) {
    guard readsStandIns, source.unicodeScalars.contains(where: { $0.value >= JSONScanner.firstStandIn }) else { return }
    throw .malformed(
      "\"template\" holds half of a surrogate pair as it is, which is not supported; write it as an escape")
  }
}

/// Why a row is not rendered.
enum TemplateRowError: Error {
  /// The row is not what is expected.
  case malformed(String)
  /// The template failed.
  case template(TemplateError)
}

/// Prints what becomes of rows, a line of JSON each.
struct TemplateRows {
  /// Whether characters beyond ASCII are written as escapes.
  let ascii: Bool
  /// Whether an error's class and line stand beside its message.
  var hasDetails = false
  /// Whether a template's error is a result like any other, and does not fail the command.
  var errorsAreResults = false

  /// Reads every row, and prints the text that `render` makes of it, or its error.
  ///
  /// Rows that fail fail the command at its end.
  func print(
    _ file: String?, _ render: (TemplateRow) throws(TemplateRowError) -> [UInt8]
  ) throws(CommandFailure) {
    var reader = try TextInput.lines(of: file)
    var output = StandardOutput()
    var failures = FailureLog()
    while true {
      // Reading may have to wait for who writes the input, who may wait for the answers.
      if !reader.isNextBuffered() { try output.flush() }
      guard try TextInput.next(&reader) else { break }
      let line: [UInt8]
      do throws(TemplateRowError) {
        line = rendered(try render(TemplateRow(reader.line)))
      } catch {
        switch error {
        case .template(let error):
          if !errorsAreResults { failures.note(reader.lineNumber) }
          line = failed(error)
        case .malformed(let message):
          failures.note(reader.lineNumber)
          line = JSONLine.error(message, ascii: ascii)
        }
      }
      try output.writeLine(line)
    }
    try output.flush()
    try failures.end(of: reader.lineNumber, in: reader.name)
  }

  private func rendered(_ text: [UInt8]) -> [UInt8] {
    var line = Array("{\"rendered\":".utf8)
    JSONWriter.appendQuoted(text.span.bytes, ascii: ascii, escapesSurrogates: true, to: &line)
    line.append(UInt8(ascii: "}"))
    return line
  }

  private func failed(_ error: TemplateError) -> [UInt8] {
    guard hasDetails else { return JSONLine.error(error.message, ascii: ascii) }
    return JSONValue.object(
      JSONObject([
        ("error", .string(error.message)), ("error_type", .string(error.className)),
        ("line", error.line.map(JSONValue.number) ?? .null),
      ])
    ).serialized(.compact, ascii: ascii)
  }
}
