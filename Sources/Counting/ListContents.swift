import ChatTemplates
import JSON
import Support

/// What a template did wrong with a content that is a list of parts, in place of rendering its texts.
public enum ListContentFault: String, Sendable, Hashable, CaseIterable {
  /// A text of the list is not in the rendered conversation.
  case dropped
  /// The list stands in the rendered conversation as source text, brackets and names included.
  case printed

  /// The first fault in what a renderer made of a conversation.
  static func of(_ messages: [ChatMessage], rendered chat: RenderedChat, by renderer: ChatRenderer) -> ListContentFault?
  {
    guard !renderer.settings.joinsParts, messages.contains(where: { $0.extras != nil }) else { return nil }
    let bytes = chat.bytes
    return of(messages, rendered: renderer.marksControlTokens ? ControlTokenMarks.removed(from: bytes) : bytes)
  }

  /// The first fault in a rendered conversation; nil where the texts of all lists are rendered, and where there are no
  /// lists, as in nearly all.
  ///
  /// - Complexity: O(bytes of the messages and of the rendered text).
  static func of(_ messages: [ChatMessage], rendered: [UInt8]) -> ListContentFault? {
    for message in messages {
      guard case .value(.array(let elements)) = message.extras?.content else { continue }
      let texts = elements.compactMap { $0["text"]?.stringValue }
      guard !texts.isEmpty else { continue }
      if isPrinted(texts, in: rendered) { return .printed }
      for text in texts {
        let bytes = trimmed(Array(text.utf8))
        if !bytes.isEmpty, RenderedChat.firstPlace(of: bytes, in: rendered, 0..<rendered.count) == nil {
          return .dropped
        }
      }
    }
    return nil
  }

  /// How the member that holds a part's text begins where a list is printed: as Python's `str` does, and as JSON.
  private static let signs = ["'text': '", "'text': \"", "\"text\": \"", "\"text\":\""].map { Array($0.utf8) }

  private static func isPrinted(_ texts: [String], in rendered: [UInt8]) -> Bool {
    signs.contains { sign in
      RenderedChat.firstPlace(of: sign, in: rendered, 0..<rendered.count) != nil
        && !texts.contains { text in
          let bytes = Array(text.utf8)
          return RenderedChat.firstPlace(of: sign, in: bytes, 0..<bytes.count) != nil
        }
    }
  }

  /// Templates take white space away at both ends.
  private static func trimmed(_ text: [UInt8]) -> [UInt8] {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
    else {
      return []
    }
    return Array(text[first...last])
  }

  /// What is said of conversations with this fault.
  public func notice(conversations count: Int) -> String {
    let subject = count == 1 ? "1 conversation" : "\(NumberFormat.grouped(count)) conversations"
    let verb =
      switch self {
      case .dropped: "drops texts of contents that are lists of parts"
      case .printed: "prints contents that are lists of parts as source text"
      }
    return "in \(subject) the template \(verb); --content-parts join joins their texts first"
  }
}
