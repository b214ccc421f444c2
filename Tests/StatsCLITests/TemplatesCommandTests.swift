import Foundation
import JSON
import TestSupport
import Testing

/// `templates eval` and `render --chat-template`.
@Suite struct TemplatesCommandTests {
  private static let now = ["--now", "2025-03-09T14:05:07"]

  private func eval(_ lines: [String], _ options: [String] = []) throws -> Program.Result {
    try Program.run(["templates", "eval"] + Self.now + options, input: Data(lines.joined(separator: "\n").utf8))
  }

  @Test("each line has its answer: a text, or the message of Python")
  func answers() throws {
    let result = try eval([
      #"{"template":"{{ x }} {{ strftime_now('%d %b %Y %H:%M:%S') }}","context":{"x":1,"x":[2.0,null]}}"#,
      #"{"template":"\n\n{{ x.y }}","context":{}}"#, #"{"template":"{% if %}"}"#,
      #"{"template":"{{ raise_exception('no é') }}"}"#, #"{"template":"{{ x }}","context":{"x":"a\u0000\u00e9"}}"#,
    ])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(
      result.lines.map(String.init) == [
        #"{"rendered":"[2.0, None] 09 Mar 2025 14:05:07"}"#, #"{"error":"'x' is undefined"}"#,
        #"{"error":"Expected an expression, got 'end of statement block'"}"#, #"{"error":"no é"}"#,
        #"{"rendered":"a\u0000é"}"#,
      ])
    let detailed = try eval([#"{"template":"\n\n{{ x.y }}"}"#], ["--details"])
    #expect(detailed.output == #"{"error":"'x' is undefined","error_type":"UndefinedError","line":3}"# + "\n")
    let ascii = try eval([#"{"template":"é{{ raise_exception('é😀') }}"}"#, #"{"template":"é😀"}"#], ["--ascii"])
    #expect(ascii.output == #"{"error":"\u00e9\ud83d\ude00"}"# + "\n" + #"{"rendered":"\u00e9\ud83d\ude00"}"# + "\n")
  }

  @Test("halves of surrogate pairs and numbers of any size are what they are in Python")
  func oddTexts() throws {
    let result = try eval([
      #"{"template":"{{ x }} {{ x | length }} {{ [x] }} {{ x['\\ud800'] }}","context":{"x":"a\ud800\udbff\udffeb"}}"#,
      #"{"template":"{{ x['\\udfff'] }}","context":{"x":{"\udfff":"v"}}}"#,
      #"{"template":"{{ x + 1 }}","context":{"x":99999999999999999999}}"#,
      #"{"template":"\ud800"}"#,
    ])
    #expect(result.status == 3)
    #expect(
      result.lines.map(String.init) == [
        #"{"error":"not valid JSON at byte 91: a text with half of a surrogate pair cannot be read beside characters from "#
          + #"U+10F800 on"}"#,
        #"{"rendered":"v"}"#, #"{"rendered":"100000000000000000000"}"#,
        #"{"error":"\"template\" holds half of a surrogate pair as it is, which is not supported; write it as an escape"}"#,
      ])
    let halves = try eval([#"{"template":"{{ x }} {{ x | length }} {{ [x] }}","context":{"x":"a\ud800😀"}}"#])
    #expect(halves.output == #"{"rendered":"a\ud800😀 3 ['a\\ud800😀']"}"# + "\n")
  }

  @Test("halves of surrogate pairs in messages of errors, names and formats")
  func halvesInErrors() throws {
    let lines = try eval(
      [
        #"{"template":"{{ raise_exception('a' + x) }}","context":{"x":"\ud800é😀\udfff"}}"#,
        #"{"template":"{{ strftime_now('%Y' + x) }}","context":{"x":"\ud800\ud801"}}"#,
        #"{"template":"{{ '{:*<3}'.format(x) }}|{{ ('{:' + x + '<3}').format('a') }}","context":{"x":"\ud800"}}"#,
        #"{"template":"{{ dict(**x) }}","context":{"x":{"\ud800":1}}}"#,
        #"{"template":"{{ '{a}'.format_map(x) }}","context":{"x":{"\ud800":1}}}"#,
        #"{"template":"{{ 'abc' | truncate(x) }}","context":{"x":"\ud800"}}"#,
      ], ["--details"]
    ).lines.map(String.init)
    #expect(
      lines == [
        #"{"error":"a\ud800é😀\udfff","error_type":"TemplateError","line":1}"#,
        #"{"error":"'utf-8' codec can't encode characters in position 2-3: surrogates not allowed","#
          + #""error_type":"UnicodeEncodeError","line":1}"#,
        #"{"error":"half of a surrogate pair in the specification of a format is not supported","#
          + #""error_type":"NotSupported","line":1}"#,
        #"{"error":"half of a surrogate pair in the name of an argument is not supported","error_type":"NotSupported","line":1}"#,
        #"{"error":"half of a surrogate pair in the name of an argument is not supported","error_type":"NotSupported","line":1}"#,
        #"{"error":"'>=' not supported between instances of 'str' and 'int'","error_type":"TypeError","line":1}"#,
      ])
  }

  @Test("lines that are no requests fail by name, and the command at its end")
  func requests() throws {
    let result = try eval(["[]", #"{"template":1}"#, "{}", #"{"template":"","context":[]}"#, "x"])
    #expect(result.status == 3 && result.errors.contains("5 of 5 lines of standard input failed"))
    #expect(
      result.lines.map(String.init) == [
        #"{"error":"an array where an object is expected"}"#,
        #"{"error":"\"template\" is an integer; a string is expected"}"#,
        #"{"error":"the object has no \"template\""}"#,
        #"{"error":"\"context\" is an array; an object is expected"}"#,
        #"{"error":"not valid JSON at byte 0: a value was expected"}"#,
      ])
  }

  @Test("limits are options, and a template beyond them ends with an error")
  func limits() throws {
    let endless = #"{"template":"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"}"#
    let long = #"{"template":"{{ 'x' * 1000 }}"}"#
    #expect(try eval([endless], ["--template-steps", "1000"]).output.contains("more than 1000 steps"))
    #expect(try eval([long], ["--template-output", "999"]).output.contains("more than 999 bytes"))
    let deep = #"{"template":"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"}"#
    #expect(try eval([deep], ["--template-depth", "9"]).output.contains("maximum recursion depth exceeded"))
    #expect(try eval([long], ["--template-depth", "100000"]).status == 64)
  }

  @Test("the time is --now, else SOURCE_DATE_EPOCH in UTC")
  func clock() throws {
    let line = Data(#"{"template":"{{ strftime_now('%F %T') }}"}"#.utf8)
    let epoch = try Program.run(
      ["templates", "eval"], input: line, environment: ["SOURCE_DATE_EPOCH": "1741529107", "TZ": "Asia/Tokyo"])
    #expect(epoch.output == #"{"rendered":"2025-03-09 14:05:07"}"# + "\n")
    let wrong = try Program.run(["templates", "eval"], input: line, environment: ["SOURCE_DATE_EPOCH": "x"])
    #expect(wrong.status == 64 && wrong.errors.contains("SOURCE_DATE_EPOCH"))
    #expect(try Program.run(["templates", "eval", "--now", "2025-13-01"], input: line).status == 64)
  }

  @Test("render --chat-template does what apply_chat_template does")
  func apply() throws {
    let scratch = try Scratch()
    let template = try scratch.file(
      "t.jinja",
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}{{ m.name }}:{{ m.content }}]{% endfor %}"
        + "{{ tools | length if tools }}{{ k }}{% if add_generation_prompt %}>{% endif %}\n")
    let rows = Data(
      [
        #"{"messages":[{"role":"u","content":"a","name":null}],"special_tokens":{"bos_token":"<s>"},"k":"é"}"#,
        #"{"messages":[{"role":"u","content":"a"}],"special_tokens":{"bos_token":{"content":"B"}},"bos_token":"C"}"#,
        #"{"messages":[{"role":"u","content":"a "}],"continue_final_message":true}"#,
        #"{"messages":[{"role":"u"}],"tools":[{}],"add_generation_prompt":true,"chat_template_kwargs":{"k":1}}"#,
        #"{"messages":[]}"#, #"{"text":"a"}"#,
      ].joined(separator: "\n").utf8)
    let result = try Program.run(["render", "--chat-template", template], input: rows)
    #expect(result.status == 3)
    #expect(
      result.lines.map(String.init) == [
        #"{"rendered":"<s>[u:a]é"}"#, #"{"rendered":"C[u:a]"}"#, #"{"rendered":"[u:a "}"#, #"{"rendered":"[u:]11>"}"#,
        #"{"error":"Cannot apply chat template to an empty conversation. Provide at least one message."}"#,
        #"{"error":"the object has no \"messages\""}"#,
      ])
    let prompted = try Program.run(
      ["render", "--chat-template", template, "--ascii", "--add-generation-prompt"],
      input: Data(#"{"messages":[{"role":"é"}]}"#.utf8))
    #expect(prompted.output == #"{"rendered":"[\u00e9:]>"}"# + "\n")
  }

  @Test("a configuration's templates: tool_use where there are tools, else default; broken ones by name and line")
  func files() throws {
    let scratch = try Scratch()
    let named = try scratch.file(
      "tokenizer_config.json",
      #"{"chat_template":[{"name":"default","template":"d"},{"name":"tool_use","template":"t"}]}"#)
    let rows = Data(#"{"messages":[{}]}"#.utf8) + Data("\n".utf8) + Data(#"{"messages":[{}],"tools":[{}]}"#.utf8)
    #expect(
      try Program.run(["render", "--chat-template", named], input: rows).output
        == #"{"rendered":"d"}"# + "\n" + #"{"rendered":"t"}"# + "\n")
    for (text, message) in [
      (#"{"chat_template":"\n{{"}"#, "b.json, line 2: unexpected 'end of template'"),
      ("{}", "there is no \"chat_template\""), ("[", "not valid JSON"),
    ] {
      let result = try Program.run(["render", "--chat-template", try scratch.file("b.json", text)], input: rows)
      #expect(result.status == 1 && result.errors.contains(message), "\(result.errors)")
    }
    #expect(try Program.run(["render"], input: rows).status == 64)
    #expect(try Program.run(["render", "--chat-template", named, "--template-arg", "a=b"], input: rows).status == 64)
  }

  @Test("check says what a template supports, of a file or a folder")
  func check() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "chat_template.jinja",
      "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}{{ more }}{% endfor %}"
        + "{% if add_generation_prompt %}<assistant>{% endif %}")
    let result = try Program.run(["templates", "check", file])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let lines = result.lines.map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.count == 16)
    #expect(lines.contains("system role yes a system message is written"))
    #expect(lines.contains("tools no tools are passed over"))
    #expect(lines.contains("prefix yes the text of a longer conversation begins with that of the shorter one"))
    #expect(lines.contains("arguments yes it reads more, undefined unless given"))
    let json = try Program.run(["templates", "check", scratch.folder.path, "--json"])
    let value = try JSONValue.parse(json.output)
    #expect(value["white_space"]?["answer"] == .string("no") && value["name"] == .string("default"))
    let broken = try scratch.file("b.jinja", "{% if messages[0].role %}{{ raise_exception('none') }}{% endif %}")
    let refused = try Program.run(["templates", "check", broken])
    #expect(refused.status == 3 && refused.output.contains("the template raises: none (line 1)"))
    #expect(try Program.run(["templates", "check", "no such file"]).status == 5)
  }
}
