import ChatTemplates
import JSON
import Support

/// Chat templates and what they are given.
enum FuzzTemplates {
  /// Small, so that endless loops end soon.
  private static let limits = TemplateLimits(steps: 50_000, outputBytes: 1 << 18, depth: 60)

  private static let conversation = """
    {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", \
    "content": "Hello!", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1.5}}}]}], "tools": [], \
    "bos_token": "<s>", "add_generation_prompt": true, "numbers": [3, -1, 2.5, 1e300], "nothing": null}
    """

  /// A template that hands its arguments to most filters, tests and methods.
  static let everything = """
    {%- macro show(x, depth=0) -%}
    {%- if x is mapping and depth < 4 -%}{% for k, v in x | dictsort %}{{ k | upper }}={{ show(v, depth + 1) }};{% endfor %}
    {%- elif x is string -%}{{ x | trim | title | replace('a', 'b') | indent(2) | truncate(30) | e }}{{ x[::-1] }}{{ x.split('/') }}
    {%- elif x is iterable and depth < 4 -%}{% for v in x %}{{ loop.index }}:{{ show(v, depth + 1) }},{% endfor %}{{ x | length }}
    {%- elif x is number -%}{{ x | round(2) }}{{ '%5.2f' | format(x) }}{{ x // 3 }}{{ x % 7 }}{{ x ** 2 }}
    {%- else -%}{{ x | tojson }}{{ x is none }}{% endif %}
    {%- endmacro -%}
    {{ show(value) }}{{ value | tojson(indent=2) }}{{ value == other }}{{ [value, other] | unique | list | length }}
    {{ value | string | wordcount }}{{ '{:>10}'.format(value) }}{% set ns = namespace(x=value) %}{{ ns.x | pprint }}
    """

  static func render(_ source: [UInt8]) {
    guard let variables = (try? JSONValue.parse(Array(conversation.utf8)))?.objectValue else { return }
    render(String(decoding: source, as: UTF8.self), JSONObject(variables.members.map { ($0.key, $0.value) }))
  }

  static func render(_ source: String, with arguments: [UInt8]) {
    guard let value = try? JSONValue.parse(arguments) else { return }
    render(source, JSONObject([("value", value), ("other", value.arrayValue?.first ?? .null)]))
  }

  private static func render(_ source: String, _ variables: JSONObject) {
    var chat = RenderedChat()
    do {
      let template = try JinjaTemplate(source, limits: limits)
      _ = template.argumentNames
      try template.render(JinjaInput(variables: variables), reportsMembers: true, into: &chat)
    } catch {}
  }
}
