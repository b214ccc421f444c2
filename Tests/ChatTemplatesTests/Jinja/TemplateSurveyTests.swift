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
    #expect(found[.systemRole] == .yes && found[.toolCalls] == .yes && found[.toolResults] == .yes)
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

  @Test("a template that fails is refused, with its message and line")
  func failing() throws {
    let survey = TemplateSurvey(try JinjaTemplate("\n{{ messages[0].content + 1 }}"))
    #expect(!survey.isUsable)
    #expect(
      survey.findings[0].detail
        == "the template fails: can only concatenate str (not \"int\") to str (line 2)")
  }
}
