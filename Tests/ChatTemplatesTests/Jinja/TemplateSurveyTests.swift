import ChatTemplates
import Testing

/// What a survey says of templates whose answers are plain to see.
struct TemplateSurveyTests {
  private func answers(_ template: String) throws -> [TemplateSurvey.Subject: TemplateSurvey.Answer] {
    let survey = TemplateSurvey(try JinjaTemplate(template))
    #expect(survey.findings.map(\.subject) == TemplateSurvey.Subject.allCases)
    return Dictionary(uniqueKeysWithValues: survey.findings.map { ($0.subject, $0.answer) })
  }

  @Test("a template that writes everything as it is")
  func plain() throws {
    let found = try answers(
      "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ m.tool_calls }}{{ m.reasoning_content }}"
        + "{% endfor %}{{ tools or '' }}{% if add_generation_prompt %}<assistant>{% endif %}")
    #expect(found[.systemRole] == .yes && found[.toolCalls] == .partly && found[.toolResults] == .yes)
    #expect(found[.thinkingInHistory] == .yes && found[.reasoningContent] == .yes && found[.whiteSpace] == .yes)
    #expect(found[.generationPrompt] == .yes && found[.prefix] == .yes && found[.bos] == .yes)
    #expect(found[.contentParts] == .partly && found[.alternation] == .no && found[.date] == .no)
    #expect(found[.generationBlocks] == .no && found[.arguments] == .no)
    // Tools stand behind the messages here, but they are written.
    #expect(found[.tools] == .yes)
  }

  @Test("a template that takes thinking out of earlier answers, asks for the time and wants turns to alternate")
  func particular() throws {
    let found = try answers(
      """
      {% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('alternate') }}\
      {% endif %}{{ m.role }}{% generation %}{{ m.content if loop.last else m.content.split('</think>')[-1] | trim }}\
      {% endgeneration %}{{ bos_token }}{% endfor %}{{ strftime_now('%Y') }}{{ date_string }}
      """)
    #expect(found[.thinkingInHistory] == .partly && found[.alternation] == .yes && found[.systemRole] == .refused)
    #expect(found[.date] == .yes && found[.generationBlocks] == .yes && found[.arguments] == .yes)
    #expect(found[.bos] == .partly && found[.prefix] == .no && found[.generationPrompt] == .no)
  }

  @Test(
    "arguments of calls: objects, texts of JSON, or both",
    arguments: [
      ("{{ a if a is string else a | tojson }}", "calls are written, with arguments that are objects or texts of JSON"),
      ("{{ a | tojson }}", "calls are written; arguments must be objects: a text is written with quotes and escapes"),
      (
        "{% for k, v in a.items() %}{{ k }}{% endfor %}",
        "calls are written; arguments must be objects: of a text the template fails: 'str object' has no attribute "
          + "'items' (line 1)"
      ),
      (
        "{{ '' + a }}",
        "calls are written; arguments must be texts of JSON: of an object the template fails: can only concatenate str "
          + "(not \"dict\") to str (line 1)"
      ),
      ("{{ a }}", "calls are written; arguments must be texts of JSON: an object is written as Python's source"),
    ])
  func argumentsOfCalls(printed: String, detail: String) throws {
    let survey = TemplateSurvey(
      try JinjaTemplate(
        "{% for m in messages %}{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name }}"
          + "{% set a = c.function.arguments %}\(printed){% endfor %}{% endfor %}"))
    let found = survey.findings.first { $0.subject == .toolCalls }
    #expect(found?.detail == detail && found?.answer == (detail.contains("must") ? .partly : .yes))
    #expect(survey.findings.first { $0.subject == .toolResults }?.answer == .yes)
  }

  @Test("a template that fails is refused, with its message and line")
  func failing() throws {
    let survey = TemplateSurvey(try JinjaTemplate("\n{{ messages[0].content + 1 }}"))
    #expect(!survey.isUsable)
    #expect(
      survey.findings[0].detail
        == "the template fails: can only concatenate str (not \"int\") to str (line 2)")
  }
}
