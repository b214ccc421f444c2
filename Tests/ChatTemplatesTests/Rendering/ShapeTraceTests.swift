import Foundation
import JSON
import TestSupport
import Testing

@testable import ChatTemplates

/// Conversations of one shape, which are rendered from a trace, come out as the engine renders each of them.
struct ShapeTraceTests {
  /// Texts that answer the questions of templates in different ways.
  private static let texts = [
    "What is it?", "", " ", "\n x \n", "<think>\nhm\n</think>\n\nanswer", "<tool_response>3</tool_response>",
    "</think>", "a</think>b</think>c", "\u{A0}\u{4E2D}\u{3000}", "/no_think", "u", "{{ x }}<|im_end|>",
    "<think>a</think>b<think>c</think>", "<tool_response>", "x</tool_response>", "\t", "é", "user",
  ]

  /// Templates that only print contents, put them together, trim them and ask what a trace can answer, by their traces of
  /// one shape.
  private static let traceable = [
    "{% for m in messages %}[{{ m.role }}]{{ m['content'] }}{% endfor %}",
    "{% for m in messages %}{{ m.content | trim }}|{{ m.content.strip() }}|{{ m.content.lstrip('\\n') }}{% endfor %}",
    "{% for m in messages %}{{ '<s>' + m.role + m.content | trim + '</s>' }}{{ m.content ~ '!' ~ m.content }}{% endfor %}",
    "{% for m in messages %}{% if '</think>' in m.content %}T{% endif %}{{ m.content }}{% endfor %}",
    "{% for m in messages %}{% if m.content.startswith('<tool_response>') and m.content.endswith('</tool_response>') %}"
      + "R{% endif %}{{ m.content }}{% endfor %}",
    "{% for m in messages %}{% if m.content %}{{ m.content }}{% else %}-{% endif %}{% endfor %}",
    "{% for m in messages %}{% if m.content == 'u' %}!{% elif m.content in ['', 'user'] %}?{% endif %}{% endfor %}",
    "{% for m in messages %}{% if m.content | trim == '' %}empty{% endif %}{% endfor %}{{ messages | length }}",
    "{% set ns = namespace(t='') %}{% for m in messages %}{% set ns.t = ns.t + m.content %}{% endfor %}{{ ns.t }}",
    "{% set t = '' + messages[0].content %}{{ t }}{% if 'x' + t %}.{% endif %}{{ messages | map(attribute='content') | join('+') }}",
    "{% macro f(m) %}{{ m.role ~ '=' ~ m.content }};{% endmacro %}{% for m in messages %}{{ f(m) }}{% endfor %}",
    "{% for m in messages %}{% set t %}<{{ m.content }}>{% endset %}{{ t }}{{ t }}{% endfor %}",
    "{% for m in messages %}{% generation %}{{ m.content }}.{% endgeneration %}|{% generation %}{% endgeneration %}{% endfor %}",
    "{% for m in messages %}{{ m.content }}{% if loop.last %}{% generation %}end{% endgeneration %}{% endif %}{% endfor %}",
    "{% for m in messages %}{{ m.content.split('</think>')[-1] }}|{{ m.content.split('</think>')[0] }}{% endfor %}",
    "{% for m in messages %}{% if '</think>' in m.content %}{% set c = m.content.split('</think>')[-1].lstrip('\\n') %}"
      + "{{ m.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') }}={{ c }}{% endif %}{% endfor %}",
    "{% if messages[0].content is string and messages[0].content is not none %}{{ messages[0].content }}{% endif %}",
  ]

  /// Templates that look at contents in other ways.
  private static let untraceable = [
    "{% for m in messages %}{{ m.content | length }}{% endfor %}",
    "{% for m in messages %}{{ m.content | upper }}{{ m.content[:2] }}{% endfor %}",
    "{{ messages }}", "{{ messages | tojson }}",
    "{% for m in messages %}{{ m.content == messages[0].content }}{% endfor %}",
    "{% for m in messages %}{% for c in m.content %}{{ c }},{% endfor %}{% endfor %}",
    "{% for m in messages %}{{ m.content.find('x') }}{{ m.content.count('\\n') }}{% endfor %}",
    "{% for m in messages %}{{ {'u': 1}[m.content] }}{{ m.content < 'b' }}{% endfor %}",
    "{% for m in messages %}{{ (m.content + '').strip() }}{{ m.content * 2 }}{% endfor %}",
    "{% for m in messages %}{{ m.content.split('x') | length }}{{ m.content.replace('a', 'b') }}{% endfor %}",
    "{% for m in messages %}{{ '%5s' % m.content }}{{ m.content | e }}{% endfor %}",
    "{% autoescape true %}{{ messages[0].content }}{% endautoescape %}",
    "{% for m in messages %}{{ m.content.split(m.role)[0] }}{{ messages[0].content in m.content }}{% endfor %}",
    "{% generation %}x{% endgeneration %}{{ messages[0].content.removeprefix('a') }}{{ messages[0].content is sameas messages[0].content }}",
  ]

  private static let shapes = [["user"], ["user", "assistant"], ["system", "user", "assistant", "tool"]]

  @Test("each text at each place", arguments: traceable + untraceable)
  func texts(source: String) throws {
    let comparison = try EngineComparison(source)
    for shape in Self.shapes {
      for offset in Self.texts.indices {
        let conversation = shape.indices.map { index in
          (role: shape[index], content: Self.texts[(offset + index * 5) % Self.texts.count])
        }
        for addsPrompt in [false, true] { try comparison.expectSame(conversation, addsPrompt: addsPrompt, source) }
      }
    }
  }

  @Test("what can be traced is traced", arguments: traceable)
  func traced(source: String) throws {
    let comparison = try EngineComparison(source)
    for content in ["a", "b", "c"] { try comparison.expectSame([("user", content), ("assistant", content)], source) }
    #expect(comparison.traceCount == 1)
  }

  @Test("what cannot be traced is left to the engine", arguments: untraceable)
  func untraced(source: String) throws {
    let comparison = try EngineComparison(source)
    for content in ["a", "b", "c", "d"] { try comparison.expectSame([("user", content)], source) }
    #expect(comparison.traceCount == 0)
  }

  @Test("errors that the contents or the shape decide about")
  func errors() throws {
    let source =
      "{% if 'bad' in messages[0].content %}{{ raise_exception('no ' + messages[0].content) }}{% endif %}"
      + "{% if messages[0].role == 'tool' %}{{ raise_exception('tool') }}{% endif %}{{ messages[0].content }}"
    let comparison = try EngineComparison(source)
    for content in ["a", "bad 1", "b", "bad 2", "c", "bad 3", ""] {
      try comparison.expectSame([("user", content)], source)
      try comparison.expectSame([("tool", content)], source)
    }
  }

  @Test("generation blocks that are captured and not printed, or printed in part")
  func hiddenGenerations() throws {
    let hidden = "{% set t %}ab{% generation %}{{ messages[0].content }}cd{% endgeneration %}{% endset %}"
    for (end, expected) in [("", [Range<Int>]()), ("x", [0..<1]), ("{{ t }}", [0..<5])] {
      let comparison = try EngineComparison(hidden + end)
      for _ in 0..<3 {
        let (session, engine) = try comparison.outcomes([("user", "xyz")])
        #expect(session == engine, "\(end)")
        #expect(session.generations == expected, "\(end)")
      }
    }
  }

  @Test("limits stop a rendering as they do without traces")
  func limits() throws {
    let source = "{% for m in messages %}{% for i in range(20) %}{{ m.content | trim }}{% endfor %}{% endfor %}"
    for limits in [TemplateLimits(steps: 4_000), TemplateLimits(outputBytes: 20_000), TemplateLimits(steps: 500)] {
      let comparison = try EngineComparison(source, limits: limits)
      for size in [1, 2, 5, 64, 700, 999, 1_000, 1_001, 2_500, 10_000, 12_800, 50_000] {
        try comparison.expectSame([("user", String(repeating: "x", count: size))], "\(limits) \(size)")
      }
    }
  }

  @Test("shapes and answers are bounded")
  func bounds() throws {
    let comparison = try EngineComparison(
      "{% for m in messages %}{% if 'x' in m.content %}!{% endif %}{{ m.content }}{% endfor %}")
    // Sixty-four sets of answers of one shape, and shapes longer than any that is kept.
    for _ in 0..<2 {
      for answers in 0..<64 {
        try comparison.expectSame((0..<6).map { ("user", answers >> $0 & 1 == 0 ? "x" : "y") }, "\(answers)")
      }
    }
    #expect((1...32).contains(comparison.traceCount))
    let count = comparison.traceCount
    for _ in 0..<3 { try comparison.expectSame(Array(repeating: ("user", "x"), count: 200), "long") }
    #expect(comparison.traceCount == count)
  }

  // MARK: - Random conversations

  /// How many conversations of each shape each template renders.
  private static let count =
    ProcessInfo.processInfo.environment["TOKENSTATS_TRACED_CONVERSATIONS"].flatMap { Int($0) } ?? 3

  @Test("random conversations with public templates")
  func publicTemplates() throws {
    guard let shared = SharedFolder.path(suite: "traces") else { return }
    let folder = URL(filePath: shared).appending(path: "models/templates")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    var (templates, traced) = (0, 0)
    for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "jinja" {
      let source = try String(decoding: Data(contentsOf: file), as: UTF8.self)
      guard let comparison = try? EngineComparison(source) else { continue }
      try Self.compare(comparison, name: file.lastPathComponent, seed: UInt64(source.utf8.count))
      templates += 1
      if comparison.traceCount > 0 { traced += 1 }
    }
    print("traces: \(traced) of \(templates) public templates are rendered from them")
    #expect(traced * 5 > templates * 4)
  }

  /// Rows of `Scripts/fuzz_templates.py --rows`, whose variables are made of the messages.
  @Test(
    "random conversations with random templates",
    .enabled(if: ProcessInfo.processInfo.environment["TOKENSTATS_RANDOM_TEMPLATES"] != nil))
  func randomTemplates() throws {
    let path = try #require(ProcessInfo.processInfo.environment["TOKENSTATS_RANDOM_TEMPLATES"])
    let variables =
      "{%- set m = messages %}{%- set s = m[0].content %}{%- set ws = m[-1].content %}"
      + "{%- set ml = (m | last).content | trim %}{%- set html = m[(m | length) // 2].content + '' %}"
    for (number, line) in try jsonLines(of: path).enumerated() {
      guard var arguments = line["context"]?.objectValue, let source = line["template"]?.stringValue else { continue }
      for name in ["m", "s", "ws", "ml", "html"] { arguments[name] = nil }
      guard let comparison = try? EngineComparison(variables + source, arguments: arguments) else { continue }
      try Self.compare(comparison, name: source, seed: UInt64(number))
    }
  }

  private static func compare(_ comparison: EngineComparison, name: String, seed: UInt64) throws {
    var random = SplitMix(state: seed)
    func text() -> String {
      let parts = (0..<Int.random(in: 0...4, using: &random)).map { _ in texts.randomElement(using: &random) ?? "" }
      return Int.random(in: 0..<50, using: &random) == 0
        ? String(repeating: parts.joined(), count: 300) : parts.joined()
    }
    let shapes = Self.shapes + [["system", "user", "assistant", "user", "assistant"], ["assistant", "developer"]]
    for shape in shapes {
      let addsPrompt = Bool.random(using: &random)
      for _ in 0..<count {
        let conversation = shape.map { (role: $0, content: text()) }
        try comparison.expectSame(conversation, addsPrompt: addsPrompt, name)
      }
    }
  }
}
