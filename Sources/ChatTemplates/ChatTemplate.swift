/// A chat format, natively: what a model's official Jinja template renders, byte for byte.
///
/// ```swift
/// var chat = RenderedChat()
/// try ChatTemplate.qwen3.render(messages, of: text, into: &chat)
/// ```
///
/// A format is known by the SHA-256 of the template's text, see ``init(sha256:)``: two models with the same template
/// have the same format, whatever they are called.
public struct ChatTemplate: Sendable, Hashable, CustomStringConvertible {
  /// Appends the rendered messages, of which there is at least one.
  typealias Body =
    @Sendable (
      _ messages: [ChatMessage], _ text: RawSpan, _ arguments: TemplateArguments, _ chat: inout RenderedChat
    ) throws(TemplateError) -> Void

  /// The name on the command line, such as `qwen-3`.
  public let name: String
  /// SHA-256, in hexadecimal, of the official template's text that this format reproduces.
  public let sha256: String
  /// Where the beginning-of-sequence token comes from.
  public let bosPolicy: BOSPolicy
  /// The arguments of the template that can be set.
  public let parameters: [TemplateParameter]
  /// Whether the template renders tools.
  public let readsTools: Bool
  /// Whether the template renders `builtin_tools`.
  let readsBuiltInTools: Bool
  /// The beginning-of-sequence token that the format writes; nil where the template reads none.
  let bosToken: String?
  /// Arguments that the official template reads and the format does not render: rows that bring one need its text.
  let engineArguments: [String]
  /// The added tokens that the template writes at the borders of turns.
  ///
  /// Text may be cut before any of them without changing its tokens: an added token is matched before the text around it
  /// is looked at, and no added token of the vocabularies that are used with the format holds `<` after its first byte.
  public let turnMarkers: [StaticString]
  /// The added token that ends a turn: the last of ``turnMarkers``.
  public var turnEnd: StaticString? { turnMarkers.last }
  private let body: Body

  /// Makes a format.
  init(
    name: String, sha256: String, bosPolicy: BOSPolicy, parameters: [TemplateParameter] = [], readsTools: Bool = false,
    readsBuiltInTools: Bool = false, bosToken: String? = nil, engineArguments: [String] = [],
    turnMarkers: [StaticString], body: @escaping Body
  ) {
    self.name = name
    self.sha256 = sha256
    self.bosPolicy = bosPolicy
    self.parameters = parameters
    self.readsTools = readsTools
    self.readsBuiltInTools = readsBuiltInTools
    self.bosToken = bosToken
    self.engineArguments = engineArguments
    self.turnMarkers = turnMarkers
    self.body = body
  }

  /// The name.
  public var description: String { name }

  /// Whether two formats reproduce the same template.
  public static func == (left: ChatTemplate, right: ChatTemplate) -> Bool { left.sha256 == right.sha256 }

  /// Hashes the template's SHA-256.
  public func hash(into hasher: inout Hasher) { hasher.combine(sha256) }

  // MARK: Rendering

  /// Renders a conversation as the official template does, with what every part is.
  ///
  /// - Parameters:
  ///   - messages: the messages in order.
  ///   - text: the buffer that the messages' ranges point into; a range outside it is a programming error.
  ///   - arguments: what the template is told beyond the messages.
  ///   - chat: receives the text; what was in it is lost, its storage is kept. Empty after an error.
  /// - Throws: `TemplateError` where the official template raises, and where it prints what is not supported.
  /// - Complexity: O(bytes of the messages).
  public func render(
    _ messages: [ChatMessage], of text: RawSpan, arguments: TemplateArguments = TemplateArguments(),
    into chat: inout RenderedChat
  ) throws(TemplateError) {
    chat.removeAll()
    do throws(TemplateError) {
      // The official templates of all native formats look at messages[0] first.
      guard !messages.isEmpty else { throw TemplateError(.failed, "list object has no element 0") }
      try body(messages, text, arguments, &chat)
    } catch {
      chat.removeAll()
      throw error
    }
  }

  /// Renders a conversation that was read from JSON.
  ///
  /// - Throws: as ``render(_:of:arguments:into:)``.
  public func render(
    _ conversation: ChatConversation, arguments: TemplateArguments = TemplateArguments(), into chat: inout RenderedChat
  ) throws(TemplateError) {
    try render(conversation.messages, of: conversation.text.span.bytes, arguments: arguments, into: &chat)
  }
}

/// How a model's beginning-of-sequence token comes into a rendered conversation.
public enum BOSPolicy: String, Sendable, Hashable {
  /// The template writes it once; the tokenizer must add none.
  case template
  /// The model has none.
  case none
}
