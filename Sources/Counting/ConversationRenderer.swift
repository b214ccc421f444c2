import ChatTemplates
import JSON
import Support

/// What renders conversations, and a clock for it.
struct ConversationRenderer {
  let renderer: ChatRenderer
  /// The bytes of the added token that ends a turn; nil where it is not known.
  let turnEnd: [UInt8]?
  /// Whether the clock is read before and after every rendering.
  let isMeasured: Bool
  /// The seconds spent in the template so far, if they are measured.
  private(set) var seconds = 0.0

  init(_ renderer: ChatRenderer, isMeasured: Bool) {
    self.renderer = renderer
    self.isMeasured = isMeasured
    turnEnd = renderer.turnEnd
  }

  /// Renders `messages`, whose ranges point into `text`.
  ///
  /// - Returns: What `{% generation %}` blocks printed.
  /// - Throws: What the template raises.
  @discardableResult
  mutating func render(
    _ messages: [ChatMessage], of text: RawSpan, _ arguments: JSONObject, into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    let start = isMeasured ? WallClock.seconds : 0
    defer { if isMeasured { seconds += WallClock.seconds - start } }
    return try renderer.render(messages, of: text, arguments: arguments, into: &chat)
  }
}
