public import JSON
import Support

/// A model's chat template as conversations are rendered with it: natively, or by the template engine.
///
/// ```swift
/// let renderer = ChatRenderer([.init(name: "default", text: text, sha256: digest)], specialTokens: tokens)
/// var chat = RenderedChat()
/// try renderer.render(messages, of: text, into: &chat)
/// ```
///
/// Both ways give the same text and kinds. The native one is chosen where there is a format with the template's SHA-256
/// and the row asks for nothing that only the engine knows.
public struct ChatRenderer: Sendable {
  /// What a run tells the template of every conversation.
  public struct Settings: Sendable {
    /// Arguments by name; those of a row go before them.
    public var arguments = JSONObject()
    /// Whether a text ends with the beginning of an assistant's turn, where the row does not say.
    public var addGenerationPrompt = false
    /// What `strftime_now` sees.
    public var clock: TemplateClock?
    /// Whether the engine renders even where there is a native format.
    public var prefersEngine = false
    /// Whether contents that are lists of parts become texts before anything is rendered.
    public var joinsParts = false
    /// Whether rows tell the special tokens, in a member `special_tokens`.
    public var takesSpecialTokens = false
    /// How many tokens an image has; nil where nothing says.
    public var images: ImageTokens?

    /// Makes settings that change nothing.
    public init() {}
  }

  /// The model's templates by name, of which tools choose; never empty.
  public let templates: [NamedChatTemplate]
  /// Special tokens by name, as texts; templates read them as variables.
  public let specialTokens: JSONObject
  /// What a run tells the template.
  public private(set) var settings: Settings
  /// The native format with its arguments, where one renders without looking at the row.
  public private(set) var native: NativeFormat?
  /// What marks users' control tokens, for each template; nil where none are marked.
  private var markers: [ControlTokenMarker]?
  /// The engine's part for conversations of plain messages whose rows tell the template nothing, or only whether the text
  /// ends with the beginning of an answer.
  private var sessions: PlainSessions?

  /// Makes a renderer.
  ///
  /// - Parameters:
  ///   - templates: the model's templates; at least one.
  ///   - specialTokens: special tokens by name, as texts.
  ///   - settings: what a run tells the template.
  /// - Throws: `TemplateError` where the engine is asked for and the template's text is not there, or an argument is none
  ///   of the template's.
  public init(
    _ templates: [NamedChatTemplate], specialTokens: JSONObject = JSONObject(), settings: Settings = Settings()
  ) throws(TemplateError) {
    precondition(!templates.isEmpty, "a model without a template has no renderer")
    self.templates = templates
    self.specialTokens = specialTokens
    self.settings = settings
    try prepare()
  }

  /// Makes a renderer of a native format alone.
  public init(_ template: ChatTemplate, arguments: TemplateArguments = TemplateArguments()) {
    templates = [NamedChatTemplate(template)]
    specialTokens = JSONObject()
    settings = Settings()
    settings.addGenerationPrompt = arguments.addGenerationPrompt
    settings.arguments = arguments.given
    native = NativeFormat(template, arguments)
  }

  /// The renderer with other settings.
  ///
  /// - Throws: as ``init(_:specialTokens:settings:)``.
  public func with(_ settings: Settings) throws(TemplateError) -> ChatRenderer {
    try ChatRenderer(templates, specialTokens: specialTokens, settings: settings)
  }

  /// The renderer that puts marks around control tokens of users, which a tokenizer that reads them encodes as text.
  ///
  /// - Parameter tokens: the control tokens of a template, as texts.
  /// - Throws: as ``init(_:specialTokens:settings:)``.
  public func marking(_ tokens: (NamedChatTemplate) -> [String]) throws(TemplateError) -> ChatRenderer {
    var copy = self
    copy.markers = templates.map { ControlTokenMarker(tokens($0)) }
    (copy.native, copy.sessions) = (nil, nil)
    try copy.prepare()
    return copy
  }

  /// Whether users' control tokens are marked.
  public var marksControlTokens: Bool { markers != nil }

  /// What the run tells a template.
  private func told(_ template: Int) -> JSONObject {
    markers.map { $0[template].marked(arguments: settings.arguments) } ?? settings.arguments
  }

  private mutating func prepare() throws(TemplateError) {
    if settings.prefersEngine, let lost = templates.first(where: { $0.engine == nil }) {
      throw TemplateError(
        .unsupported, "the text of the chat template \(lost.title) is not here; name its file with --chat-template")
    }
    guard templates.count == 1 else { return }
    var request = ChatTemplateRequest(messages: .null)
    request.arguments = told(0)
    request.addGenerationPrompt = settings.addGenerationPrompt
    if let format = format(of: templates[0]) {
      if let arguments = format.arguments(of: request) {
        native = NativeFormat(format, arguments)
        return
      }
      guard templates[0].engine != nil else { throw format.refusal(of: request) }
    }
    guard let engine = templates[0].engine, templates[0].isUnnamed || templates[0].name == "default" else { return }
    request.specialTokens = specialTokens
    sessions = PlainSessions(engine, request, clock: settings.clock)
  }

  /// The native format that renders a template for this model: its tokens must be those that the format writes.
  private func format(of template: NamedChatTemplate) -> ChatTemplate? {
    guard !settings.prefersEngine, let format = template.native else { return nil }
    guard template.engine != nil, let token = format.bosToken else { return format }
    return specialTokens["bos_token"] == .string(token) ? format : nil
  }

  // MARK: What the template is

  /// The template that is taken where there are no tools.
  public var main: NamedChatTemplate {
    NamedTemplate.choice(among: templates.map(\.name), hasTools: false)
      .flatMap { name in templates.first { $0.name == name } } ?? templates[0]
  }

  /// Whether the native format renders conversations that come without tools and arguments.
  public var isNative: Bool { native != nil }

  /// Whether a template asks for the time.
  public var usesClock: Bool { templates.contains { $0.engine?.usesClock ?? false } }

  /// Whether a template has `{% generation %}` blocks.
  public var hasGenerationBlocks: Bool { templates.contains { $0.engine?.hasGenerationBlocks ?? false } }

  /// Whether an argument of this name can change the text.
  public func reads(_ argument: String) -> Bool {
    settings.takesSpecialTokens && argument == Self.specialTokensName || templates.contains { $0.reads(argument) }
  }

  private static let specialTokensName = "special_tokens"

  /// The texts that the templates write themselves.
  public var literalTexts: [String] { templates.flatMap { $0.engine?.literalTexts ?? [] } }

  /// The names of the arguments that change the text, sorted; special tokens are none.
  public var argumentNames: [String] {
    var names: Set<String> = []
    for template in templates {
      names.formUnion(template.engine?.argumentNames ?? [])
      names.formUnion(template.native?.argumentNames ?? [])
    }
    return names.subtracting(["messages", "add_generation_prompt"]).subtracting(specialTokens.keys).sorted()
  }

  /// Where the beginning-of-sequence token comes from.
  public var bosPolicy: BOSPolicy {
    if let native = main.native { return native.bosPolicy }
    guard let engine = main.engine else { return .none }
    if engine.argumentNames.contains("bos_token") { return .template }
    guard let token = specialTokens["bos_token"]?.stringValue, !token.isEmpty else { return .none }
    return engine.literalTexts.contains { $0.contains(bytesOf: token) } ? .template : .none
  }

  /// The bytes of the added token that ends a turn: the format's, else the end-of-sequence token; nil where neither is
  /// known.
  public var turnEnd: [UInt8]? {
    if let marker = main.native?.turnEnd { return Array("\(marker)".utf8) }
    guard let token = specialTokens["eos_token"]?.stringValue, !token.isEmpty else { return nil }
    return Array(token.utf8)
  }

  /// The arguments that the template was rendered with, for the record: what was given, and a native format's defaults.
  public var recordedArguments: JSONObject {
    guard let native else {
      return JSONObject(settings.arguments.members.filter { reads($0.key) }.map { ($0.key, $0.value) })
    }
    return native.arguments.used(by: native.template)
  }

  // MARK: Rendering

  /// Renders a conversation as `apply_chat_template` does.
  ///
  /// - Parameters:
  ///   - messages: the messages in order.
  ///   - text: the buffer that the messages' ranges point into; a range outside it is a programming error.
  ///   - row: what the conversation's row tells the template: `tools`, `documents`, `chat_template_kwargs`,
  ///     `add_generation_prompt`, `continue_final_message`, and arguments by name.
  ///   - chat: receives the text; what was in it is lost, its storage is kept. Empty after an error.
  /// - Returns: what `{% generation %}` blocks printed, as byte ranges of the text.
  /// - Throws: `TemplateError` where the template raises, and where a message is not UTF-8.
  /// - Complexity: O(bytes of the messages) for native formats, else as the template has it.
  @discardableResult
  public func render(
    _ messages: [ChatMessage], of text: RawSpan, arguments row: JSONObject = JSONObject(), into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    var generations: [Range<Int>]
    if settings.joinsParts, messages.contains(where: \.hasParts) {
      let joined = JoinedParts(messages, of: text, images: settings.images)
      generations = try renderMarked(joined.messages, of: joined.text.span.bytes, arguments: row, into: &chat)
    } else {
      generations = try renderMarked(messages, of: text, arguments: row, into: &chat)
    }
    if messages.haveMedia { chat.write(imagesOf: messages, settings.images, &generations) }
    return generations
  }

  private func renderMarked(
    _ messages: [ChatMessage], of text: RawSpan, arguments row: JSONObject, into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    guard let markers, let template = try? position(for: row) else {
      return try renderJoined(messages, of: text, arguments: row, into: &chat)
    }
    let row = markers[template].marked(arguments: row)
    guard let marked = markers[template].marked(messages, of: text) else {
      return try renderJoined(messages, of: text, arguments: row, into: &chat)
    }
    return try renderJoined(marked.messages, of: marked.text.span.bytes, arguments: row, into: &chat)
  }

  private func renderJoined(
    _ messages: [ChatMessage], of text: RawSpan, arguments row: JSONObject, into chat: inout RenderedChat
  ) throws(TemplateError) -> [Range<Int>] {
    if let sessions, let addsPrompt = addsPrompt(row), messages.arePlain {
      return try sessions.render(messages, of: text, addsPrompt: addsPrompt, into: &chat)
    }
    chat.removeAll()
    guard !messages.isEmpty else { throw JinjaTemplate.noMessages }
    if row.isEmpty, let native {
      do throws(TemplateError) {
        try native.template.render(messages, of: text, arguments: native.arguments, into: &chat)
        return []
      } catch {
        guard error.origin == .unsupported, templates[0].engine != nil else { throw error }
      }
    }
    var request = ChatTemplateRequest(messages: .null)
    let position = try position(for: row)
    let template = templates[position]
    request.arguments = told(position)
    request.addGenerationPrompt = settings.addGenerationPrompt
    request.setArguments(row)
    if let format = format(of: template) {
      if let arguments = format.arguments(of: request) {
        do throws(TemplateError) {
          if request.continuation == .none {
            try format.render(messages, of: text, arguments: arguments, into: &chat)
          } else {
            try ContinuedChat.render(messages, of: text, into: &chat) { (messages, text, chat) throws(TemplateError) in
              try format.render(messages, of: text, arguments: arguments, into: &chat)
            }
          }
          return []
        } catch {
          // What the format does not do, the template's own text does.
          guard error.origin == .unsupported, template.engine != nil else { throw error }
        }
      } else if template.engine == nil {
        throw format.refusal(of: request)
      }
    }
    guard let engine = template.engine else {
      throw TemplateError(.unsupported, "the text of the chat template \(template.title) is not here")
    }
    request.specialTokens = specialTokens
    if settings.takesSpecialTokens, let tokens = request.arguments[Self.specialTokensName] {
      try request.setSpecialTokens(tokens)
      request.arguments[Self.specialTokensName] = nil
    }
    if request.continuation == .none, messages.arePlain {
      return try engine.apply(messages, of: text, request, clock: settings.clock, into: &chat).generations
    }
    var values: [JSONValue] = []
    values.reserveCapacity(messages.count)
    for (index, message) in messages.enumerated() { values.append(try message.json(of: text, number: index + 1)) }
    request.messages = .array(values)
    return try engine.apply(request, clock: settings.clock, into: &chat).generations
  }

  /// Whether the text ends with the beginning of an answer, where a row says no more than that; else nil.
  private func addsPrompt(_ row: JSONObject) -> Bool? {
    if row.isEmpty { return settings.addGenerationPrompt }
    guard row.count == 1, case .bool(let flag)? = row["add_generation_prompt"] else { return nil }
    return flag
  }

  /// The position of the template that renders a row.
  private func position(for row: JSONObject) throws(TemplateError) -> Int {
    if templates.count == 1, templates[0].isUnnamed { return 0 }
    let names = templates.map(\.name)
    var request = ChatTemplateRequest(messages: .null)
    request.setArguments(row)
    let choice = NamedTemplate.choice(among: names, hasTools: request.tools != nil)
    guard let choice, let position = templates.firstIndex(where: { $0.name == choice }) else {
      throw TemplateError(
        .failed,
        "This model has multiple chat templates with no default specified! Please either pass a chat template or the "
          + "name of the template you wish to use to the `chat_template` argument. Available template names are "
          + "[\(names.sorted().map { "'\($0)'" }.joined(separator: ", "))].", className: "ValueError")
    }
    return position
  }
}

/// One of a model's chat templates.
public struct NamedChatTemplate: Sendable {
  /// The name, such as `default` or `tool_use`.
  public let name: String
  /// SHA-256, in hexadecimal, of the template's text.
  public let sha256: String
  /// The native format that reproduces it; nil where there is none.
  public let native: ChatTemplate?
  /// The compiled text; nil where only the native format is known.
  public let engine: JinjaTemplate?
  /// Whether the model has one template that has no name.
  private(set) var isUnnamed: Bool

  /// Makes a template of its text.
  ///
  /// - Parameters:
  ///   - name: the name; nil for a model's only template.
  ///   - text: the template.
  ///   - sha256: the SHA-256 of the text in hexadecimal.
  /// - Throws: `TemplateError` where the text cannot be compiled.
  public init(name: String?, text: String, sha256: String) throws(TemplateError) {
    self.name = name ?? "default"
    self.sha256 = sha256
    isUnnamed = name == nil
    native = ChatTemplate(sha256: sha256)
    engine = try JinjaTemplate(text)
  }

  /// Makes a template of a compiled one, which the engine always renders.
  ///
  /// - Parameter name: the name; nil for a model's only template.
  public init(name: String?, engine: JinjaTemplate) {
    self.name = name ?? "default"
    sha256 = ""
    isUnnamed = name == nil
    native = nil
    self.engine = engine
  }

  /// Makes a template of a native format alone.
  public init(_ native: ChatTemplate) {
    name = "default"
    sha256 = native.sha256
    self.native = native
    engine = nil
    isUnnamed = true
  }

  /// The template as a model's only one, which renders whether there are tools or not.
  public var unnamed: NamedChatTemplate {
    var template = self
    template.isUnnamed = true
    return template
  }

  /// What messages call the template.
  var title: String { native?.name ?? name }

  /// Whether an argument of this name can change the text.
  func reads(_ argument: String) -> Bool {
    if let engine { return engine.argumentNames.contains(argument) }
    return native?.reads(argument) ?? false
  }
}

/// A native format with its arguments; in one place, because every row asks for it.
public final class NativeFormat: Sendable {
  /// What renders.
  public let template: ChatTemplate
  /// What it is told.
  public let arguments: TemplateArguments

  init(_ template: ChatTemplate, _ arguments: TemplateArguments) {
    self.template = template
    self.arguments = arguments
  }
}
