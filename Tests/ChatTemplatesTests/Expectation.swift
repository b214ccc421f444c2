import ChatTemplates
import Foundation
import JSON

/// A conversation and what the official template makes of it.
struct Expectation {
  let id: String
  let template: ChatTemplate
  let row: JSONObject
  let arguments: TemplateArguments
  let rendered: String?
  let error: String?
  let isUnsupported: Bool

  /// Reads JSON lines; `template` names the template where the rows do not.
  static func load(_ path: String, template: ChatTemplate? = nil) throws -> [Expectation] {
    let file = try Data(contentsOf: URL(filePath: path))
    return try file.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
      try Expectation(JSONValue.parse(Array(line)), number: index + 1, template: template)
    }
  }

  private init(_ value: JSONValue, number: Int, template: ChatTemplate?) throws {
    guard let row = value.objectValue else { throw TemplateError(.malformed, "line \(number) is no object") }
    guard let template = template ?? row["template"]?.stringValue.flatMap({ ChatTemplate(name: $0) }) else {
      throw TemplateError(.malformed, "line \(number) names no template")
    }
    self.row = row
    self.template = template
    id = row["id"]?.stringValue ?? "line \(number)"
    rendered = row["rendered"]?.stringValue
    error = row["error"]?.stringValue
    isUnsupported = row["unsupported"]?.boolValue ?? false
    var pairs: [String] = []
    for member in row["arguments"]?.objectValue?.members ?? [] {
      let value = member.value.stringValue ?? (member.value.boolValue == true ? "true" : "false")
      pairs.append("\(member.key)=\(value)")
    }
    var arguments = try TemplateArguments(pairs: pairs, for: [template])
    arguments.addGenerationPrompt = row["add_generation_prompt"]?.boolValue ?? false
    self.arguments = arguments
  }

  /// What differs from the expectation; nil where nothing does.
  func difference(using chat: inout RenderedChat) -> String? {
    do {
      try template.render(ChatConversation(row: row), arguments: arguments, into: &chat)
    } catch let found as TemplateError {
      if isUnsupported { return found.origin == .unsupported ? nil : "\(id): refused with \(found)" }
      return found.message == error && chat.bytes.isEmpty ? nil : "\(id): \(found) instead of \(error ?? "a text")"
    } catch {
      return "\(id): \(error)"
    }
    guard let rendered else { return "\(id): rendered instead of \(error ?? "a refusal")" }
    guard chat.bytes == Array(rendered.utf8) else { return "\(id): \(chat.text) instead of \(rendered)" }
    return chat.faultInParts.map { "\(id): \($0)" }
  }
}

extension RenderedChat {
  /// What is wrong with the parts; nil where they cover the text, none is empty and neighbours differ.
  var faultInParts: String? {
    var end = 0
    for (index, part) in spans.enumerated() {
      if part.end <= end { return "part \(index) is empty" }
      if index > 0 && spans[index - 1].kind == part.kind { return "parts \(index - 1) and \(index) are of one kind" }
      end = part.end
    }
    if end != bytes.count { return "parts end at \(end) of \(bytes.count)" }
    return borders == spans.dropLast().map(\.end) ? nil : "borders are not the ends of the parts"
  }

  /// The text of every part with its kind.
  var parts: [String] {
    var start = 0
    return spans.map { part in
      defer { start = part.end }
      return "\(part.kind.name): \(String(decoding: bytes[start..<part.end], as: UTF8.self))"
    }
  }
}
