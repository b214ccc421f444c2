/// A rendered conversation: its text and what each part of the text is.
///
/// One value is meant to be used again and again: rendering into it keeps its storage.
public struct RenderedChat: Sendable {
  /// A run of bytes of one kind.
  public struct Part: Sendable, Hashable {
    /// What the bytes are.
    public let kind: TokenKind
    /// Offset after the last byte; the first byte is where the previous part ends.
    public internal(set) var end: Int
  }

  /// The turn of an assistant's message.
  public struct Answer: Sendable, Hashable {
    /// The message's index.
    public let message: Int
    /// Offset of the first byte of the turn, which is that of its header.
    public let start: Int
  }

  /// The text (UTF-8).
  public internal(set) var bytes: [UInt8] = []
  /// The parts in order; none is empty, neighbours differ in kind, together they cover ``bytes``.
  public internal(set) var spans: [Part] = []
  /// Offsets where one part ends and the next begins: one fewer than ``spans``.
  public internal(set) var borders: [Int] = []

  /// The turn of the last assistant message; nil where there is none, or where the template does not say.
  public internal(set) var answer: Answer?

  /// What became of the conversation's images, sounds and films.
  public internal(set) var media = RenderedMedia()

  /// Makes an empty value.
  public init() {}

  /// The text as a string; for messages and tools, not for counting.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets the conversation and keeps the storage.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    spans.removeAll(keepingCapacity: true)
    borders.removeAll(keepingCapacity: true)
    answer = nil
    media = RenderedMedia()
  }

  /// Notes that the turn of an assistant's message begins here.
  mutating func beginAnswer(_ message: Int) { answer = Answer(message: message, start: bytes.count) }

  /// Appends text the template writes itself.
  mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    close(.overhead)
  }

  /// Appends a piece of a text.
  mutating func append(_ range: Range<Int>, of text: RawSpan, as kind: TokenKind) {
    guard !range.isEmpty else { return }
    text.extracting(range).withUnsafeBytes { bytes.append(contentsOf: $0) }
    close(kind)
  }

  /// Appends a string.
  mutating func append(_ string: String, as kind: TokenKind) {
    bytes.append(contentsOf: string.utf8)
    close(kind)
  }

  /// Cuts the text and forgets what was after it.
  mutating func truncate(to length: Int) {
    guard length < bytes.count else { return }
    bytes.removeSubrange(length...)
    while let last = spans.last, last.end > length {
      let start = spans.count > 1 ? spans[spans.count - 2].end : 0
      if start < length {
        spans[spans.count - 1].end = length
        return
      }
      spans.removeLast()
      if !borders.isEmpty { borders.removeLast() }
    }
  }

  /// Gives everything after the last part to a part of this kind.
  mutating func close(_ kind: TokenKind) {
    let start = spans.last?.end ?? 0
    guard bytes.count > start else { return }
    if let last = spans.last, last.kind == kind {
      spans[spans.count - 1].end = bytes.count
      return
    }
    if start > 0 { borders.append(start) }
    spans.append(Part(kind: kind, end: bytes.count))
  }
}

extension RenderedChat {
  /// Replaces the text with a text that is no conversation.
  public mutating func setText(_ range: Range<Int>, of text: RawSpan) {
    removeAll()
    append(range, of: text, as: .other)
  }

  /// Replaces the text with the messages' contents joined by one space: what is counted for the legacy mode where a template raises.
  ///
  /// A content that is no text counts as empty.
  ///
  /// - Complexity: O(bytes of the messages).
  public mutating func joinContents(_ messages: [ChatMessage], of text: RawSpan) {
    removeAll()
    for (index, message) in messages.enumerated() {
      if index > 0 { append(" ") }
      append(message.content, of: text, as: message.role.contentKind)
    }
  }
}
