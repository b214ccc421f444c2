/// The formats that are built in, and how one of them is found.
extension ChatTemplate {
  /// The native formats, sorted by name.
  public static let native: [ChatTemplate] = [.gemma2, .llama33, .qwen3, .qwen25]

  /// The native format that reproduces a template's text; nil where none does.
  ///
  /// - Parameter sha256: SHA-256 of the template's text in hexadecimal.
  public init?(sha256: String) {
    guard let format = Self.native.first(where: { $0.sha256 == sha256 }) else { return nil }
    self = format
  }

  /// The native format of this name; nil where there is none.
  public init?(name: String) {
    guard let format = Self.native.first(where: { $0.name == name }) else { return nil }
    self = format
  }
}

/// What the formats write of a message.
extension ChatMessage {
  /// The content where it is no text.
  var unusualContent: TemplateValue? {
    switch extras?.content {
    case nil, .text: nil
    case .missing: .undefined("'dict object' has no attribute 'content'")
    case .value(let value): .defined(value)
    }
  }

  /// Appends what `message['content'] | trim` prints: Jinja makes a string of the value and strips it as Python does.
  func appendTrimmed(
    of text: RawSpan, number: Int, to chat: inout RenderedChat, as kind: TokenKind
  ) throws(TemplateError) {
    guard let value = unusualContent else {
      chat.append(text.trimming(content), of: text, as: kind)
      return
    }
    chat.append(try value.printedContent(ofMessage: number), as: kind)
  }

  /// Appends what `'text' + message.content` joins.
  ///
  /// - Parameter isFirst: Whether the content stands before the text.
  func appendConcatenated(
    isFirst: Bool = false, of text: RawSpan, to chat: inout RenderedChat, as kind: TokenKind
  ) throws(TemplateError) {
    guard let value = unusualContent else {
      chat.append(content, of: text, as: kind)
      return
    }
    chat.append(try value.concatenated(isFirst: isFirst), as: kind)
  }

  /// Appends what `{{ message.content }}` prints.
  func appendPrinted(
    of text: RawSpan, number: Int, to chat: inout RenderedChat, as kind: TokenKind
  ) throws(TemplateError) {
    guard let value = unusualContent else {
      chat.append(content, of: text, as: kind)
      return
    }
    chat.append(try value.printedContent(ofMessage: number), as: kind)
  }
}
