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

  /// Records what the template does with a conversation; nil where only the engine can do it again.
  ///
  /// - Parameters:
  ///   - list: the messages, whose contents the recorder follows.
  ///   - recorder: receives the questions that the template asks, also where there is no trace.
  func record(_ list: ListValue, by recorder: TraceRecorder) -> RenderingTrace? {
    if let variable { renderer.setVariable(variable, .list(list)) }
    renderer.recorder = recorder
    defer { renderer.recorder = nil }
    do throws(TemplateError) {
      try renderer.run(in: scope)
    } catch {
      // The engine finds the error again, and tells it.
      return nil
    }
    return renderer.withOutput { RenderingTrace(recorder, $0, firstInput: firstInput) }
  }
}
