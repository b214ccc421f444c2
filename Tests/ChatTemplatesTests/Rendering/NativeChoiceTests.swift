import ChatTemplates
import JSON
import Testing

/// A native format renders for a model only where the model's tokens are those that the format writes.
struct NativeChoiceTests {
  private static let template = "{{ bos_token }}{% for m in messages %}[{{ m.content }}]{% endfor %}"

  private static func render(_ format: ChatTemplate, bos: JSONValue?) throws -> String {
    var tokens = JSONObject()
    tokens["bos_token"] = bos
    let named = try NamedChatTemplate(name: nil, text: template, sha256: format.sha256)
    let renderer = try ChatRenderer([named], specialTokens: tokens)
    let text = Array("hi".utf8)
    var chat = RenderedChat()
    try renderer.render([ChatMessage(role: .user, content: 0..<2)], of: text.span.bytes, into: &chat)
    return String(decoding: chat.bytes, as: UTF8.self)
  }

  @Test(
    "another beginning-of-sequence token, or none, is rendered by the template's own text",
    arguments: [ChatTemplate.llama33, .gemma2])
  func tokens(format: ChatTemplate) throws {
    let own = format == .gemma2 ? "<bos>" : "<|begin_of_text|>"
    #expect(try Self.render(format, bos: .string(own)).hasPrefix(own + "<"))
    #expect(try Self.render(format, bos: .string("<|endoftext|>")) == "<|endoftext|>[hi]")
    #expect(try Self.render(format, bos: nil) == "[hi]")
    #expect(try Self.render(format, bos: .null) == "None[hi]")
  }

  @Test("Qwen 3 leaves think tags in a content whose reasoning is given apart, and what is between them is thinking")
  func thinkTags() throws {
    func parts(_ message: String) throws -> [String] {
      let row = try JinjaRun.parse(#"{"messages":[{"role":"user","content":"q"},\#(message)]}"#)
      let conversation = try ChatConversation(row: row)
      var chat = RenderedChat()
      try ChatTemplate.qwen3.render(conversation, into: &chat)
      #expect(chat.faultInParts == nil)
      return Array(chat.parts.dropFirst(3))
    }
    let content = #""content":"\n<think>a</think>b</think>c<think>d""#
    let shown = [
      "assistant: <think>", "thinking: a", "assistant: </think>b</think>c<think>d", "overhead: <|im_end|>\n",
    ]
    #expect(try parts(#"{"role":"assistant",\#(content),"reasoning_content":""}"#).suffix(4) == shown[...])
    #expect(try parts(#"{"role":"assistant",\#(content),"reasoning_content":"r"}"#).suffix(4) == shown[...])
    #expect(try parts(#"{"role":"assistant",\#(content)}"#).suffix(2) == ["assistant: c<think>d", shown[3]])
  }

  @Test("formats whose template reads no such token do not care")
  func without() throws {
    #expect(try Self.render(.qwen3, bos: .string("<s>")).hasPrefix("<|im_start|>user\nhi"))
  }
}
