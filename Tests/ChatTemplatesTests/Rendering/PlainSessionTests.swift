import ChatTemplates
import Foundation
import JSON
import TestSupport
import Testing

/// Conversations of roles and texts, for which a renderer keeps its values, are rendered as each for itself would be.
struct PlainSessionTests {
  private static let conversations: [[(role: String, content: String)]] = [
    [("user", "Hello \u{E9}\u{4F60}")],
    [("user", "one"), ("assistant", "  two\n"), ("user", "three"), ("assistant", "four")],
    [("system", "Be brief."), ("user", ""), ("assistant", "<think>\nhm\n</think>\n\nanswer"), ("user", "?")],
    [("assistant", "first")],
    [("user", "a"), ("user", "b")],
    [("user", "q"), ("assistant", "x</think>y<think>z</think>"), ("tool", "3.5"), ("assistant", "end")],
    [("developer", "{{ x }}"), ("ipython", "out"), ("user", "<|im_end|>")],
    [("system", "s"), ("user", "u"), ("assistant", "a"), ("user", "u"), ("assistant", "b"), ("user", "\u{1F600}")],
  ]

  /// What a template can keep between two renderings if it is not reset.
  private static let sources = [
    "{% for m in messages %}{{ loop.index }}{{ m.role }}:{{ m['content'] | trim }}{{ m.x }}{% endfor %}",
    "{% set ns = namespace(n=0, last='') %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% set ns.last = m.content %}"
      + "{% endfor %}{{ ns.n }}{{ ns.last }}",
    "{% macro f(m) %}{{ m.role ~ '=' ~ m.content }}{% endmacro %}{% for m in messages %}{{ f(m) }}{% endfor %}",
    "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}|{% endfor %}",
    "{% autoescape true %}{% for m in messages %}{{ m.content }}{% break %}{% endfor %}",
    "{% for m in messages %}{{ m.content }}{% endfor %}{{ messages }}",
    "{% set t = 'a' + messages[0].content + 'b' %}{{ t }}{{ t | upper }}{{ t == 'aoneb' }}"
      + "{{ [1, 'x'] + [messages | length] }}",
    "{% for m in messages if m.role != 'system' %}{{ m.content.split('</think>')[-1] }}{% else %}none{% endfor %}",
    "{{ x | default('none') }}{% block b %}{% set x = messages[0].role %}{{ x }}{% endblock %}{{ self.b() }}",
    "{% if messages[0].role == 'assistant' %}{{ raise_exception('no ' + messages[0].content) }}{% endif %}{{ messages[1:] }}",
  ]

  @Test("one after the other")
  func inTurn() throws {
    for source in Self.sources {
      try Self.compare(source, name: source)
      try Self.compare(source + "{% if add_generation_prompt %}<answer>{% endif %}", name: source, addsPrompt: true)
    }
  }

  @Test("one after the other, with public templates")
  func publicTemplates() throws {
    guard let shared = SharedFolder.path(suite: "plain sessions") else { return }
    let folder = URL(filePath: shared).appending(path: "models/templates")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let templates = files.filter { $0.pathExtension == "jinja" }
    #expect(templates.count > 50)
    for file in templates {
      let source = try String(decoding: Data(contentsOf: file), as: UTF8.self)
      for addsPrompt in [false, true] {
        try Self.compare(source, name: file.lastPathComponent, addsPrompt: addsPrompt)
      }
    }
  }

  /// - Parameter addsPrompt: Whether every other row asks for the beginning of an answer.
  private static func compare(_ source: String, name: String, addsPrompt: Bool = false) throws {
    let tokens = JSONObject([("bos_token", .string("<s>")), ("eos_token", .string("</s>"))])
    guard let template = try? JinjaTemplate(source) else { return }
    var settings = ChatRenderer.Settings()
    settings.prefersEngine = true
    let renderer = try ChatRenderer(
      [NamedChatTemplate(name: nil, text: source, sha256: "")], specialTokens: tokens, settings: settings)
    var found = RenderedChat()
    var expected = RenderedChat()
    let prompting = addsPrompt ? JSONObject([("add_generation_prompt", .bool(true))]) : JSONObject()
    for (number, conversation) in (conversations + conversations.reversed()).enumerated() {
      let row = number.isMultiple(of: 2) ? prompting : JSONObject()
      let messages = JSONValue.array(
        conversation.map { .object(JSONObject([("role", .string($0.role)), ("content", .string($0.content))])) })
      var request = ChatTemplateRequest(messages: messages)
      request.specialTokens = tokens
      request.setArguments(row)
      let chat = try ChatConversation(messages: messages)
      let text = chat.text
      var error: String?
      var expectedError: String?
      var generations: [Range<Int>] = []
      var expectedGenerations: [Range<Int>] = []
      do throws(TemplateError) {
        generations = try renderer.render(chat.messages, of: text.span.bytes, arguments: row, into: &found)
      } catch let failure { error = failure.description }
      do throws(TemplateError) {
        expectedGenerations = try template.apply(request, into: &expected).generations
      } catch let failure { expectedError = failure.description }
      #expect(error == expectedError, "\(name)")
      #expect(found.text == expected.text, "\(name)")
      #expect(found.spans == expected.spans, "\(name)")
      #expect(found.borders == expected.borders, "\(name)")
      #expect(generations == expectedGenerations, "\(name)")
    }
  }
}
