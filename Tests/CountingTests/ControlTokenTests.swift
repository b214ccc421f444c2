import ChatTemplates
import JSON
import Testing

@testable import Counting

/// Control tokens are found in every text that a template may print.
struct ControlTokenTests {
  private static let tokens = ControlTokens(["<s>", "</s>"])

  private static func found(_ messages: [ChatMessage], _ arguments: JSONObject = JSONObject()) -> [String] {
    let text = Array("a<s>b".utf8)
    return tokens.found(in: messages, of: text.span.bytes, arguments: arguments).map { "\($0.text) \($0.count)" }
  }

  @Test("in contents, roles, names, reasoning, tool calls with the names of their arguments, and tools")
  func everyMember() {
    let token = JSONValue.string("x</s>")
    #expect(Self.found([ChatMessage(role: .user, content: 0..<5)]) == ["<s> 1"])
    #expect(Self.found([ChatMessage(role: .user, content: 0..<1)]) == [])
    #expect(Self.found([ChatMessage(role: .other("</s>"), content: 0..<5)]) == ["<s> 1", "</s> 1"])
    let reasoning = ChatMessageExtras(reasoning: token)
    #expect(Self.found([ChatMessage(role: .assistant, content: 0..<5, extras: reasoning)]) == ["<s> 1", "</s> 1"])
    let list = ChatMessageExtras(content: .value(.array([token, token])))
    #expect(Self.found([ChatMessage(role: .user, content: 0..<0, extras: list)]) == ["</s> 2"])
    let calls = ChatMessageExtras(toolCalls: .array([.object(JSONObject([("<s>", token)]))]))
    #expect(Self.found([ChatMessage(role: .assistant, content: 0..<1, extras: calls)]) == ["<s> 1", "</s> 1"])
    let whole = JSONObject([("role", token), ("name", token), ("content", .string("<s>"))])
    let message = ChatMessage(role: .other("x</s>"), content: 0..<5, extras: ChatMessageExtras(object: whole))
    #expect(Self.found([message]) == ["<s> 1", "</s> 2"])
    #expect(Self.found([], JSONObject([("tools", .array([token]))])) == ["</s> 1"])
  }
}
