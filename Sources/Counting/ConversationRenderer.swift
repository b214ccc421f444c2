import Support
public import ChatTemplates

/// A chat template with its arguments, and a clock for it.
public struct ConversationRenderer {
  public let template: ChatTemplate
  public let arguments: TemplateArguments
  /// Whether the clock is read before and after every rendering.
  public let isMeasured: Bool
  /// The seconds spent in the template so far, where they are measured.
  public private(set) var seconds = 0.0

  public init(template: ChatTemplate, arguments: TemplateArguments, isMeasured: Bool) {
    self.template = template
    self.arguments = arguments
    self.isMeasured = isMeasured
  }

  /// Renders `messages`, whose ranges point into `text`.
  ///
  /// - Throws: What the template raises.
  public mutating func render(
    _ messages: [ChatMessage], of text: RawSpan, into chat: inout RenderedChat
  ) throws(TemplateError) {
    let start = isMeasured ? WallClock.seconds : 0
    defer { if isMeasured { seconds += WallClock.seconds - start } }
    try template.render(messages, of: text, arguments: arguments, into: &chat)
  }
}
