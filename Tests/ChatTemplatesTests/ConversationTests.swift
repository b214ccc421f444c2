import ChatTemplates
import JSON
import Testing

/// What is no conversation, and what is no template argument, is refused with a message that says why.
struct ConversationTests {
  @Test(
    "a row that is no conversation",
    arguments: [
      (#"{}"#, #""messages" is missing"#),
      (#"{"messages":"x"}"#, #""messages" is a string; a list of messages is expected"#),
      (#"{"messages":[1]}"#, "message 1 is an integer; an object with role and content is expected"),
      (#"{"messages":[{"content":"x"}]}"#, #"message 1: "role" is missing"#),
      (
        #"{"messages":[{"role":"user","content":"x"},{"role":null}]}"#,
        #"message 2: "role" is missing"#
      ),
      (
        #"{"messages":[{"role":"user","content":"x","tool_calls":{}}]}"#,
        #"message 1: "tool_calls" is an object; a list is expected"#
      ),
    ])
  func malformed(row: String, message: String) throws {
    let object = try #require(JSONValue.parse(row).objectValue)
    #expect(throws: TemplateError(.malformed, message)) { try ChatConversation(row: object) }
  }

  @Test("what the template would print as Python source is refused by name")
  func unsupported() throws {
    let conversation = try ChatConversation(
      messages: JSONValue.parse(#"[{"role":"user","content":[{"type":"text","text":"x"}]}]"#))
    var chat = RenderedChat()
    #expect {
      try ChatTemplate.gemma2.render(conversation, into: &chat)
    } throws: { error in
      "\(error)"
        == "the content of message 1 is an array, which the template would print as Python source; give a text, "
        + "or join the texts of its parts (--content-parts join)"
    }
  }

  @Test(
    "template arguments",
    arguments: [
      (["date_string"], #"template argument "date_string" is not of the form name=value"#),
      (["=x"], #"template argument "=x" is not of the form name=value"#),
      (["date_string=a", "date_string=b"], "template argument date_string is given twice"),
      (["enable_thinking=no"], #"template argument enable_thinking is "no"; true or false is expected"#),
      (
        ["date=x"],
        #"unknown template argument "date": gemma-2 knows none; llama-3.3 knows date_string; qwen-3 knows enable_thinking"#
      ),
    ])
  func badArguments(pairs: [String], message: String) {
    #expect {
      try TemplateArguments(pairs: pairs, for: [.qwen3, .llama33, .gemma2])
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test("arguments that were used are told, defaults included")
  func usedArguments() throws {
    let arguments = try TemplateArguments(
      pairs: ["date_string=a=b", "enable_thinking=false"], for: ChatTemplate.native)
    #expect(arguments.used(by: .llama33) == JSONObject([("date_string", .string("a=b"))]))
    #expect(arguments.used(by: .qwen3) == JSONObject([("enable_thinking", .bool(false))]))
    #expect(arguments.used(by: .gemma2).isEmpty)
    #expect(TemplateArguments().used(by: .llama33) == JSONObject([("date_string", .string("26 Jul 2024"))]))
    #expect(TemplateArguments().used(by: .qwen3).isEmpty)
  }
}
