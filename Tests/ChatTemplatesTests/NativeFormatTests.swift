import ChatTemplates
import Testing

/// The native formats as data: what names them, and what they declare of themselves.
struct NativeFormatTests {
  @Test("a format is found by its name and by the hash of its template, and no other text finds one")
  func lookup() {
    for format in ChatTemplate.native {
      #expect(ChatTemplate(name: format.name) == format)
      #expect(ChatTemplate(sha256: format.sha256)?.name == format.name)
    }
    #expect(Set(ChatTemplate.native.map(\.sha256)).count == ChatTemplate.native.count)
    #expect(ChatTemplate.native.map(\.name) == ChatTemplate.native.map(\.name).sorted())
    #expect(ChatTemplate(name: "chatml") == nil)
    #expect(ChatTemplate(sha256: String(repeating: "0", count: 64)) == nil)
    #expect(ChatTemplate(sha256: "") == nil)
  }

  @Test("every turn begins and ends with the format's markers", arguments: ChatTemplate.native)
  func markers(format: ChatTemplate) throws {
    let text = Array("hi".utf8)
    var chat = RenderedChat()
    try format.render([ChatMessage(role: .user, content: 0..<2)], of: text.span.bytes, into: &chat)
    for marker in format.turnMarkers { #expect(chat.text.contains("\(marker)")) }
  }
}
