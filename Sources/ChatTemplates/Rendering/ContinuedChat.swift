/// A conversation whose last message's content is to be continued, for native formats.
///
/// As in transformers a mark is put behind the content, and the rendered text is cut where the mark is.
enum ContinuedChat {
  private static let mark = JinjaTemplate.continuationMark

  /// Renders a conversation that ends within the last message's content.
  ///
  /// - Parameters:
  ///   - messages: the messages.
  ///   - text: what their ranges point into.
  ///   - chat: receives the text.
  ///   - render: renders messages with the format.
  /// - Throws: what the format raises, and the reference's ValueError where the content does not appear.
  static func render(
    _ messages: [ChatMessage], of text: RawSpan, into chat: inout RenderedChat,
    _ render: ([ChatMessage], RawSpan, inout RenderedChat) throws(TemplateError) -> Void
  ) throws(TemplateError) {
    guard let last = messages.last else { return try render(messages, text, &chat) }
    switch last.extras?.content {
    case nil, .text: break
    case .missing:
      throw .value("continue_final_message is set but the final message has no \"content\" to continue!")
    case .value:
      throw TemplateError(.unsupported, "continuing a content that is no text is not supported by the built-in format")
    }
    let start = text.byteCount
    let final = text.extracting(last.content).withUnsafeBytes { Array($0) }
    let bytes = text.withUnsafeBytes { Array($0) } + final + Array(mark.utf8)
    var marked = messages
    marked[messages.count - 1].content = start..<bytes.count
    try render(marked, bytes.span.bytes, &chat)
    let rendered = JinjaText(chat.bytes)
    guard let place = JinjaTemplate.placeOfContinuation(of: JinjaText(final), in: rendered) else {
      chat.removeAll()
      throw JinjaTemplate.lostContinuation(of: JinjaText(final), in: rendered)
    }
    chat.truncate(to: place)
  }
}
