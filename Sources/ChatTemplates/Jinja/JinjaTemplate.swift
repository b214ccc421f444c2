import Support

/// A compiled chat template, rendered as transformers' `_compile_jinja_template` does.
///
/// The reference is transformers 5.23 with jinja2 3.1.6 on Python 3.11: an immutable sandbox with `trim_blocks`,
/// `lstrip_blocks`, loop controls and `{% generation %}`.
///
/// ```swift
/// let template = try JinjaTemplate("{% for m in messages %}{{ m.content }}{% endfor %}")
/// var chat = RenderedChat()
/// try template.render(JinjaInput(variables: ["messages": messages]), into: &chat)
/// ```
public struct JinjaTemplate: Sendable {
  /// The template as it was given.
  public let source: String
  private let program: Program
  let limits: TemplateLimits
  /// Whether the template knows think tags, so that an assistant's content is looked through for them.
  let findsThinking: Bool

  /// Compiles a template.
  ///
  /// - Throws: `TemplateError` with jinja2's message, class and line.
  public init(_ source: String, limits: TemplateLimits = TemplateLimits()) throws(TemplateError) {
    self.source = source
    self.limits = limits
    findsThinking = source.contains(bytesOf: "</think>")
    program = try Compiler.compile(source)
  }

  /// Names that the template reads as arguments: jinja2's `meta.find_undeclared_variables`.
  public var argumentNames: [String] {
    zip(program.freeNames, program.globals).filter { $1 == nil }.map(\.0).sorted()
  }

  /// The texts that the template itself writes: what is between tags, and string constants.
  ///
  /// Added tokens in them are control tokens for transformers' `sanitize_control_tokens`.
  public var literalTexts: [String] { program.constantTexts.map { String(decoding: $0, as: UTF8.self) } }

  /// Whether the template asks for the time.
  public var usesClock: Bool { program.globals.contains(.strftimeNow) }

  /// Whether there is a `{% generation %}` block.
  public var hasGenerationBlocks: Bool { program.hasGeneration }

  /// What a rendering tells beside its text.
  public struct Details: Sendable {
    /// What `{% generation %}` blocks printed, as byte ranges of the text.
    public var generations: [Range<Int>] = []
    /// How much of each member of the input was printed, where that was asked for.
    public var members: [RenderedMember] = []
  }

  /// Renders the template.
  ///
  /// - Parameters:
  ///   - input: the arguments.
  ///   - clock: what `strftime_now` sees.
  ///   - reportsMembers: whether ``Details/members`` are told.
  ///   - chat: receives the text with the kind of each byte; what was in it is lost. Empty after an error.
  /// - Returns: what the rendering tells beside its text.
  /// - Throws: `TemplateError` with Python's message, class and the template's line; `TemplateError.Origin.limit` where
  ///   the template does more than the limits allow.
  /// - Complexity: as the template has it, bounded by the limits.
  @discardableResult
  public func render(
    _ input: JinjaInput, clock: TemplateClock? = nil, reportsMembers: Bool = false, into chat: inout RenderedChat
  ) throws(TemplateError) -> Details {
    chat.removeAll()
    return try run(input, clock: clock) { renderer in
      renderer.withOutput { output in
        chat.assign(output, kinds: input.kinds)
        return Details(
          generations: chat.visible(renderer.generations),
          members: reportsMembers ? input.coverage(of: output) : [])
      }
    }
  }

  /// Renders the template and lets a function look at the result.
  func run<Result>(
    _ input: JinjaInput, clock: TemplateClock?, _ use: (Renderer) throws(TemplateError) -> Result
  ) throws(TemplateError) -> Result {
    let renderer = Renderer(program, limits: limits, clock: clock ?? .epoch, variable: input.value)
    // The texts of the input lie in its memory.
    defer { withExtendedLifetime(input) {} }
    try renderer.run(in: renderer.makeScope())
    return try use(renderer)
  }

  /// A renderer with these arguments, for conversations one after the other.
  ///
  /// - Parameter limits: nil for those of the template.
  func makeRenderer(_ input: JinjaInput, clock: TemplateClock?, limits: TemplateLimits? = nil) -> Renderer {
    Renderer(program, limits: limits ?? self.limits, clock: clock ?? .epoch, variable: input.value)
  }

  /// The number of a free name; nil where the template does not read it.
  func number(ofName name: String) -> Int? { program.freeNames.firstIndex(of: name) }
}

extension TemplateClock {
  /// 1970-01-01T00:00:00
  static let epoch = TemplateClock(epoch: ())

  private init(epoch: Void) {
    year = 1970
    month = 1
    day = 1
    hour = 0
    minute = 0
    second = 0
    microsecond = 0
  }
}

/// How a member of the input was printed.
public struct RenderedMember: Sendable, Hashable {
  /// Number of the message from 0 on; nil for tools and documents.
  public let message: Int?
  /// Name of the member, for instance `content`.
  public let name: String
  /// Bytes of text in the member.
  public let byteCount: Int
  /// Bytes of it that the text holds as they are.
  public let renderedByteCount: Int
  /// Whether text that was computed from the member was printed.
  public let isRewritten: Bool
}

extension RenderedChat {
  /// What of generation blocks the text holds, as transformers' mask sees them: one that ends later than the text, because it
  /// was captured or cut, goes to the end, and one that begins later ends the marking.
  func visible(_ generations: [Range<Int>]) -> [Range<Int>] {
    guard generations.contains(where: { $0.upperBound > bytes.count }) else { return generations }
    return generations.prefix { $0.lowerBound < bytes.count }.map { $0.clamped(to: 0..<bytes.count) }
  }

  /// Takes over what a template printed.
  ///
  /// - Parameter kinds: the kinds of the inputs, of which the first has the number 1.
  mutating func assign(_ output: borrowing TextOutput, kinds: [TokenKind]) {
    bytes.append(contentsOf: output.buffer)
    let runs = output.runs
    // Collected beside the lists, whose memory is checked once.
    withUnsafeTemporaryAllocation(of: Part.self, capacity: runs.count) { parts in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: runs.count) { ends in
        var count = 0
        for run in runs {
          let number = run.origin.number
          let kind = number == 0 || number > kinds.count ? .overhead : kinds[number - 1]
          if count > 0, parts[count - 1].kind == kind { count -= 1 }
          parts.initializeElement(at: count, to: Part(kind: kind, end: Int(run.end)))
          ends.initializeElement(at: count, to: Int(run.end))
          count += 1
        }
        spans.append(contentsOf: UnsafeBufferPointer(rebasing: parts[..<count]))
        borders.append(contentsOf: UnsafeBufferPointer(rebasing: ends[..<max(0, count - 1)]))
      }
    }
  }
}
