import ChatTemplates
import JSON
import Testing

/// Every byte of a rendered text has the kind of what wrote it.
struct ProvenanceTests {
  private func parts(
    _ template: ChatTemplate, _ messages: String, arguments: TemplateArguments = TemplateArguments()
  ) throws -> [String] {
    var chat = RenderedChat()
    let conversation = try ChatConversation(messages: JSONValue.parse(messages))
    try template.render(conversation, arguments: arguments, into: &chat)
    return chat.parts
  }

  @Test("Gemma: contents without the white space that is trimmed, everything else overhead")
  func gemma() throws {
    let found = try parts(
      .gemma2,
      #"[{"role":"user","content":" \u001cHi\n"},{"role":"assistant","content":""},{"role":"user","content":"x"}]"#)
    #expect(
      found == [
        "overhead: <bos><start_of_turn>user\n", "user: Hi",
        "overhead: <end_of_turn>\n<start_of_turn>model\n<end_of_turn>\n<start_of_turn>user\n", "user: x",
        "overhead: <end_of_turn>\n",
      ])
  }

  @Test("Llama: the preamble is overhead, the system message in it is not, a result's quotes belong to the tool")
  func llama() throws {
    var arguments = TemplateArguments()
    arguments["date_string"] = .text("1 Jan 2025")
    let found = try parts(
      .llama33, #"[{"role":"system","content":"S"},{"role":"tool","content":"a\"b"},{"role":"critic","content":"c"}]"#,
      arguments: arguments)
    #expect(
      found == [
        "overhead: <|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\n"
          + "Today Date: 1 Jan 2025\n\n",
        "system: S", "overhead: <|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\n", #"tool: "a\"b""#,
        "overhead: <|eot_id|><|start_header_id|>critic<|end_header_id|>\n\n", "other: c", "overhead: <|eot_id|>",
      ])
  }

  @Test("Qwen-3: reasoning of the last turn is thinking, earlier reasoning is dropped, the block itself is overhead")
  func qwen3() throws {
    let found = try parts(
      .qwen3,
      #"""
      [{"role":"user","content":"q"},{"role":"assistant","content":"<think>\nold\n</think>\n\na"},
       {"role":"user","content":"r"},{"role":"assistant","content":"<think>\nnew\n</think>\n\nb"}]
      """#)
    #expect(
      found == [
        "overhead: <|im_start|>user\n", "user: q", "overhead: <|im_end|>\n<|im_start|>assistant\n", "assistant: a",
        "overhead: <|im_end|>\n<|im_start|>user\n", "user: r",
        "overhead: <|im_end|>\n<|im_start|>assistant\n<think>\n", "thinking: new", "overhead: \n</think>\n\n",
        "assistant: b", "overhead: <|im_end|>\n",
      ])
  }

  @Test("Qwen-3: the empty think block is overhead; tool results share a turn and are of kind tool")
  func qwen3Tools() throws {
    let found = try parts(
      .qwen3,
      #"""
      [{"role":"user","content":"q"},
       {"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":[1,2.0]}}}]},
       {"role":"tool","content":"1"},{"role":"tool","content":"2"},{"role":"assistant","content":"b"}]
      """#)
    #expect(
      found == [
        "overhead: <|im_start|>user\n", "user: q",
        "overhead: <|im_end|>\n<|im_start|>assistant\n<tool_call>\n{\"name\": \"", "assistant: f",
        "overhead: \", \"arguments\": ", "assistant: {\"x\": [1, 2.0]}",
        "overhead: }\n</tool_call><|im_end|>\n<|im_start|>user\n<tool_response>\n", "tool: 1",
        "overhead: \n</tool_response>\n<tool_response>\n", "tool: 2",
        "overhead: \n</tool_response><|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n", "assistant: b",
        "overhead: <|im_end|>\n",
      ])
  }

  @Test("Qwen-2.5: the default system message is overhead")
  func qwen25() throws {
    #expect(
      try parts(.qwen25, #"[{"role":"user","content":"\nq"}]"#) == [
        "overhead: <|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
          + "<|im_start|>user\n", "user: \nq", "overhead: <|im_end|>\n",
      ])
  }

  @Test("contents joined by a space, the fallback of seed mode")
  func fallback() throws {
    let conversation = try ChatConversation(
      messages: JSONValue.parse(#"[{"role":"system","content":" a"},{"role":"user","content":""},{"role":"tool"}]"#))
    var chat = RenderedChat()
    chat.joinContents(conversation.messages, of: conversation.text.span.bytes)
    #expect(chat.text == " a  ")
    #expect(chat.faultInParts == nil)
  }

  @Test("roles are equal by their bytes, and the usual ones come without a string")
  func roles() {
    for role in [ChatRole.system, .user, .assistant, .tool, .other("ipython"), .other("")] {
      #expect(ChatRole(role.name) == role)
      let bytes = Array(role.name.utf8)
      #expect(ChatRole(bytes: bytes.span.bytes) == role)
    }
  }
}
