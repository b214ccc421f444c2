import ChatTemplates
import JSON
import Support
import Testing

/// Control tokens are marked where users wrote them, and nowhere else.
struct ControlTokenMarkerTests {
  private static let template = """
    {% for m in messages %}<|x|>{{ m.role }}:{{ m.content }}{% if m.extra %}{{ m.extra | tojson }}{% endif %}{% endfor %}\
    {{ tools | tojson }}{{ hint }}{{ bos_token }}
    """

  /// What the template makes of messages; `[` and `]` stand for the marks.
  private static func rendered(_ messages: String, arguments: String = "{}") throws -> String {
    var tokens = JSONObject()
    tokens["bos_token"] = .string("<s>")
    let own = try NamedChatTemplate(name: nil, text: template, sha256: "")
    let renderer = try ChatRenderer([own], specialTokens: tokens).marking { _ in ["<|x|>", "<s>", "<|x|>y"] }
    #expect(renderer.marksControlTokens)
    let elements = try #require(try JSONValue.parse(messages).arrayValue)
    let list = elements.map { message in
      ChatMessage(
        role: ChatRole(message["role"]?.stringValue ?? ""), content: 0..<0,
        extras: ChatMessageExtras(object: message.objectValue))
    }
    var chat = RenderedChat()
    let row = try #require(try JSONValue.parse(arguments).objectValue)
    try renderer.render(list, of: [UInt8]().span.bytes, arguments: row, into: &chat)
    return chat.text.split(separator: "\u{F0000}", omittingEmptySubsequences: false).joined(separator: "[")
      .split(separator: "\u{F0001}", omittingEmptySubsequences: false).joined(separator: "]")
  }

  @Test("contents, other members, tools and arguments; not the template's own tokens and not the special tokens")
  func everywhere() throws {
    let text = try Self.rendered(
      #"[{"role":"user","content":"a<|x|>b","extra":{"<s>":["<s>"]}}]"#,
      arguments: #"{"tools":[{"d":"<|x|>"}],"hint":"<s>","continue_final_message":false}"#)
    #expect(text == "<|x|>user:a[<|x|>]b{\"<s>\": [\"[<s>]\"]}[{\"d\": \"[<|x|>]\"}][<s>]<s>")
  }

  @Test("of tokens at one place the longest, and roles too")
  func longest() throws {
    let text = try Self.rendered(#"[{"role":"<s>","content":"<|x|>y<|x|>"}]"#, arguments: #"{"hint":1}"#)
    #expect(text == "<|x|>[<s>]:[<|x|>y][<|x|>]null1<s>")
  }

  @Test("marks that users wrote are dropped first")
  func forged() throws {
    let text = try Self.rendered(
      "[{\"role\":\"user\",\"content\":\"<|\u{F0001}x|>\u{F0000}a\"}]", arguments: #"{"hint":""}"#)
    #expect(text == "<|x|>user:[<|x|>]anull<s>")
  }

  @Test("what holds neither stays as it is")
  func untouched() throws {
    let text = try Self.rendered(#"[{"role":"user","content":"<|x"}]"#, arguments: #"{"hint":"<"}"#)
    #expect(text == "<|x|>user:<|xnull<<s>")
  }
}
