import ChatTemplates
import JSON
import Testing

/// Endless and exploding templates end with an error, in bounded time and memory.
struct JinjaLimitTests {
  private func error(_ template: String, _ limits: TemplateLimits = TemplateLimits()) -> TemplateError? {
    do throws(TemplateError) {
      var chat = RenderedChat()
      try JinjaTemplate(template, limits: limits).render(JinjaInput(variables: JSONObject()), into: &chat)
      return nil
    } catch {
      return error
    }
  }

  private static let loop = "{% for a in range(100000) %}"

  @Test(
    "too many steps, too much output, too large values",
    arguments: [
      loop + loop + "{% endfor %}{% endfor %}",
      loop + loop + "{{ a }}{% endfor %}{% endfor %}",
      "{{ 'x' * 1000000000 }}", "{{ [1] * 1000000000 }}", "{{ ('x' * 60000000) ~ ('x' * 60000000) }}",
      "{% set ns = namespace(v='xxxxxxxx') %}{% for a in range(100) %}{% set ns.v = ns.v ~ ns.v %}{% endfor %}",
      "{% set ns = namespace(v=[1]) %}{% for a in range(100) %}{% set ns.v = ns.v + ns.v %}{% endfor %}",
      "{% set ns = namespace(v=[1]) %}{% for a in range(100) %}{% set ns.v = [ns.v, ns.v] %}{% endfor %}{{ ns.v }}",
      "{% set ns = namespace(v=[1]) %}{% for a in range(100000) %}{% set ns.v = [ns.v] %}{% endfor %}",
      "{% set ns = namespace(v=[1]) %}{% for a in range(100000) %}{% set ns.v = ns.v | map('upper') %}{% endfor %}",
      "{% set ns = namespace(v=1, w=1) %}{% for a in range(60) %}{% set ns.v = (ns.v, ns.v) %}"
        + "{% set ns.w = (ns.w, ns.w) %}{% endfor %}{{ ns.v == ns.w }}",
      "{{ 2 ** 100000000000 }}", "{{ '%1000000000d' % 1 }}", "{{ '{:>1000000000}'.format(1) }}",
      "{{ 'x'.center(1000000000) }}", "{{ 'x' | indent(1000000000) }}", "{{ '%.1000000000f' % 1 }}",
      "{{ ('x' * 10000000).replace('x', 'yyyyyyyyyy') }}", "{{ [1] | batch(1000000000, 0) | list }}",
      "{{ [1] | slice(1000000000) | list }}", "{{ 'ab'.replace('', 'x' * 60000000) }}",
      loop + loop + "{{ 'a'.strip() if a }}{% endfor %}{% endfor %}",
      "{% set x = [0] * 100000 %}" + loop + "{% set y = 1 in x %}{% endfor %}",
      "{% set x = [0] * 100000 %}" + loop + "{% set y = x.count(1) %}{% endfor %}",
      "{{ (['a' * 100000 ~ 'b', 'a' * 100000 ~ 'c'] * 10000) | sort | length }}",
      "{{ ([{'a': 'x' * 100000}] * 10000) | groupby('a') | length }}",
      "{{ ([{'a': 'x' * 100000}] * 10000) | unique(attribute='a') | list | length }}",
      "{% set x = 'ß' * 100000 %}" + loop + "{% set y = x | upper %}{% set z = x.isalpha() %}{% endfor %}",
      "{% set x = 'é' * 100000 %}" + loop + "{% set y = x[::-1] %}{% endfor %}",
      "{% set x = 'é' * 100000 %}" + loop + "{% set y = x | urlencode | wordcount %}{% endfor %}",
    ])
  func limits(template: String) {
    let found = error(template, TemplateLimits(steps: 300_000, outputBytes: 1 << 20))
    #expect(found?.origin == .limit, "\(template)")
    #expect(found?.className == "LimitExceeded", "\(template)")
  }

  @Test("long numbers and long lists of parameters are read in time that does not grow with their square")
  func source() {
    let number = error("{{ " + String(repeating: "9", count: 5_000) + " }}")
    #expect(number?.message.contains("a number of 5000 digits") == true)
    let names = (0..<20_000).map { "a\($0)" }.joined(separator: ",")
    #expect(error("{% macro f(\(names)) %}{% endmacro %}{{ f() }}") == nil)
  }

  @Test("texts that nearly match everywhere are searched in linear time, from both ends")
  func search() {
    let set = "{% set s = 'ab' * 200000 %}{% set c = 'ab' * 80000 %}"
    #expect(error(set + "{{ s.count(c ~ 'c') }}{{ s.find(c ~ 'c') }}{{ (c ~ 'c') in s }}") == nil)
    #expect(error(set + "{{ s.rfind('c' ~ c) }}{{ s.rsplit('c' ~ c)|length }}") == nil)
    #expect(error(set + "{{ s.replace(c ~ 'c', '')|length }}") == nil)
    var chat = RenderedChat()
    let found = "{% set t = s ~ 'c' ~ s %}{{ t.find(c ~ 'c') }} {{ t.rfind('c' ~ c) }} {{ t.rfind(c ~ 'c') }}"
    #expect(throws: Never.self) {
      try JinjaTemplate(set + found).render(JinjaInput(variables: JSONObject()), into: &chat)
    }
    #expect(chat.text == "240000 400000 240000")
  }

  @Test("recursion ends with Python's message")
  func recursion() {
    for template in [
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% for a in [[]] recursive %}{{ loop([[]]) }}{% endfor %}",
      "{% block b %}{{ self.b() }}{% endblock %}",
    ] {
      #expect(error(template)?.className == "RecursionError", "\(template)")
      #expect(error(template)?.message == "maximum recursion depth exceeded", "\(template)")
    }
  }

  @Test("deep nesting of the template is refused when it is compiled")
  func nesting() {
    let cases = [
      String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000),
      String(repeating: "[", count: 5000), String(repeating: "-", count: 5000) + "1",
      String(repeating: "not ", count: 5000) + "1", "1" + String(repeating: "+1", count: 5000),
      "a" + String(repeating: "|trim", count: 5000), "a" + String(repeating: ".b", count: 5000),
      "a" + String(repeating: " if b else a", count: 5000),
    ]
    for expression in cases { #expect(error("{{ \(expression) }}") != nil) }
    let blocks = String(repeating: "{% if 1 %}", count: 5000) + String(repeating: "{% endif %}", count: 5000)
    #expect(error(blocks)?.className == "SyntaxError")
  }

  @Test(
    "what takes long or makes much counts as steps, however few calls it is",
    arguments: [
      "{% set l = ['ab' * 500000] * 3000 %}{{ l | map('tojson') | list | length }}",
      "{% set d = dict.fromkeys(range(100000)) %}{% for i in range(100000) %}{% set y = dict(d) %}{% endfor %}",
      "{% set d = dict.fromkeys(range(100000)) %}{% for i in range(100000) %}{% set y = dict(d.items()) %}{% endfor %}",
      "{% for i in range(100000) %}{% set y = dict.fromkeys(range(100000)) %}{% endfor %}",
      "{% set a = range(100000) | list %}{% for i in a %}{% set y = a | max %}{% endfor %}",
      "{% set a = range(100000) | list %}{% for i in a %}{% set y = cycler(*a) %}{% endfor %}",
      "{% set s = '9' * 4000 %}{% for i in range(100000) %}{% set y = s | int %}{% endfor %}",
      "{% set n = 10 ** 4000 %}{% for i in range(100000) %}{% set y = '%d' % n %}{% endfor %}",
      "{% set s = 'é' * 500000 %}{% for i in range(100000) %}{% set y = s | length %}{% endfor %}",
      "{% set s = 'é' * 500000 %}{% for i in range(100000) %}{% set y = s[400000] %}{% endfor %}",
      "{% set s = 'é' * 500000 %}{% for i in range(100000) %}{% set y = s is lower %}{% endfor %}",
      "{% set s = '<' * 500000 %}{% for i in range(100000) %}{% set y = s | e %}{% endfor %}",
      "{% set a = range(100000) | list %}{% for i in a %}{% set y = a | batch(200000) | list %}{% endfor %}",
    ])
  func work(template: String) {
    #expect(error(template)?.origin == .limit)
  }

  @Test(
    "a text of more characters than steps are left is not taken apart at all",
    arguments: [
      "{{ s | list | length }}", "{{ s | sort | length }}", "{{ s | batch(3) | list }}", "{{ ','.join(s) }}",
      "{{ s | join(',') }}", "{% for c in s %}{% endfor %}", "{% for c in s %}{% break %}{% endfor %}",
    ])
  func characters(template: String) {
    let limits = TemplateLimits(steps: 1_000)
    #expect(error("{% set s = 'a' * 2000 %}" + template, limits)?.message.contains("more than 1000 steps") == true)
  }

  @Test("what does not go through a text's characters takes no steps for them")
  func wholeTexts() {
    let template = "{% set s = 'a' * 2000 %}{{ s | first }}{{ s is iterable }}{{ s | length }}"
    #expect(error(template, TemplateLimits(steps: 1_000)) == nil)
    // Characters count, not bytes, of which these are 1200.
    #expect(error("{{ ('é' * 600) | list | length }}", TemplateLimits(steps: 1_000)) == nil)
  }

  @Test(
    "parts of a text are counted before they are made",
    arguments: [
      "s.splitlines()", "s.splitlines(true)", "s.split()", "s.rsplit()", "s.split('a')", "s.rsplit('\\n')",
      "s | indent", "s | wordwrap", "s | striptags", "s | urlize",
    ])
  func parts(expression: String) {
    let template = "{% set s = 'a\\n' * 2000 %}{% set a = \(expression) %}"
    let found = error(template, TemplateLimits(steps: 1_500))
    #expect(found?.message.contains("it makes a list of 200") == true, "\(expression): \(String(describing: found))")
    #expect(error(template, TemplateLimits(steps: 100_000)) == nil, "\(expression)")
    #expect(error("{% set s = 'a b ' * 2000 %}{% set a = s.split(none, 5) %}", TemplateLimits(steps: 500)) == nil)
  }

  @Test("limits are options")
  func options() {
    #expect(error("{{ 'x' * 100 }}", TemplateLimits(outputBytes: 99))?.origin == .limit)
    #expect(error("{{ 'x' * 100 }}", TemplateLimits(outputBytes: 100)) == nil)
    #expect(error("{% for a in range(50) %}x{% endfor %}", TemplateLimits(steps: 50))?.origin == .limit)
    let nested = "{% macro f(n) %}{{ f(n - 1) if n else 'end' }}{% endmacro %}{{ f(5) }}"
    #expect(error(nested, TemplateLimits(depth: 5))?.className == "RecursionError")
    #expect(error(nested, TemplateLimits(depth: 6)) == nil)
  }

  @Test("input never traps: every cut and every changed byte of a template either compiles or is an error")
  func damage() {
    let template = Array(
      "{%- for m, (k) in [(1, 2)] if m %}{{ m['a'] | join(', ') ~ \"é\\x41\" }}{% else %}{# c #}{% endfor -%}{{ -1.5e3 }}"
        .utf8)
    for end in 0...template.count { _ = error(String(decoding: template[..<end], as: UTF8.self)) }
    for index in template.indices {
      for byte in [0x00, 0x20, 0x22, 0x25, 0x27, 0x28, 0x29, 0x2D, 0x30, 0x5C, 0x7B, 0x7C, 0x7D, 0xFF] as [UInt8] {
        var changed = template
        changed[index] = byte
        _ = error(String(decoding: changed, as: UTF8.self))
      }
    }
  }
}
