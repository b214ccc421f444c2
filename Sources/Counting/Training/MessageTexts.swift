import ChatTemplates
import Glibc
import JSON

/// What a rendered conversation holds of one message: from the first byte of its texts to the last, with what the
/// template writes between them.
struct MessageText: Equatable {
  /// The bytes.
  var range: Range<Int>
  /// Whether an assistant says it.
  let isAnswer: Bool
}

extension RenderedChat {
  /// The texts of the messages that print any, in order, told by the kinds of parts.
  ///
  /// - Parameter turnEnd: What the template writes at the end of a turn, by which two messages of one kind are told apart.
  func messageTexts(turnEnd: [UInt8]) -> [MessageText] {
    var texts: [MessageText] = []
    var kind: TokenKind?
    var start = 0
    for span in spans {
      defer { start = span.end }
      if span.kind == .overhead {
        if Self.firstPlace(of: turnEnd, in: bytes, start..<span.end) != nil { kind = nil }
        continue
      }
      let isAnswer = span.kind == .assistant || span.kind == .thinking
      let shown = isAnswer ? .assistant : span.kind
      if kind == shown, let last = texts.last {
        texts[texts.count - 1].range = last.range.lowerBound..<span.end
      } else {
        texts.append(MessageText(range: start..<span.end, isAnswer: isAnswer))
      }
      kind = shown
    }
    return texts
  }

  /// Where the template itself writes a text, as byte ranges in order.
  func literalPlaces(of text: [UInt8], from start: Int = 0) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var begin = 0
    for span in spans {
      defer { begin = span.end }
      guard span.kind == .overhead, span.end > start else { continue }
      var place = Swift.max(begin, start)
      while let found = Self.firstPlace(of: text, in: bytes, place..<span.end) {
        places.append(found..<found + text.count)
        place = found + text.count
      }
    }
    return places
  }

  /// The first place of a text in a range of bytes.
  static func firstPlace(of text: [UInt8], in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    guard !text.isEmpty, range.count >= text.count else { return nil }
    return bytes.withUnsafeBytes { bytes in
      text.withUnsafeBytes { text in
        guard let base = bytes.baseAddress, let wanted = text.baseAddress else { return nil }
        var place = range.lowerBound
        let end = range.upperBound - text.count + 1
        while place < end, let found = memchr(base + place, Int32(text[0]), end - place) {
          place = UnsafeRawPointer(found) - base
          if memcmp(base + place, wanted, text.count) == 0 { return place }
          place += 1
        }
        return nil
      }
    }
  }
}

/// Finds what a template prints of a message by rendering the conversation with another text in its place, twice.
///
/// Source: axolotl 0.19, `ChatTemplateStrategy._find_turn_from_text`. The two texts have no first and no last character
/// in common, so that what the message shares with one of them is seen with the other.
struct MessageLocator {
  private static let replacements = ["[[dummy_message]]", "zzdummymessagezz"]

  private var chat = RenderedChat()
  private var text: [UInt8] = []
  private var messages: [ChatMessage] = []

  /// Makes a locator.
  init() {}

  /// Takes a conversation, whose messages' ranges point into a text.
  mutating func take(_ conversation: [ChatMessage], of source: RawSpan) {
    text.removeAll(keepingCapacity: true)
    messages.removeAll(keepingCapacity: true)
    for message in conversation {
      var message = message
      let start = text.count
      source.extracting(message.content).withUnsafeBytes { text.append(contentsOf: $0) }
      message.content = start..<text.count
      messages.append(message)
    }
  }

  /// Where a message of the conversation is in what it was rendered to; nil if nothing is printed of it.
  ///
  /// - Parameters:
  ///   - index: The message's position.
  ///   - rendered: The rendered conversation.
  /// - Complexity: That of rendering twice.
  mutating func range(
    of index: Int, in rendered: [UInt8], _ renderer: ChatRenderer, _ arguments: JSONObject
  ) -> Range<Int>? {
    let message = messages[index]
    var found: Range<Int>?
    for replacement in Self.replacements {
      let start = text.count
      text.append(contentsOf: replacement.utf8)
      messages[index] = ChatMessage(role: message.role, content: start..<text.count)
      defer {
        messages[index] = message
        text.removeSubrange(start...)
      }
      let source = text
      do throws(TemplateError) {
        try renderer.render(messages, of: source.span.bytes, arguments: arguments, into: &chat)
      } catch {
        return nil
      }
      let range = Self.difference(rendered, chat.bytes)
      found = found.map { min($0.lowerBound, range.lowerBound)..<max($0.upperBound, range.upperBound) } ?? range
    }
    return found.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The characters of a text that differ from another one, as bytes.
  private static func difference(_ text: [UInt8], _ other: [UInt8]) -> Range<Int> {
    let shared = min(text.count, other.count)
    var start = 0
    while start < shared, text[start] == other[start] { start += 1 }
    while start > 0, start < text.count, text[start] & 0xC0 == 0x80 { start -= 1 }
    var tail = 0
    while tail < shared - start, text[text.count - 1 - tail] == other[other.count - 1 - tail] { tail += 1 }
    while tail > 0, text[text.count - tail] & 0xC0 == 0x80 { tail -= 1 }
    return start..<text.count - tail
  }
}
