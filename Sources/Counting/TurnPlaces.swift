import ChatTemplates
import Glibc
import JSON
import TokenStatistics
import Tokenizers

/// Where the prompt and the last turn of a conversation end.
public struct TurnPlaces: Sendable, Hashable {
  /// The tokens of the conversation as rendered up to its last assistant message, generation prompt included.
  ///
  /// Without an assistant message that is the whole conversation. Nil if the template raises for these messages.
  public var promptTokens: Int?
  /// The position, from 0, of the last token that ends a turn; nil if there is none.
  public var lastTurnEnd: Int?

  /// Makes places from their parts.
  public init(promptTokens: Int?, lastTurnEnd: Int?) {
    self.promptTokens = promptTokens
    self.lastTurnEnd = lastTurnEnd
  }
}

/// What a counter remembers to find where prompts end.
struct PromptMemory {
  /// The tokens of the generation prompt.
  fileprivate var generationTokens: Int?
  /// Scratch memory for conversations that end before the last answer.
  fileprivate var chat = RenderedChat()
  /// The prompt of the conversation at hand, where it was rendered.
  var rendered: RenderedPrompt?
}

/// The messages before an answer as they were rendered with the generation prompt.
struct RenderedPrompt: Sendable {
  /// How many messages there are.
  let messages: Int
  /// What they were rendered to.
  let bytes: [UInt8]
}

extension ConversationCounter {
  /// Finds where the prompt and the last turn of the conversation end that was rendered and counted last.
  ///
  /// What was counted already tells nearly all where a native format rendered: a prompt ends where the last answer's turn
  /// begins, and the last turn ends in what the template writes last.
  ///
  /// - Parameter row: What the row told the template.
  mutating func turnPlaces(
    _ messages: [ChatMessage], of text: RawSpan, _ row: JSONObject, length: Int
  ) -> TurnPlaces {
    TurnPlaces(
      promptTokens: promptTokens(messages, of: text, row, length: length), lastTurnEnd: lastTurnEnd(length: length))
  }

  private mutating func promptTokens(
    _ messages: [ChatMessage], of text: RawSpan, _ row: JSONObject, length: Int
  ) -> Int? {
    let last = messages.lastIndex { $0.role == .assistant }
    // Formats note where answers begin; the engine does not.
    guard row.isEmpty, let native, chat.answer != nil || last == nil else {
      return renderedPromptTokens(messages.prefix(last ?? messages.count), of: text, row)
    }
    guard let answer = chat.answer else {
      return native.arguments.addGenerationPrompt ? length : generationTokens(native).map { length + $0 }
    }
    // A template may render earlier messages in another way where the last answer is missing: by whether they are the
    // last, or whether the user spoke after them.
    let isLast = answer.message == messages.count - 1
    let follows = answer.message > 0 && messages[answer.message - 1].role == .assistant
    guard isLast, !follows else { return renderedPromptTokens(messages.prefix(answer.message), of: text, row) }
    guard let generationTokens = generationTokens(native) else { return nil }
    // Images come before the answer, but for those of earlier answers to no question.
    var special = mode == .legacy ? specialTokens : 0
    // Here, as a method that changes nothing would have a copy of the whole counter made.
    if !chat.media.added.isEmpty {
      special += Self.addedTokens(of: messages.prefix(answer.message), renderer.renderer.settings)
    }
    if let before = countWhole(before: answer.start) { return special + before + generationTokens }
    // A turn begins with a marker, before which text may be cut.
    let bytes = chat.bytes
    return special + counter.count(bytes.span.bytes.extracting(0..<answer.start)) + generationTokens
  }

  /// The tokens of messages rendered with the generation prompt; nil if the template raises.
  private mutating func renderedPromptTokens(
    _ messages: ArraySlice<ChatMessage>, of text: RawSpan, _ row: JSONObject
  ) -> Int? {
    guard !messages.isEmpty else { return nil }
    do {
      try renderer.render(Array(messages), of: text, Self.prompting(row), into: &prompts.chat)
    } catch {
      return nil
    }
    let bytes = prompts.chat.bytes
    prompts.rendered = RenderedPrompt(messages: messages.count, bytes: bytes)
    return countPrompt(bytes) + prompts.chat.media.addedTokens + (mode == .legacy ? specialTokens : 0)
  }

  /// What a row tells the template, with the beginning of an answer at the end.
  private static func prompting(_ row: JSONObject) -> JSONObject {
    guard !row.isEmpty else { return onlyPrompting }
    var row = row
    row["continue_final_message"] = nil
    row["add_generation_prompt"] = .bool(true)
    return row
  }

  /// Nearly all rows tell the template nothing else.
  private static let onlyPrompting = JSONObject([("add_generation_prompt", .bool(true))])

  /// The tokens of messages that are no part of the rendered text.
  private static func addedTokens(of messages: ArraySlice<ChatMessage>, _ settings: ChatRenderer.Settings) -> Int {
    guard case .each(let tokens)? = settings.images?.rule else { return 0 }
    return tokens * messages.reduce(0) { $0 + $1.media.count }
  }

  /// The tokens of a rendered prompt, of which those are known already that it shares with the whole conversation.
  private mutating func countPrompt(_ prompt: [UInt8]) -> Int {
    let whole = chat.bytes
    let cuts = self.cuts
    let place = whole.withUnsafeBytes { whole in
      prompt.withUnsafeBytes { prompt in Self.lastSharedMarker(whole, prompt, cuts) }
    }
    guard place > 0, let before = countWhole(before: place) else {
      return counter.count(prompt.span.bytes)
    }
    return before + countOnce(prompt, place..<prompt.count)
  }

  /// Where the last turn marker begins of what two texts begin with; 0 where there is none.
  ///
  /// Most prompts are how the conversation begins, and then the beginning of an answer.
  private static func lastSharedMarker(
    _ whole: UnsafeRawBufferPointer, _ prompt: UnsafeRawBufferPointer, _ cuts: TextCuts
  ) -> Int {
    let limit = min(whole.count, prompt.count)
    var place = 0
    // Words first: nearly all of a prompt is how the conversation begins.
    while place + 8 <= limit, word(whole, at: place) == word(prompt, at: place) { place += 8 }
    while place < limit, whole[place] == prompt[place] { place += 1 }
    func beginsMarker(_ text: UnsafeRawBufferPointer) -> Bool {
      place < text.count && text[place] == UInt8(ascii: "<") && cuts.beginsMarker(text, at: place)
    }
    while place > 0, !(beginsMarker(whole) && beginsMarker(prompt)) { place -= 1 }
    return place
  }

  private static func word(_ text: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
    text.loadUnaligned(fromByteOffset: place, as: UInt64.self)
  }

  /// The tokens of the generation prompt, which begins with a marker and so has the same tokens after any text; nil if
  /// the template raises for a question.
  private mutating func generationTokens(_ native: NativeFormat) -> Int? {
    if let tokens = prompts.generationTokens { return tokens }
    // It is what a template adds to a user's question.
    let question = [ChatMessage(role: .user, content: 0..<1)]
    let text: [UInt8] = [UInt8(ascii: "?")]
    var arguments = native.arguments
    arguments.addGenerationPrompt = false
    var plain = RenderedChat()
    var prompted = RenderedChat()
    do throws(TemplateError) {
      try native.template.render(question, of: text.span.bytes, arguments: arguments, into: &plain)
      arguments.addGenerationPrompt = true
      try native.template.render(question, of: text.span.bytes, arguments: arguments, into: &prompted)
    } catch {
      return nil
    }
    let bytes = prompted.bytes
    let tokens = counter.count(bytes.span.bytes.extracting(plain.bytes.count..<bytes.count))
    prompts.generationTokens = tokens
    return tokens
  }

  /// The position of the last marker that ends a turn, in the text that the template writes after the last message.
  private mutating func lastTurnEnd(length: Int) -> Int? {
    guard let marker = renderer.turnEnd, let last = chat.spans.last, last.kind == .overhead else { return nil }
    let bytes = chat.bytes
    let start = chat.spans.dropLast().last?.end ?? 0
    guard let place = Self.lastPlace(of: marker, in: bytes, start..<last.end) else { return nil }
    return length - countOnce(bytes, place..<last.end)
  }

  private static func lastPlace(of marker: [UInt8], in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { bytes in
      marker.withUnsafeBytes { marker in
        guard let base = bytes.baseAddress, let wanted = marker.baseAddress else { return nil }
        var place = range.upperBound - marker.count
        while place >= range.lowerBound {
          if memcmp(base + place, wanted, marker.count) == 0 { return place }
          place -= 1
        }
        return nil
      }
    }
  }
}
