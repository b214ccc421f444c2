import ChatTemplates
import Foundation
import JSON
import TestSupport
import Testing

/// Small templates render, and fail, as with transformers and jinja2.
struct JinjaCaseTests {
  private static let clock = TemplateClock("2025-03-09T14:05:07")

  /// The lines of a file of cases: the common context, then one case a line.
  private static func read(_ path: String) throws -> (context: JSONObject, cases: [JSONObject]) {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let rows = try text.split(separator: "\n").map { try JinjaRun.parse(String($0)) }
    return (try #require(rows[0]["context"]?.objectValue), Array(rows.dropFirst()))
  }

  @Test("own cases: text, message, class and line")
  func ownCases() throws {
    let path = try #require(Bundle.module.path(forResource: "Fixtures/jinja_cases", ofType: "jsonl"))
    let (context, cases) = try Self.read(path)
    #expect(cases.count > 150)
    for row in cases {
      let template = try #require(row["template"]?.stringValue)
      let found = JinjaRun.render(template, context: context, clock: Self.clock)
      #expect(found.text == row["rendered"]?.stringValue, "\(template)")
      #expect(found.error?.message == row["error"]?.stringValue, "\(template)")
      #expect(found.error?.className == row["error_type"]?.stringValue, "\(template)")
      if let line = row["line"]?.integerValue { #expect(found.error?.line == line, "\(template)") }
    }
  }

  @Test("systematic cases: every tag, broken syntax, numbers, formats, white space")
  func systematicCases() throws {
    let path = try #require(Bundle.module.path(forResource: "Fixtures/systematic_cases", ofType: "jsonl"))
    let (context, cases) = try Self.read(path)
    #expect(cases.count > 1000)
    for row in cases {
      let template = try #require(row["template"]?.stringValue)
      let found = JinjaRun.render(template, context: context, clock: Self.clock)
      #expect(found.text == row["rendered"]?.stringValue, "\(template)")
      #expect(found.error?.message == row["error"]?.stringValue, "\(template)")
      #expect(found.error?.className == row["error_type"]?.stringValue, "\(template)")
      if let line = row["line"]?.integerValue { #expect(found.error?.line == line, "\(template)") }
    }
  }

  @Test("the shared cases")
  func sharedCases() throws {
    guard let shared = SharedFolder.path(suite: "Jinja cases") else { return }
    let (context, cases) = try Self.read(shared + "/models/jinja_cases.jsonl")
    #expect(cases.count == 237)
    for row in cases {
      let template = try #require(row["template"]?.stringValue)
      let found = JinjaRun.render(template, context: context, clock: Self.clock)
      #expect(found.text == row["rendered"]?.stringValue, "\(template)")
      #expect(found.error?.message == row["error"]?.stringValue, "\(template)")
      #expect(found.error?.className == row["error_type"]?.stringValue, "\(template)")
    }
  }

  @Test("every official template with every conversation, rendered and applied")
  func goldens() throws {
    guard let shared = SharedFolder.path(suite: "template goldens") else { return }
    let rows = try JinjaRun.unzipped(shared + "/models/template_golden.jsonl.gz")
    #expect(rows.count == 3914)
    var templates: [String: JinjaTemplate] = [:]
    for row in rows {
      let name = try #require(row["template"]?.stringValue)
      if templates[name] == nil {
        let path = "\(shared)/models/templates/\(name).jinja"
        let source = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        templates[name] = try JinjaTemplate(source)
      }
      let template = try #require(templates[name])
      let found = JinjaRun.render(template, row, clock: Self.clock)
      let place = "\(name) \(row["conversation"]?.stringValue ?? "") \(row["mode"]?.stringValue ?? "")"
      #expect(found.text == row["rendered"]?.stringValue, "\(place)")
      #expect(found.error?.message == row["error"]?.stringValue, "\(place)")
      #expect(found.error?.className == row["error_type"]?.stringValue, "\(place)")
      #expect(found.fault == nil, "\(place)")
      if found.error?.origin == .raised { #expect(found.error?.className == "TemplateError") }
    }
  }
}

/// Renders for the tests.
enum JinjaRun {
  struct Result {
    var text: String?
    var error: TemplateError?
    /// What is wrong with the spans.
    var fault: String?
  }

  static func parse(_ line: String) throws -> JSONObject {
    let bytes = Array(line.utf8)
    var scanner = JSONScanner(bytes.span.bytes)
    return try #require(try scanner.value().objectValue)
  }

  static func render(_ source: String, context: JSONObject, clock: TemplateClock? = nil) -> Result {
    do throws(TemplateError) {
      return try run { chat throws(TemplateError) in
        try JinjaTemplate(source).render(JinjaInput(variables: context), clock: clock, into: &chat)
      }
    } catch {
      return Result(error: error)
    }
  }

  /// Renders a row of the template goldens.
  static func render(_ template: JinjaTemplate, _ row: JSONObject, clock: TemplateClock?) -> Result {
    do throws(TemplateError) {
      return try run { chat throws(TemplateError) in
        guard let messages = row["messages"] else {
          try template.render(
            JinjaInput(variables: row["context"]?.objectValue ?? JSONObject()), clock: clock, into: &chat)
          return
        }
        var request = ChatTemplateRequest(messages: messages)
        request.specialTokens = row["special_tokens"]?.objectValue ?? JSONObject()
        request.setArguments(row["arguments"]?.objectValue ?? JSONObject())
        try template.apply(request, clock: clock, into: &chat)
      }
    } catch {
      return Result(error: error)
    }
  }

  private static func run(
    _ body: (inout RenderedChat) throws(TemplateError) -> Void
  ) throws(TemplateError) -> Result {
    var chat = RenderedChat()
    try body(&chat)
    return Result(text: chat.text, fault: chat.faultInParts)
  }

  /// The rows of a gzipped file.
  static func unzipped(_ path: String) throws -> [JSONObject] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    return try text.split(separator: "\n").map { try parse(String($0)) }
  }
}
