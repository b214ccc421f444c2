import ChatTemplates

/// Conversations and texts that were read from something else than columns of messages, with their text in one buffer.
struct DecodedRows: Sendable {
  /// What a row is.
  enum Content: Sendable {
    /// Messages, by their places in ``DecodedRows/messages``.
    case conversation(Range<Int>)
    /// A text, by its place in ``DecodedRows/text``.
    case text(Range<Int>)
    /// A row that cannot be read, and why.
    case failed(String)
  }

  /// The bytes of all contents.
  var text: [UInt8] = []
  /// The messages of all conversations.
  private(set) var messages: [ChatMessage] = []
  /// The rows.
  private(set) var rows: [Content] = []
  /// Images, sounds and films in rows that have some, by row.
  private(set) var media: [Int: Int] = [:]

  /// Number of rows.
  var count: Int { rows.count }

  /// Where to go back to if a row turns out to be another than was thought.
  struct Mark {
    fileprivate let text: Int
    fileprivate let messages: Int
  }

  /// Where the next row begins.
  var mark: Mark { Mark(text: text.count, messages: messages.count) }

  /// The text since a mark.
  @_lifetime(borrow self)
  func text(since mark: Mark) -> RawSpan { text.span.bytes.extracting(mark.text..<text.count) }

  /// Forgets what was added since a mark.
  mutating func rewind(to mark: Mark) {
    text.removeSubrange(mark.text...)
    messages.removeSubrange(mark.messages...)
  }

  /// Adds a message to the row that is being made.
  mutating func append(_ message: ChatMessage) { messages.append(message) }

  /// Ends a row: the messages since a mark.
  ///
  /// - Parameter column: the column that the messages are of, for rows without any.
  mutating func endConversation(since mark: Mark, of column: String = DatasetColumns.messages) {
    rows.append(
      mark.messages == messages.count
        ? .failed("\(column) is empty") : .conversation(mark.messages..<messages.count))
  }

  /// Ends a row: the text since a mark.
  mutating func endText(since mark: Mark) { rows.append(.text(mark.text..<text.count)) }

  /// Adds a row that cannot be read.
  mutating func fail(_ reason: String) { rows.append(.failed(reason)) }

  /// Notes what the messages since a mark hold beside text, before their row ends.
  mutating func note(_ media: [[ChatMedia]], since mark: Mark) {
    var count = 0
    for (index, parts) in media.enumerated() where !parts.isEmpty {
      messages[mark.messages + index].media = parts
      count += parts.count
    }
    if count > 0 { self.media[rows.count, default: 0] += count }
  }
}
