public import ChatTemplates
public import JSON
public import TokenStatistics
import Tokenizers

/// Finds the tokens of rendered conversations that a model is trained on, with scratch memory of its own.
///
/// It belongs to one thread.
public struct TrainingMask: Sendable {
  /// What is trained.
  public let policy: TrainPolicy
  private let renderer: ChatRenderer
  private let tokenizer: Tokenizer
  private let cuts: TextCuts
  private let turnEnd: [UInt8]?
  private var locator = MessageLocator()
  private var prompt = RenderedChat()

  /// The most tokens between a message and the token that ends its turn, as axolotl has it.
  private static let widestGap = 3

  /// Makes a mask.
  ///
  /// - Parameter cuts: Where rendered text may be cut without changing the tokens of this tokenizer.
  init(_ policy: TrainPolicy, renderer: ChatRenderer, tokenizer: Tokenizer, cuts: TextCuts) {
    self.policy = policy
    self.renderer = renderer
    self.tokenizer = tokenizer
    self.cuts = cuts
    turnEnd = renderer.turnEnd
  }

  /// The trained tokens of a rendered conversation, as ascending ranges of positions from 0.
  ///
  /// - Parameters:
  ///   - chat: The rendered conversation.
  ///   - generations: What `{% generation %}` blocks printed of it, as byte ranges.
  ///   - messages: The messages in order.
  ///   - text: The bytes that the messages' ranges point into.
  ///   - arguments: What the row tells the template.
  ///   - prompt: Messages that were rendered with the generation prompt already; nil where none were.
  ///   - counter: Counts the tokenizer's tokens.
  /// - Complexity: O(bytes); where a message must be looked for, that of rendering the conversation twice.
  mutating func tokens(
    of chat: RenderedChat, generations: [Range<Int>], _ messages: [ChatMessage], of text: RawSpan,
    arguments: JSONObject, prompt: RenderedPrompt? = nil, counter: inout TokenCounter
  ) -> [Range<Int>] {
    switch policy.rule {
    case .assistant: return said(in: chat, messages, of: text, arguments, counter: &counter)
    case .field(let name):
      let field = Self.isAsked(name, of: messages) ? name : nil
      return said(in: chat, messages, of: text, arguments, field: field, counter: &counter)
    case .last: return completion(in: chat, messages, of: text, arguments, prompt, counter: &counter)
    case .template:
      let mask = AssistantMask(generations, of: chat.bytes, offsets: tokenizer.offsets)
      if mask.isEmpty { return [] }
      let ends = omittedEnds(in: chat)
      let places = Self.places(mask.borders, ends, in: chat, &counter)
      return mask.ranges(places).subtracting(Self.tokens(of: ends, places))
    case .all:
      let ends = omittedEnds(in: chat)
      let places = Self.places([], ends, in: chat, &counter)
      return [0..<places.total].joined().subtracting(Self.tokens(of: ends, places))
    }
  }

  /// The bytes of the trained tokens of a rendered conversation.
  ///
  /// - Complexity: As ``tokens(of:generations:_:of:arguments:counter:)`` with a counter that has learned nothing, and
  ///   O(bytes) for every one of the ranges.
  public mutating func bytes(
    of chat: RenderedChat, generations: [Range<Int>], _ messages: [ChatMessage], of text: RawSpan,
    arguments: JSONObject
  ) -> [Range<Int>] {
    var counter = tokenizer.makeCounter()
    let trained = tokens(
      of: chat, generations: generations, messages, of: text, arguments: arguments, counter: &counter)
    let bytes = chat.bytes
    // The byte that a token begins with is the last place before which as many tokens begin as are before the token.
    let places = TokenPlaces(Array(0...bytes.count), of: bytes, with: &counter)
    func start(of token: Int) -> Int {
      var (low, high) = (0, bytes.count)
      while low < high {
        let middle = (low + high + 1) / 2
        if places.tokens(before: middle) <= token { low = middle } else { high = middle - 1 }
      }
      return low
    }
    return trained.map { start(of: $0.lowerBound)..<start(of: $0.upperBound) }
  }

  // MARK: Messages

  /// What is said in messages, and the ends of their turns.
  private mutating func said(
    in chat: RenderedChat, _ messages: [ChatMessage], of text: RawSpan, _ arguments: JSONObject, field: String? = nil,
    counter: inout TokenCounter
  ) -> [Range<Int>] {
    let parts: [(range: Range<Int>, isTrained: Bool)]
    if let turnEnd, field == nil, policy.turnEnds != .all, Self.printsTextsAlone(chat, messages) {
      parts = chat.messageTexts(turnEnd: turnEnd).filter(\.isAnswer).map { ($0.range, true) }
    } else {
      parts = located(in: chat, messages, of: text, arguments, field: field)
    }
    guard let turnEnd, policy.turnEnds != .none else {
      let places = Self.places([], parts.map(\.range), in: chat, &counter)
      return parts.map { Self.tokens(overlapping: $0.range, places) }.joined()
    }
    let ends = parts.map { part in
      RenderedChat.firstPlace(of: turnEnd, in: chat.bytes, part.range.upperBound..<chat.bytes.count)
    }
    let places = Self.places(ends.compactMap(\.self), parts.map(\.range), in: chat, &counter)
    var trained: [Range<Int>] = []
    var lastEnd: Int?
    for (part, end) in zip(parts, ends) {
      let tokens = Self.tokens(overlapping: part.range, places)
      if part.isTrained { trained.append(tokens) }
      guard let end, !tokens.isEmpty else { continue }
      let token = places.tokens(before: end)
      guard token - tokens.upperBound <= Self.widestGap else { continue }
      if policy.turnEnds == .last { lastEnd = token } else { trained.append(token..<token + 1) }
    }
    if let lastEnd { trained.append(lastEnd..<lastEnd + 1) }
    return trained.joined()
  }

  /// Whether answers are rendered as their texts: what the template writes around calls of tools and reasoning belongs to a
  /// message, too.
  private static func printsTextsAlone(_ chat: RenderedChat, _ messages: [ChatMessage]) -> Bool {
    !chat.spans.contains { $0.kind == .thinking }
      && !messages.contains { $0.role == .assistant && $0.extras?.toolCalls != nil }
  }

  /// The texts of messages, found one by one.
  private mutating func located(
    in chat: RenderedChat, _ messages: [ChatMessage], of text: RawSpan, _ arguments: JSONObject, field: String?
  ) -> [(range: Range<Int>, isTrained: Bool)] {
    locator.take(messages, of: text)
    var parts: [(range: Range<Int>, isTrained: Bool)] = []
    for (index, message) in messages.enumerated() {
      let isTrained = field.flatMap { Self.isTrained(message, by: $0) } ?? (message.role == .assistant)
      guard isTrained || policy.turnEnds == .all else { continue }
      if let range = locator.range(of: index, in: chat.bytes, renderer, arguments) { parts.append((range, isTrained)) }
    }
    return parts
  }

  /// Whether a message has a member that says whether it is trained.
  static func isAsked(_ field: String, of messages: [ChatMessage]) -> Bool {
    messages.contains { isTrained($0, by: field) != nil }
  }

  /// What a member of a message says about its training, as Python's `bool` takes it; nil where it is missing or null.
  static func isTrained(_ message: ChatMessage, by field: String) -> Bool? {
    switch message.extras?.object?[field] {
    case nil, .null?: nil
    case .bool(let flag)?: flag
    case .integer(let number)?: number != 0
    case .double(let number)?: number != 0
    case .bigInteger?: true
    case .string(let text)?: !text.isEmpty
    case .array(let elements)?: !elements.isEmpty
    case .object(let object)?: !object.isEmpty
    }
  }

  // MARK: The last answer

  /// What follows the prompt of the last answer: the tokens from the first one on in which the conversation differs from
  /// its prompt, up to the end of the answer's turn.
  private mutating func completion(
    in chat: RenderedChat, _ messages: [ChatMessage], of text: RawSpan, _ arguments: JSONObject,
    _ known: RenderedPrompt?, counter: inout TokenCounter
  ) -> [Range<Int>] {
    guard let last = messages.lastIndex(where: { $0.role == .assistant }) ?? chat.answer?.message else { return [] }
    let end = last == messages.count - 1 ? chat.bytes.count : turnEnd(of: last, in: chat, messages, of: text, arguments)
    let ends = omittedEnds(in: chat)
    let rendered = known.flatMap { $0.messages == last ? $0.bytes : nil }
    let first = promptTokens(messages.prefix(last), of: text, arguments, rendered, in: chat)
    let start: Int
    let places: TokenPlaces
    switch first {
    case .place(let place):
      places = Self.places([place, end], ends, in: chat, &counter)
      start = places.tokens(before: place)
    case .tokens(let tokens):
      places = Self.places([end], ends, in: chat, &counter)
      start = tokens
    }
    return [start..<max(start, places.tokens(before: end))].joined().subtracting(Self.tokens(of: ends, places))
  }

  /// Where the turn of a message ends that is not the last.
  private mutating func turnEnd(
    of index: Int, in chat: RenderedChat, _ messages: [ChatMessage], of text: RawSpan, _ arguments: JSONObject
  ) -> Int {
    locator.take(messages, of: text)
    guard let range = locator.range(of: index, in: chat.bytes, renderer, arguments) else { return 0 }
    guard let turnEnd,
      let place = RenderedChat.firstPlace(of: turnEnd, in: chat.bytes, range.upperBound..<chat.bytes.count)
    else { return range.upperBound }
    return place + turnEnd.count
  }

  /// Where a conversation goes on after its prompt.
  private enum PromptEnd {
    /// Before the token that begins at a byte.
    case place(Int)
    /// After a number of tokens.
    case tokens(Int)
  }

  /// How many tokens a conversation and its prompt begin with in common.
  ///
  /// Without a prompt that can be rendered, nothing is.
  private mutating func promptTokens(
    _ messages: ArraySlice<ChatMessage>, of text: RawSpan, _ row: JSONObject, _ known: [UInt8]?, in chat: RenderedChat
  ) -> PromptEnd {
    if known == nil {
      var row = row
      row["continue_final_message"] = nil
      row["add_generation_prompt"] = .bool(true)
      do throws(TemplateError) {
        try renderer.render(Array(messages), of: text, arguments: row, into: &prompt)
      } catch { return .tokens(0) }
    }
    let (whole, asked) = (chat.bytes, known ?? prompt.bytes)
    var place = 0
    while place < whole.count, place < asked.count, whole[place] == asked[place] { place += 1 }
    let cuts = cuts
    let isCut = { (bytes: [UInt8]) in bytes.withUnsafeBytes { cuts.isCut($0, at: place) } }
    if isCut(whole), isCut(asked) { return .place(place) }
    guard let ids = try? tokenizer.encode(whole.span.bytes), let others = try? tokenizer.encode(asked.span.bytes) else {
      // A text without tokens has none that are trained; counting it says why.
      return .place(whole.count)
    }
    return .tokens(zip(ids, others).prefix { $0 == $1 }.count)
  }

  // MARK: Places

  /// The ends of turns that are left out although they lie within what is trained.
  private func omittedEnds(in chat: RenderedChat) -> [Range<Int>] {
    guard let turnEnd, policy.turnEnds == .none else { return [] }
    return chat.literalPlaces(of: turnEnd)
  }

  private static func places(
    _ borders: [Int], _ ranges: [Range<Int>], in chat: RenderedChat, _ counter: inout TokenCounter
  ) -> TokenPlaces {
    let ends = ranges.flatMap { [$0.lowerBound, $0.lowerBound + 1, $0.upperBound] }
    return TokenPlaces(borders + ends, of: chat.bytes, with: &counter)
  }

  private static func tokens(of ranges: [Range<Int>], _ places: TokenPlaces) -> [Range<Int>] {
    ranges.map { tokens(overlapping: $0, places) }
  }

  /// The tokens that hold bytes of a range.
  private static func tokens(overlapping range: Range<Int>, _ places: TokenPlaces) -> Range<Int> {
    let first = places.token(holding: range.lowerBound)
    return first..<max(first, places.tokens(before: range.upperBound))
  }
}
