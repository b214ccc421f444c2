@testable import ChatTemplates
import JSON
import Testing

/// What a template tells about itself, and what goes before and after rendering.
struct JinjaTemplateTests {
  @Test("arguments, literals, clock and generation blocks")
  func properties() throws {
    let template = try JinjaTemplate(
      "<s>{% for m in messages %}{% set x = m['role'] ~ 'q' %}{{ x }}{{ eos }}{% endfor %}{{ range(2) }}{{ loop }}")
    #expect(template.argumentNames == ["eos", "loop", "messages"])
    #expect(Set(template.literalTexts) == ["<s>", "role", "q"])
    #expect(!template.usesClock)
    #expect(!template.hasGenerationBlocks)
    let other = try JinjaTemplate("{% generation %}{{ strftime_now('%Y') }}{% endgeneration %}")
    #expect(other.usesClock)
    #expect(other.hasGenerationBlocks)
  }

  private func apply(_ template: String, _ request: ChatTemplateRequest) -> JinjaRun.Result {
    var chat = RenderedChat()
    do throws(TemplateError) {
      try JinjaTemplate(template).apply(request, into: &chat)
      return JinjaRun.Result(text: chat.text, fault: chat.faultInParts)
    } catch {
      return JinjaRun.Result(error: error)
    }
  }

  private func request(_ messages: String) throws -> ChatTemplateRequest {
    ChatTemplateRequest(messages: try #require(try JinjaRun.parse("{\"m\":\(messages)}")["m"]))
  }

  @Test("null members are dropped, reasoning is copied, arguments go before special tokens")
  func preparation() throws {
    var request = try request(#"[{"role":"assistant","content":null,"reasoning":"r","name":null}]"#)
    #expect(
      apply("{{ messages }}", request).text
        == "[{'thinking': 'r', 'role': 'assistant', 'reasoning': 'r', 'reasoning_content': 'r'}]")
    request.specialTokens = JSONObject([("bos_token", .string("<s>")), ("eos_token", .string("</s>"))])
    request.setArguments(
      try JinjaRun.parse(
        #"{"bos_token":"B","chat_template_kwargs":{"k":1},"add_generation_prompt":true,"documents":[{"text":"d"}]}"#))
    #expect(
      apply("{{ bos_token }}{{ eos_token }}{{ k }}{{ add_generation_prompt }}{{ documents }}{{ tools }}", request).text
        == "B</s>1True[{'text': 'd'}]None")
  }

  @Test("the last message is continued: cut at its end, also in lists and where the template trims")
  func continuation() throws {
    let template = "{% for m in messages %}[{{ m.content | trim }}]{% endfor %}"
    var one = try request(#"[{"role":"user","content":"a"},{"role":"assistant","content":" b c "}]"#)
    one.continuation = .member("content")
    #expect(apply(template, one).text == "[a][b c")
    #expect(apply(template.replacing(" | trim", with: ""), one).text == "[a][ b c ")
    #expect(apply("{{ messages[0].content }}", one).error?.className == "ValueError")
    one.addGenerationPrompt = true
    #expect(apply(template, one).error?.message.hasPrefix("continue_final_message and add_generation_prompt") == true)
    var parts = try request(#"[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image"}]}]"#)
    parts.continuation = .member("content")
    #expect(apply("{% for p in messages[0].content %}<{{ p.text }}>{% endfor %}", parts).text == "<x")
    var reasoning = try request(#"[{"role":"assistant","content":"c","reasoning":"r"}]"#)
    reasoning.continuation = .member("reasoning")
    #expect(apply("<{{ messages[0].thinking }}>{{ messages[0].content }}", reasoning).text == "<r")
    reasoning.continuation = .member("nothing")
    #expect(
      apply("{{ messages }}", reasoning).error?.message
        == "continue_final_message is set but the final message has no \"nothing\" to continue!")
  }

  @Test("what cannot be rendered is refused with the reference's words")
  func refusals() throws {
    #expect(apply("x", try request("[]")).error?.message.hasPrefix("Cannot apply chat template to an empty") == true)
    #expect(apply("x", try request(#"["a"]"#)).error?.message == "'str' object has no attribute 'items'")
    var request = try request(#"[{"role":"user"}]"#)
    request.documents = .array([.string("d")])
    #expect(apply("x", request).error?.className == "TypeError")
    request.tools = .array([.string("t")])
    #expect(apply("x", request).error?.className == "ValueError")
  }

  @Test(
    "messages, tools and documents of another type: what Python makes of it, or its message",
    arguments: [
      (#""messages":"hi""#, "!'str' object has no attribute 'items'"), (#""messages":"""#, "[]NoneNone"),
      (#""messages":{"role":"user"}"#, "!'str' object has no attribute 'items'"), (#""messages":{}"#, "[]NoneNone"),
      (#""messages":5"#, "!'int' object is not iterable"), (#""messages":null"#, "!'NoneType' object is not iterable"),
      (#""messages":[1]"#, "!'int' object has no attribute 'items'"),
      (#""messages":[{"a":1},[]]"#, "!'list' object has no attribute 'items'"),
      (#""messages":[[{"a":1}]]"#, "!messages is a list of conversations"),
      (
        #""messages":"","continue_final_message":true"#, "!continue_final_message is set but the conversation is empty!"
      ),
      (#""tools":"t""#, "!Tools should either be"), (#""tools":"""#, "[{'a': 1}][]None"),
      (#""tools":{"t":1}"#, "!Tools should either be"), (#""tools":{}"#, "[{'a': 1}][]None"),
      (#""tools":true"#, "!'bool' object is not iterable"), (#""tools":[{},2]"#, "!Tools should either be"),
      (#""documents":"d""#, "!Documents should be a list"), (#""documents":"""#, "[{'a': 1}]None"),
      (#""documents":{"d":1}"#, "!Documents should be a list"), (#""documents":{}"#, "[{'a': 1}]None{}"),
      (#""documents":1.5"#, "!'float' object is not iterable"),
    ])
  func wrongTypes(members: String, expected: String) throws {
    let object = try JinjaRun.parse("{\(members)}")
    var request = ChatTemplateRequest(messages: object["messages"] ?? .null)
    if object["messages"] == nil { request.messages = .array([.object(JSONObject([("a", .number(1))]))]) }
    var arguments = object
    arguments["messages"] = nil
    request.setArguments(arguments)
    let result = apply("{{ messages }}{{ tools }}{{ documents }}", request)
    if expected.hasPrefix("!") {
      #expect(result.error?.message.hasPrefix(expected.dropFirst()) == true, "\(members): \(result)")
    } else {
      #expect(result.text == expected, "\(members): \(result)")
    }
  }

  @Test("characters by name are refused with the name")
  func namedCharacters() {
    let error = JinjaRun.render(#"{{ 'a\N{BULLET}' }}"#, context: JSONObject(), clock: nil).error
    #expect(error?.message == "characters by name (\\N{BULLET}) are not supported; write the character")
  }

  @Test("a result's line is part of what is said of it")
  func placedMessages() {
    let error = JinjaRun.render("\n\n{{ x.y }}", context: JSONObject(), clock: nil).error
    #expect(error?.message == "'x' is undefined" && error?.placed == "'x' is undefined (line 3 of the chat template)")
    #expect(TemplateError(.raised, "no").placed == "no")
  }

  @Test("messages of a role and a text render without JSON as with it, kinds included")
  func plainMessages() throws {
    let contents = ["é\n", "<think>\nhm</think>\n\nyes", "", "<b>", "x</think>y"]
    let roles: [ChatRole] = [.system, .assistant, .user, .other("ipython"), .assistant]
    var text: [UInt8] = []
    var messages: [ChatMessage] = []
    for (role, content) in zip(roles, contents) {
      messages.append(ChatMessage(role: role, content: text.count..<text.count + content.utf8.count))
      text += Array(content.utf8)
    }
    let json = zip(roles, contents).map {
      JSONValue.object(JSONObject([("role", .string($0.name)), ("content", .string($1))]))
    }
    var request = ChatTemplateRequest(messages: .array(json))
    request.specialTokens = JSONObject([("bos_token", .string("<s>"))])
    request.setArguments(JSONObject([("k", .number(1)), ("add_generation_prompt", .bool(true))]))
    let template = try JinjaTemplate(
      "{{ bos_token }}{% for m in messages %}{{ m }}{{ m.role }}{{ m.content | trim }}{{ m['content'].split('</think>') }}"
        + "{% endfor %}{{ k }}{{ tools }}{{ add_generation_prompt }}")
    var expected = RenderedChat()
    try template.apply(request, into: &expected)
    var chat = RenderedChat()
    let sessions = PlainSessions(template, request, clock: nil)
    // Each time with what is there of the time before.
    for addsPrompt in [true, false, true] {
      _ = try sessions.render(messages, of: text.span.bytes, addsPrompt: addsPrompt, into: &chat)
      #expect(chat.text.hasSuffix(addsPrompt ? "True" : "False"))
    }
    #expect(chat.text == expected.text)
    #expect(chat.spans == expected.spans)
    let broken: [UInt8] = Array("12345678é".utf8.dropLast())
    let message = ChatMessage(role: .user, content: 0..<broken.count)
    #expect(throws: TemplateError(.malformed, "message 1: content is not UTF-8")) {
      _ = try sessions.render([message], of: broken.span.bytes, addsPrompt: false, into: &chat)
    }
    #expect(throws: TemplateError.self) {
      _ = try sessions.render([], of: text.span.bytes, addsPrompt: false, into: &chat)
    }
  }

  @Test("one of several templates by name")
  func names() {
    #expect(NamedTemplate.choice(among: ["default", "tool_use"], hasTools: true) == "tool_use")
    #expect(NamedTemplate.choice(among: ["default", "tool_use"], hasTools: false) == "default")
    #expect(NamedTemplate.choice(among: ["default", "rag"], hasTools: true) == "default")
    #expect(NamedTemplate.choice(among: ["rag"], hasTools: true) == nil)
  }

  @Test("moments: from text, from seconds, and out of range")
  func clock() throws {
    #expect(TemplateClock("2025-03-09T14:05:07") == TemplateClock(secondsSince1970: 1_741_529_107))
    #expect(TemplateClock("2024-02-29 23:59")?.minute == 59)
    #expect(TemplateClock("2024-02-29T00:00:00.25")?.microsecond == 250_000)
    #expect(TemplateClock(secondsSince1970: -1)?.year == 1969)
    #expect(TemplateClock(secondsSince1970: 951_782_400) == TemplateClock("2000-02-29"))
    for text in ["", "2023-02-29", "2024-13-01", "2024-1", "2024-01-01T25:00", "2024-01-01T00", "x"] {
      #expect(TemplateClock(text) == nil, "\(text)")
    }
    #expect(TemplateClock(secondsSince1970: .max) == nil)
    #expect(TemplateClock(secondsSince1970: .min) == nil)
  }
}
