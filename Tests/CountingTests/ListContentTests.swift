import ChatTemplates
import JSON
import Testing

@testable import Counting

/// What is said of contents that are lists of parts.
struct ListContentTests {
  private static func fault(_ texts: [String], rendered: String) -> ListContentFault? {
    let parts = texts.map { JSONValue.object(JSONObject([("type", .string("text")), ("text", .string($0))])) }
    let message = ChatMessage(
      role: .user, content: 0..<0, extras: ChatMessageExtras(content: .value(.array(parts))))
    return ListContentFault.of([message], rendered: Array(rendered.utf8))
  }

  @Test("texts that are rendered are no fault, trimmed or not")
  func rendered() {
    #expect(Self.fault(["one ", " two"], rendered: "<u>one two</u>") == nil)
    #expect(Self.fault([], rendered: "") == nil)
  }

  @Test("a text that is missing was dropped")
  func dropped() { #expect(Self.fault(["one", "two"], rendered: "<u>one</u>") == .dropped) }

  @Test("a list that stands there as Python or as JSON was printed")
  func printed() {
    #expect(Self.fault(["one"], rendered: "<u>[{'type': 'text', 'text': 'one'}]</u>") == .printed)
    #expect(Self.fault(["it's"], rendered: #"[{'type': 'text', 'text': "it's"}]"#) == .printed)
    #expect(Self.fault(["one"], rendered: #"[{"type": "text", "text": "one"}]"#) == .printed)
    // The text itself may speak of such lists.
    #expect(Self.fault(["'text': 'one'"], rendered: "<u>'text': 'one'</u>") == nil)
  }

  @Test("a content that is a text has no fault")
  func text() {
    #expect(ListContentFault.of([ChatMessage(role: .user, content: 0..<0)], rendered: []) == nil)
  }
}
