public import ChatTemplates
public import JSON
import Support
public import TokenStatistics
public import Tokenizers

/// Counts the tokens of conversations, one after another, with scratch memory of its own.
///
/// It belongs to one thread. What it has counted before makes it faster, but never changes a result.
public struct ConversationCounter: ~Copyable {
  let mode: CountMode
  /// Tokens that encoding with special tokens adds: the beginning-of-text token, if the vocabulary has one.
  let specialTokens: Int
  let cuts: TextCuts
  /// Which characters of texts belong to no token.
  let offsets: TokenOffsets
  var renderer: ConversationRenderer
  /// The native format, where one renders; apart from the renderer, as asking that would copy all of it.
  let native: NativeFormat?
  var counter: TokenCounter
  private(set) var chat = RenderedChat()
  private var spanCounts: [Int] = []
  private var known = SpanCache()
  private var bare = BareConversation()
  /// What is remembered to find where prompts end.
  var prompts = PromptMemory()
  /// The tokens of the last counted conversation by kind, in order.
  private(set) var spans: [TokenSpan] = []
  /// Whether it is found where prompts and turns end.
  var findsTurns = true
  /// Whether the tokens without system messages are counted.
  var countsWithoutSystem = true
  /// The tokens of texts by their places in a text that rows share; nil where they share none.
  private var sharedTexts: [Range<Int>: Int]?
  /// Encodes what is counted; nil where counts are enough.
  var encoder: TokenEncoder?
  /// The tokens of the last counted conversation, where encoding it told the counts as well.
  private var ids: [TokenID]?
  /// What is trained, by each of several rules; the first decides where only one can.
  private var masks: [TrainingMask]
  /// The trained tokens of the last counted conversation; nil where nobody asks.
  private(set) var trained: [Range<Int>]?
  /// How many tokens of the last counted conversation each of the rules trains.
  private(set) var trainedBy: [Int] = []

  /// Makes a counter for the calling thread.
  ///
  /// - Parameters:
  ///   - tokenizer: The vocabulary.
  ///   - template: The chat template.
  ///   - arguments: The template's arguments.
  ///   - mode: How conversations are turned into text.
  ///   - measuresRendering: Whether the clock is read before and after every rendering.
  ///   - policy: What is trained; nil where nobody asks.
  public init(
    tokenizer: Tokenizer, template: ChatTemplate, arguments: TemplateArguments = TemplateArguments(), mode: CountMode,
    measuresRendering: Bool = false, training policy: TrainPolicy? = nil
  ) {
    self.init(
      tokenizer: tokenizer, renderer: ChatRenderer(template, arguments: arguments),
      cuts: TextCuts(markers: template.turnMarkers), mode: mode, measuresRendering: measuresRendering,
      training: policy.map { [$0] } ?? [])
  }

  /// Makes a counter for the calling thread.
  ///
  /// - Parameters:
  ///   - cuts: Where rendered text may be cut without changing the tokens of this tokenizer.
  ///   - policies: What is trained, by each of several rules; the first decides where only one can.
  init(
    tokenizer: Tokenizer, renderer: ChatRenderer, cuts: TextCuts, mode: CountMode, measuresRendering: Bool,
    training policies: [TrainPolicy] = []
  ) {
    self.mode = mode
    masks = policies.map { TrainingMask($0, renderer: renderer, tokenizer: tokenizer, cuts: cuts) }
    self.renderer = ConversationRenderer(renderer, isMeasured: measuresRendering)
    native = renderer.native
    self.cuts = cuts
    offsets = tokenizer.offsets
    specialTokens = tokenizer.bosToken == nil ? 0 : 1
    counter = tokenizer.makeCounter()
  }

  /// Counts a conversation as the chat template renders it.
  ///
  /// - Parameters:
  ///   - messages: The messages in order.
  ///   - text: The bytes that the messages' ranges point into.
  ///   - arguments: What the row tells the template beside the messages.
  /// - Throws: What the template raises; the counter may be used again.
  public mutating func count(
    _ messages: [ChatMessage], of text: RawSpan, arguments: JSONObject = JSONObject()
  ) throws(TemplateError) -> ConversationCount {
    let generations = try renderer.render(messages, of: text, arguments, into: &chat)
    countSpans()
    var count = finish(addingSpecialTokens: mode == .legacy)
    let added = chat.media.addedTokens
    if renderer.renderer.hasGenerationBlocks, offsets != .partial {
      count.assistantMaskTokens = maskedTokens(generations)
    }
    count.legacyTokens = (mode == .legacy ? count.length : count.length + specialTokens) - added
    count.tokensWithoutSystem =
      countsWithoutSystem ? tokensWithoutSystem(messages, of: text, arguments, like: count) : count.length
    prompts.rendered = nil
    if findsTurns { count.turns = turnPlaces(messages, of: text, arguments, length: count.length) }
    trained = nil
    trainedBy.removeAll(keepingCapacity: true)
    for mask in masks.indices {
      let tokens = trainedTokens(generations, messages, of: text, arguments, length: count.length, by: mask)
      note(tokens)
    }
    return count
  }

  /// Counts a conversation as the original script did where the template raises: the contents joined by a space and
  /// encoded with special tokens.
  public mutating func countJoined(_ messages: [ChatMessage], of text: RawSpan) -> ConversationCount {
    chat.joinContents(messages, of: text)
    countSpans()
    var count = finish(addingSpecialTokens: true)
    count.legacyTokens = count.length
    count.tokensWithoutSystem = count.length
    if bare.take(messages) {
      bare.chat.joinContents(bare.messages, of: text)
      let bytes = bare.chat.bytes
      count.tokensWithoutSystem = counter.count(bytes.span.bytes) + specialTokens
    }
    trainWithoutTemplate()
    return count
  }

  /// Counts a text as it is: no template is applied, no token is put around it.
  public mutating func countText(_ range: Range<Int>, of text: RawSpan) -> ConversationCount {
    chat.setText(range, of: text)
    if encoder == nil, let tokens = sharedTexts?[range] {
      spanCounts = [tokens]
    } else {
      let (repairs, failures) = (counter.repairCount, counter.failureCount)
      countSpans()
      // What is not UTF-8 or has no tokens must be noticed each time.
      if counter.repairCount == repairs, counter.failureCount == failures { sharedTexts?[range] = spanCounts[0] }
    }
    var count = finish(addingSpecialTokens: false)
    count.legacyTokens = count.length
    count.tokensWithoutSystem = count.length
    // Nobody speaks in a text: it is trained whole, whatever the rule says of those who do.
    trained = nil
    trainedBy.removeAll(keepingCapacity: true)
    for _ in masks.indices { note([0..<count.length].joined()) }
    return count
  }

  /// Forgets the places of texts, because the next texts are others.
  ///
  /// - Parameter shares: Whether the same place in the next text is likely to be counted again.
  mutating func forgetTexts(sharingNext shares: Bool) { sharedTexts = shares ? [:] : nil }

  /// Whether marks in a text mean something, so that no text may hold them that is not rendered.
  var readsMarks: Bool { renderer.renderer.marksControlTokens }

  /// How many texts so far were not UTF-8.
  var repairCount: Int { counter.repairCount }

  /// How many texts so far have no tokens.
  var failureCount: Int { counter.failureCount }

  /// Why the last of these texts has no tokens.
  var lastFailure: TokenizerError? { counter.lastFailure }

  /// The seconds spent in the chat template so far, if they are measured.
  var renderingSeconds: Double { renderer.seconds }

  /// What became of the images, sounds and films of the conversation that was rendered last.
  var media: RenderedMedia { chat.media }

  // Methods that do not change the counter have one path only: the compiler checks each member on each path of such a
  // method, which takes it minutes where there are several.

  /// The size in bytes of the text that was counted last.
  var renderedBytes: Int { chat.byteCount(withoutMarks: renderer.renderer.marksControlTokens) }

  /// What the template did wrong with a content of the conversation that was rendered last.
  func listFault(of messages: [ChatMessage]) -> ListContentFault? {
    ListContentFault.of(messages, rendered: chat, by: renderer.renderer)
  }

  /// The tokens of the text that was counted last; none where nobody asks.
  ///
  /// - Throws: `TokenizerError` if it has none by the definition.
  mutating func encodedTokens() throws(TokenizerError) -> [TokenID] {
    if let ids { return ids }
    let bytes = chat.bytes
    return try encoder?.encode(bytes.span.bytes) ?? []
  }

  /// The text that was counted last, divided by kind. Tokens that are put before it have a part without text.
  var parts: [TextPart] { TextPart.parts(of: chat, spans) }

  /// Counts the rendered conversation by its spans.
  ///
  /// Where text may be cut at every border, which is nearly always, each span is counted alone, and what is likely to
  /// come again is counted once.
  private mutating func countSpans() {
    // Held in a constant: a view of a stored array would lock all of self.
    let bytes = chat.bytes
    let cuts = cuts
    let borders = chat.borders
    ids = encoder?.encode(bytes.span.bytes, borders: borders, into: &spanCounts)
    if ids != nil { return }
    guard bytes.withUnsafeBytes({ text in borders.allSatisfy { cuts.isCut(text, at: $0) } }) else {
      counter.count(bytes.span.bytes, borders: borders, into: &spanCounts)
      return
    }
    spanCounts.removeAll(keepingCapacity: true)
    var start = 0
    for span in chat.spans {
      let range = start..<span.end
      let recurs = span.kind == .overhead || span.kind == .system || span.kind == .user
      spanCounts.append(recurs ? countOnce(bytes, range) : counter.count(bytes.span.bytes.extracting(range)))
      start = span.end
    }
    if spanCounts.isEmpty { spanCounts.append(0) }
  }

  /// The tokens of a text that is likely to come again.
  mutating func countOnce(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    guard range.count <= SpanCache.maximumLength else { return counter.count(bytes.span.bytes.extracting(range)) }
    return bytes.withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(rebasing: bytes[range])
      let hash = SpanCache.hash(text)
      if let tokens = known.tokens(of: text, hash: hash) { return tokens }
      let (repairs, failures) = (counter.repairCount, counter.failureCount)
      let tokens = counter.count(RawSpan(_unsafeBytes: text))
      // What is not UTF-8 or has no tokens must be noticed each time.
      if counter.repairCount == repairs, counter.failureCount == failures {
        known.remember(text, hash: hash, tokens: tokens)
      }
      return tokens
    }
  }

  /// The tokens that the assistant mask marks.
  private mutating func maskedTokens(_ generations: [Range<Int>]) -> Int {
    let bytes = chat.bytes
    let mask = AssistantMask(generations, of: bytes, offsets: offsets)
    if mask.isEmpty { return 0 }
    let places = TokenPlaces(mask.borders, of: bytes, with: &counter)
    return mask.ranges(places).reduce(0) { $0 + $1.count }
  }

  /// Notes what the next of the rules trains.
  private mutating func note(_ tokens: [Range<Int>]) {
    if trainedBy.isEmpty { trained = tokens }
    trainedBy.append(tokens.reduce(0) { $0 + $1.count })
  }

  /// Finds what is trained of contents that no template was applied to.
  private mutating func trainWithoutTemplate() {
    trained = nil
    trainedBy.removeAll(keepingCapacity: true)
    for mask in masks.indices { note(Self.trainedTokens(withoutTemplate: masks[mask].policy, of: spans)) }
  }

  /// The tokens of the conversation that was rendered last that a rule trains.
  private mutating func trainedTokens(
    _ generations: [Range<Int>], _ messages: [ChatMessage], of text: RawSpan, _ arguments: JSONObject, length: Int,
    by mask: Int
  ) -> [Range<Int>] {
    let policy = masks[mask].policy
    if policy.rule == .all, policy.turnEnds != .none { return [0..<length].joined() }
    let found = masks[mask].tokens(
      of: chat, generations: generations, messages, of: text, arguments: arguments, prompt: prompts.rendered,
      counter: &counter)
    // Tokens that are put before the text move all others.
    let before = chat.media.addedTokens + (mode == .legacy ? specialTokens : 0)
    return before == 0 ? found : found.map { $0.lowerBound + before..<$0.upperBound + before }
  }

  /// The trained tokens of contents that no template was applied to.
  private static func trainedTokens(withoutTemplate policy: TrainPolicy, of spans: [TokenSpan]) -> [Range<Int>] {
    var trained: [Range<Int>] = []
    var position = 0
    for span in spans {
      let isTrained =
        switch policy.rule {
        case .all: true
        case .assistant, .field, .last: span.kind == .assistant
        case .template: false
        }
      if isTrained { trained.append(position..<position + span.tokens) }
      position += span.tokens
    }
    return trained.joined()
  }

  /// Sorts the counts of the rendered spans by kind.
  private mutating func finish(addingSpecialTokens: Bool) -> ConversationCount {
    var count = ConversationCount()
    spans.removeAll(keepingCapacity: true)
    if addingSpecialTokens, specialTokens > 0 {
      spans.append(TokenSpan(kind: .overhead, tokens: specialTokens))
      count.kinds.overhead += specialTokens
    }
    for added in chat.media.added {
      spans.append(TokenSpan(kind: added.kind, tokens: added.tokens))
      count.kinds.add(added.tokens, kind: added.kind)
    }
    for (span, tokens) in zip(chat.spans, spanCounts) {
      spans.append(TokenSpan(kind: span.kind, tokens: tokens))
      count.kinds.add(tokens, kind: span.kind)
    }
    return count
  }

  /// The tokens that are left without system messages; none if nothing is left that the template can render.
  private mutating func tokensWithoutSystem(
    _ messages: [ChatMessage], of text: RawSpan, _ arguments: JSONObject, like count: ConversationCount
  ) -> Int {
    guard bare.take(messages) else { return count.length }
    do {
      try renderer.render(bare.messages, of: text, arguments, into: &bare.chat)
    } catch {
      return 0
    }
    return countBare() + bare.chat.media.addedTokens + (mode == .legacy ? specialTokens : 0)
  }

  /// The tokens of the conversation without system messages.
  ///
  /// Only what differs from the whole conversation is counted: what both end with has as many tokens in the one as in
  /// the other.
  private mutating func countBare() -> Int {
    let whole = chat.bytes
    let rest = bare.chat.bytes
    guard let tail = SharedTail(of: whole, and: rest, cuts: cuts), let before = countWhole(before: tail.start)
    else { return counter.count(rest.span.bytes) }
    let head = 0..<tail.otherStart
    let headTokens = head.isEmpty ? 0 : countOnce(rest, head)
    return spanCounts.reduce(0, +) - before + headTokens
  }

  /// The tokens of the whole conversation before a place that may be cut; nil if they cannot be told from the spans.
  mutating func countWhole(before place: Int) -> Int? {
    var tokens = 0
    var start = 0
    for (span, count) in zip(chat.spans, spanCounts) where start < place {
      if span.end <= place {
        tokens += count
        start = span.end
        continue
      }
      // The place is inside a span, whose own beginning must be one that may be cut.
      let bytes = chat.bytes
      let cuts = cuts
      guard bytes.withUnsafeBytes({ cuts.isCut($0, at: start) }) else { return nil }
      return tokens + countOnce(bytes, start..<place)
    }
    return tokens
  }
}

/// Scratch memory for a conversation without its system messages.
private struct BareConversation {
  var messages: [ChatMessage] = []
  var chat = RenderedChat()

  /// Takes the messages that are not the system's; false if all are taken.
  mutating func take(_ all: [ChatMessage]) -> Bool {
    guard all.contains(where: { $0.role == .system }) else { return false }
    messages.removeAll(keepingCapacity: true)
    for message in all where message.role != .system { messages.append(message) }
    return true
  }
}

extension TokensByKind {
  /// Adds tokens of one kind.
  mutating func add(_ tokens: Int, kind: TokenKind) {
    switch kind {
    case .system: system += tokens
    case .user: user += tokens
    case .assistant: assistant += tokens
    case .thinking: thinking += tokens
    case .tool: tool += tokens
    case .other: other += tokens
    case .overhead: overhead += tokens
    }
  }
}
