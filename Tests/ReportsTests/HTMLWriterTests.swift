import Support
import Testing

@testable import Reports

@Suite("HTML writer")
struct HTMLWriterTests {
  private func render(_ template: String, _ values: [String: HTMLWriter.Value]) throws -> String {
    var html = HTMLWriter()
    try html.write(template: Array(template.utf8), values: values)
    return String(decoding: html.bytes, as: UTF8.self)
  }

  @Test("texts are escaped for elements and quoted attributes")
  func texts() throws {
    let rendered = try render("<a title='{{name}}'>{{name}}</a>", ["name": .text("<b>&\"'")])
    #expect(rendered == "<a title='&lt;b&gt;&amp;&quot;&apos;'>&lt;b&gt;&amp;&quot;&apos;</a>")
  }

  @Test("a quote that a combining mark follows is escaped too")
  func combiningMarks() throws {
    #expect(try render("{{name}}", ["name": .text("'\u{301} <\u{338}")]) == "&apos;\u{301} &lt;\u{338}")
  }

  @Test("no text ends a script, opens a comment or leaves an attribute, and what is no character is replaced")
  func hostileTexts() throws {
    let illFormed = String(decoding: [0x61, 0xC3, 0x28, 0xFF, 0xED, 0xA0, 0x80], as: UTF8.self)
    let texts = [
      "</script><script>", "<!--", "]]>", "\" onload=\"x", "' x='", "`", illFormed, "a\0b", "\u{2028}\u{2029}",
    ]
    for text in texts {
      var html = HTMLWriter()
      html.write(text: text)
      #expect(!html.bytes.contains { [0x3C, 0x3E, 0x22, 0x27, 0].contains($0) }, "\(text)")
      // Well-formed: decoding repairs nothing.
      #expect(Array(String(decoding: html.bytes, as: UTF8.self).utf8) == html.bytes)
      #expect(
        String(decoding: html.bytes, as: UTF8.self).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
          .replacing("&quot;", with: "\"").replacing("&apos;", with: "'").replacing("&amp;", with: "&")
          == text.replacing("\0", with: "\u{FFFD}"))
    }
  }

  @Test("JSON keeps its meaning and holds nothing that HTML reads")
  func json() throws {
    let rendered = try render(
      "<script type=\"application/json\">{{data}}</script>", ["data": .json(Array("[\"</script><!--&'\"]".utf8))])
    #expect(rendered == "<script type=\"application/json\">[\"\\u003c/script>\\u003c!--&'\"]</script>")
  }

  @Test("markup is written as it is, and names inside values are not replaced")
  func values() throws {
    let values: [String: HTMLWriter.Value] = ["a": .markup(Array("<i>{{b}}</i>".utf8)), "b": .text("{{a}}🦜")]
    #expect(try render("{{a}}|{{b}}|{ {b} }", values) == "<i>{{b}}</i>|{{a}}🦜|{ {b} }")
    #expect(try render("", [:]).isEmpty)
  }

  @Test("a name without a value or an end is an error that says so", arguments: ["{{open", "{{none}}", "{{}}"])
  func malformed(template: String) {
    #expect(throws: FileError.self) { try render(template, ["a": .text("")]) }
  }
}
