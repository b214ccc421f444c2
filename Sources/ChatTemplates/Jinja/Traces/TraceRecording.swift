/// Renders conversations while a recorder looks on.
final class TraceRecording {
  private let renderer: Renderer
  private let scope: Scope
  /// The number of the name `messages`; nil where the template does not read it.
  private let variable: Int?
  /// Number of the first input that is a message's.
  private let firstInput: Int

  init(_ template: JinjaTemplate, _ input: JinjaInput, clock: TemplateClock?) {
    // Limits that no rendering comes near to, so that none of those that do the same is stopped.
    var limits = template.limits
    limits.steps /= 8
    limits.outputBytes /= 8
    renderer = template.makeRenderer(input, clock: clock, limits: limits)
    scope = renderer.makeScope()
    variable = template.number(ofName: "messages")
    firstInput = input.kinds.count + 1
  }

  /// Records what the template does with a conversation, and keeps it.
  ///
  /// - Parameters:
  ///   - list: the messages, whose contents are as they were afterwards.
  ///   - contents: the contents, which the messages hold.
  ///   - count: number of messages.
  ///   - shape: the conversation's shape.
  func record(
    _ list: ListValue, _ contents: MessageContents, count: Int, _ shape: UnsafeMutablePointer<ShapeTraces.Shape>,
    in traces: ShapeTraces
  ) -> RenderingTrace? {
    let recorder = TraceRecorder()
    var originals: [JinjaText] = []
    for message in 0..<count {
      let text = contents[message]
      originals.append(text)
      let trace = TextTrace(recorder, source: TracedSource(message: message))
      contents.members[message][1] = .text(JinjaText(tracing: text.bytes, as: trace))
    }
    if let variable { renderer.setVariable(variable, .list(list)) }
    renderer.recorder = recorder
    let trace: RenderingTrace?
    do throws(TemplateError) {
      try renderer.run(in: scope)
      trace = renderer.withOutput { RenderingTrace(recorder, $0, firstInput: firstInput) }
    } catch {
      // The engine finds the error again, and tells it.
      trace = nil
    }
    renderer.recorder = nil
    for message in 0..<count { contents.members[message][1] = .text(originals[message]) }
    traces.add(recorder, trace, to: shape)
    return trace
  }
}
