import ChatTemplates
import Support

/// The identity of a conversation: the SHA-256 of its roles and contents.
struct ContentKey: Sendable, Hashable {
  // Four words take less room than an array of bytes: there is a key for every conversation.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Makes the key of a conversation whose messages point into `text`.
  init(_ messages: [ChatMessage], of text: RawSpan) {
    var hash = SHA256()
    for message in messages {
      let role = message.role.name
      // Lengths precede texts, so that no two conversations have the same bytes.
      let lengths = [UInt64(role.utf8.count).littleEndian, UInt64(message.content.count).littleEndian]
      hash.update(lengths.span.bytes)
      hash.update(role.utf8.span.bytes)
      hash.update(text.extracting(message.content))
    }
    let bytes = hash.finalize().bytes
    func word(_ index: Int) -> UInt64 { bytes[(8 * index)..<(8 * index + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
    words = (word(0), word(1), word(2), word(3))
  }

  static func == (left: ContentKey, right: ContentKey) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}
