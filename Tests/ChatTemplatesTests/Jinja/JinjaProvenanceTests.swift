import ChatTemplates
import JSON
import Testing

/// Every byte has the kind of the message and member that it comes from, whatever the template does with it.
struct JinjaProvenanceTests {
  private static let messages = #"""
    [{"role":"system","content":"Be Brief"},{"role":"user","content":" Hi,there "},
     {"role":"assistant","content":"<think>\nhm\n</think>\n\nyes","tool_calls":[{"name":"f","arguments":{"x":1,"y":"é"}}]},
     {"role":"tool","content":"r\"1"},{"role":"critic","content":"c"}]
    """#

  /// The spans as `kind: text`.
  private func parts(_ template: String, _ messages: String = messages) throws -> [String] {
    var request = ChatTemplateRequest(messages: try #require(try JinjaRun.parse("{\"m\":\(messages)}")["m"]))
    request.tools = try JinjaRun.parse(#"{"t":[{"name":"f"}]}"#)["t"]
    request.documents = try JinjaRun.parse(#"{"t":[{"text":"doc"}]}"#)["t"]
    request.specialTokens = JSONObject([("bos_token", .string("<s>"))])
    var chat = RenderedChat()
    try JinjaTemplate(template).apply(request, into: &chat)
    #expect(chat.faultInParts == nil)
    return chat.parts
  }

  @Test("contents have the kind of their role, roles and literals are overhead")
  func roles() throws {
    #expect(
      try parts("{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}") == [
        "overhead: <s><system>", "system: Be Brief", "overhead: <user>", "user:  Hi,there ", "overhead: <assistant>",
        "assistant: <think>\nhm\n</think>\n\nyes", "overhead: <tool>", "tool: r\"1", "overhead: <critic>", "other: c",
      ])
  }

  @Test(
    "a text keeps its origin through slices, methods, filters, macros, captured blocks and namespaces",
    arguments: [
      ("{{ u.strip() }}", "Hi,there"), ("{{ u | trim }}", "Hi,there"), ("{{ u[1:3] }}", "Hi"),
      ("{{ u[::-1] }}", " ereht,iH "),
      ("{{ u.split(',')[0] }}", " Hi"), ("{{ u.split() | join }}", "Hi,there"), ("{{ u | upper }}", " HI,THERE "),
      ("{{ u.title() }}", " Hi,There "), ("{{ u | tojson }}", "\" Hi,there \""), ("{{ [u] }}", "[' Hi,there ']"),
      ("{{ '%s' % u }}", " Hi,there "), ("{{ '{}'.format(u) }}", " Hi,there "),
      ("{{ u | replace('q', 'z') }}", " Hi,there "),
      ("{{ u | default('x') }}", " Hi,there "), ("{{ u if u else 'x' }}", " Hi,there "),
      ("{% set ns = namespace(v='') %}{% set ns.v = ns.v + u %}{{ ns.v }}", " Hi,there "),
      ("{% macro f(x) %}{{ x }}{% endmacro %}{{ f(u) }}", " Hi,there "),
      ("{% set c %}{{ u }}{% endset %}{{ c }}", " Hi,there "), ("{% filter trim %}{{ u }}{% endfilter %}", "Hi,there"),
      ("{{ u | first ~ (u | last) }}", "  "), ("{{ u.partition(',') | join }}", " Hi,there "),
    ])
  func keptOrigins(template: String, text: String) throws {
    #expect(try parts("{% set u = messages[1].content %}" + template) == ["user: " + text])
  }

  @Test("what is inserted into a text is the template's")
  func insertions() throws {
    let set = "{% set u = messages[1].content %}"
    #expect(try parts(set + "{{ u | replace(',', '; ') }}") == ["user:  Hi", "overhead: ; ", "user: there "])
    #expect(try parts(set + "{{ u.split(',') | join('+') }}") == ["user:  Hi", "overhead: +", "user: there "])
    #expect(try parts(set + "{{ '[' ~ u ~ ']' }}") == ["overhead: [", "user:  Hi,there ", "overhead: ]"])
    #expect(try parts(set + "{{ 'a\nb' | indent(1) }}") == ["overhead: a\n b"])
    #expect(try parts("{{ (messages[0].content + messages[1].content) | upper }}") == ["overhead: BE BRIEF HI,THERE "])
  }

  @Test("thinking within a content, where the template knows the tags")
  func thinking() throws {
    let set = "{% set c = messages[2].content %}"
    #expect(
      try parts(set + "{{ c }}{# #}{{ '</think>' if false }}") == [
        "assistant: <think>", "thinking: \nhm\n", "assistant: </think>\n\nyes",
      ])
    #expect(
      try parts(set + "{{ c.split('</think>')[0].split('<think>')[-1].strip('\\n') }}|{{ c.split('</think>')[-1] }}")
        == [
          "thinking: hm", "overhead: |", "assistant: \n\nyes",
        ])
  }

  @Test("reasoning is thinking, tool calls are the assistant's, tools are tool and documents other")
  func members() throws {
    #expect(
      try parts("{{ messages[2].tool_calls | tojson }}") == [
        #"assistant: [{"name": "f", "arguments": {"x": 1, "y": "é"}}]"#
      ])
    #expect(try parts("{{ tools | tojson }}{{ documents[0].text }}") == [#"tool: [{"name": "f"}]"#, "other: doc"])
    #expect(
      try parts(
        "{{ messages[0].reasoning_content }}{{ messages[0].thinking }}", #"[{"role":"assistant","reasoning":"r"}]"#)
        == ["thinking: rr"])
  }

  @Test(
    "numbers and truth values have the kind of the member that they are from, printed, formatted or computed with",
    arguments: [
      ("{{ x }}", "1"), ("{{ [x] }}", "[1]"), ("{{ {'k': x} | tojson }}", #"{"k": 1}"#), ("{{ x + 1 }}", "2"),
      ("{{ -x }}", "-1"), ("{{ x * 2 - x }}", "1"), ("{{ x / 2 }}", "0.5"), ("{{ 7 % x }}", "0"),
      ("{{ '%03d' % x }}", "001"), ("{{ '%.1f' | format(x) }}", "1.0"), ("{{ '{:>3}'.format(x) }}", "  1"),
      ("{{ x | string }}", "1"), ("{{ x | float }}", "1.0"), ("{{ x | round }}", "1"), ("{{ [x, x] | join }}", "11"),
      ("{{ x | abs }}", "1"), ("{{ [x] | first }}", "1"), ("{{ [x, 2] | sum }}", "3"),
      ("{{ x | filesizeformat }}", "1 Byte"),
      ("{% set ns = namespace(v=x) %}{{ ns.v }}", "1"), ("{{ m.weight | int }}", "2"),
      ("{{ m.weight | round(1) }}", "2.5"),
      ("{{ m.flag }}", "True"), ("{{ m.flag | tojson }}", "true"), ("{{ m.number | int }}", "12"),
      ("{{ m.number | int + 1 }}", "13"),
    ])
  func numbers(template: String, text: String) throws {
    let messages = #"""
      [{"role":"assistant","content":"c","weight":2.5,"flag":true,"number":"12","calls":[{"arguments":{"x":1}}]},
       {"role":"user","content":"u","count":4}]
      """#
    let set = "{% set m = messages[0] %}{% set x = m.calls[0].arguments.x %}"
    #expect(try parts(set + template, messages) == ["assistant: " + text])
  }

  @Test("a number that is made of two members is nobody's")
  func mixedNumbers() throws {
    let messages = #"[{"role":"user","content":"a","x":1},{"role":"assistant","content":"b","x":2}]"#
    #expect(try parts("{{ messages[0].x + messages[1].x }}", messages) == ["overhead: 3"])
    #expect(try parts("{{ [messages[0].x, messages[1].x] }}", messages) == ["overhead: [1, 2]"])
    #expect(try parts("{{ messages | length }}", messages) == ["overhead: 2"])
    #expect(try parts("{{ messages[0].content | int(8) }}", messages) == ["overhead: 8"])
  }

  @Test("thinking in the parts of a content that is a list")
  func thinkingInParts() throws {
    let messages = #"""
      [{"role":"assistant","content":[{"type":"text","text":"<think>hm</think>yes"},{"type":"text","text":"no"}]},
       {"role":"user","content":[{"type":"text","text":"<think>u</think>"}]}]
      """#
    let template =
      "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endfor %}{{ '</think>' if false }}"
    #expect(
      try parts(template, messages) == [
        "assistant: <think>", "thinking: hm", "assistant: </think>yesno", "user: <think>u</think>",
      ])
  }

  @Test("links keep the origin of their text")
  func links() throws {
    let messages = #"[{"role":"user","content":"see http://a.example now"}]"#
    #expect(
      try parts("{{ messages[0].content | urlize }}", messages) == [
        #"user: see <a href="http://a.example" rel="noopener">http://a.example</a> now"#
      ])
  }

  @Test("generation blocks are byte ranges of the text, and members know how much of them was printed")
  func details() throws {
    let messages = try JinjaRun.parse(
      #"{"messages":[{"role":"user","content":"é"},{"role":"assistant","content":"yes no"}]}"#)
    let template = try JinjaTemplate(
      "{% for m in messages %}{% if m.role == 'assistant' %}[{% generation %}{{ m.content[:3] }}.{% endgeneration %}]"
        + "{% else %}{{ m.content }}{% endif %}{% endfor %}")
    var chat = RenderedChat()
    let details = try template.render(JinjaInput(variables: messages), reportsMembers: true, into: &chat)
    #expect(chat.text == "é[yes.]")
    #expect(details.generations == [3..<7])
    #expect(details.members.map(\.byteCount) == [2, 6])
    #expect(details.members.map(\.renderedByteCount) == [2, 3])
    #expect(details.members.map(\.message) == [0, 1])
  }
}
