import Testing

@testable import Reports

@Suite("Templates")
struct MustacheTemplateTests {
  private func render(_ template: String, _ values: [String: TemplateValue]) throws -> String {
    String(decoding: try MustacheTemplate(Array(template.utf8)).render(values), as: UTF8.self)
  }

  @Test("names are escaped for text and quoted attributes")
  func escaping() throws {
    let rendered = try render("<a title='{{name}}'>{{name}}</a>", ["name": .text("<b>&\"'")])
    #expect(rendered == "<a title='&lt;b&gt;&amp;&quot;&apos;'>&lt;b&gt;&amp;&quot;&apos;</a>")
  }

  @Test("a quote that a combining mark follows is escaped too")
  func escapingBeforeCombiningMark() throws {
    // Escaping by Character would see one character, quote and accent, that is no quote.
    #expect(try render("{{name}}", ["name": .text("'\u{301} <\u{338}")]) == "&apos;\u{301} &lt;\u{338}")
  }

  @Test("names inside values are not replaced, and NUL and all planes pass")
  func valuesAreNotTemplates() throws {
    #expect(try render("{{{a}}}|{{b}}", ["a": .text("{{b}}"), "b": .text("x\0🦜")]) == "{{b}}|x\0🦜")
  }

  @Test("sections repeat for lists and show for flags")
  func sections() throws {
    let values: [String: TemplateValue] = [
      "rows": .list([["n": .text("1")], ["n": .text("2")]]), "shown": .flag(false),
    ]
    #expect(try render("{{#rows}}<{{n}}>{{/rows}}{{^shown}}-{{/shown}}", values) == "<1><2>-")
  }

  @Test("a malformed template is an error that says what is wrong")
  func malformed() {
    #expect(throws: ReportError.self) { try render("{{#open}}", [:]) }
  }
}
