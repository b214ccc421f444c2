import ChatTemplates
import Glibc
import JSON
import Support

/// What only the rendered text of a conversation tells; noted where a scan asks for it.
public struct RenderedFacts: Sendable, Hashable {
  /// The first half of the SHA-256 of the rendered text, which stands for the text where texts are compared.
  public struct Digest: Sendable, Hashable, Comparable {
    private let high: UInt64
    private let low: UInt64

    /// Makes the digest of a text.
    public init(_ text: RawSpan) {
      let bytes = SHA256Digest.of(text).bytes
      func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
      high = word(0)
      low = word(8)
    }

    /// An order without a meaning, to sort by.
    public static func < (left: Digest, right: Digest) -> Bool { (left.high, left.low) < (right.high, right.low) }
  }

  /// A member of a row that holds text of which nothing reaches the rendered text.
  public struct UnrenderedMember: Sendable, Hashable {
    /// The number of the message that has the member, from 1; nil for a member of the row.
    public let message: Int?
    /// The member's name, such as `reasoning_content`; `thinking` for a think block in a content.
    public let name: String
    /// The size in bytes, of values that are no text as JSON.
    public let bytes: Int
  }

  /// Stands for the rendered text.
  public let digest: Digest
  /// What is not rendered, in the order of the messages; nearly always nothing.
  public let unrendered: [UnrenderedMember]
}

extension ConversationCounter {
  /// The facts of the conversation that was rendered last.
  ///
  /// - Parameter row: What the row told the template.
  mutating func renderedFacts(
    _ messages: [ChatMessage], of text: RawSpan, _ row: JSONObject
  ) -> RenderedFacts {
    RenderedFacts(digest: RenderedFacts.Digest(chat.bytes.span.bytes), unrendered: unrendered(messages, of: text, row))
  }

  /// The members of the conversation that was rendered last, and of its row, of which nothing was rendered.
  ///
  /// What is found in the rendered text in the order of the messages has reached it. Of everything else it is tried: the
  /// row is rendered again with a change inside the member, and where that changes nothing, nothing of it was rendered.
  ///
  /// - Parameter row: What the row told the template.
  /// - Complexity: O(bytes of the messages), and one rendering for each member that is short or not found.
  mutating func unrendered(
    _ messages: [ChatMessage], of text: RawSpan, _ row: JSONObject
  ) -> [RenderedFacts.UnrenderedMember] {
    let arguments = ["tools", "documents"].filter { row[$0] != nil }
    if arguments.isEmpty, chat.showsAll(messages, of: text) { return [] }
    let whole = chat.bytes
    var found = RenderedSearch(whole)
    var trial: RenderingTrial?
    var unrendered: [RenderedFacts.UnrenderedMember] = []
    for (index, message) in messages.enumerated() {
      for member in MessageMember.members(of: message, in: text) where !found.passes(member.text) {
        if trial == nil { trial = RenderingTrial(messages, of: text, row, rendered: whole) }
        guard let tried = trial, !tried.reads(member, of: index, renderer.renderer) else { continue }
        unrendered.append(
          RenderedFacts.UnrenderedMember(message: index + 1, name: member.name, bytes: member.bytes))
      }
    }
    for name in arguments {
      guard let value = row[name], let marked = RenderingTrial.marked(value) else { continue }
      if trial == nil { trial = RenderingTrial(messages, of: text, row, rendered: whole) }
      guard let tried = trial, !tried.reads(marked, asArgument: name, renderer.renderer) else { continue }
      unrendered.append(
        RenderedFacts.UnrenderedMember(message: nil, name: name, bytes: value.serialized().count))
    }
    return unrendered
  }

  /// The facts of the text that was counted last, all of which is rendered.
  func textFacts() -> RenderedFacts {
    let bytes = chat.bytes
    return RenderedFacts(digest: RenderedFacts.Digest(bytes.span.bytes), unrendered: [])
  }
}

extension RenderedChat {
  /// The size in bytes, with or without the marks of control tokens in contents.
  func byteCount(withoutMarks areMarked: Bool) -> Int {
    guard areMarked else { return bytes.count }
    let bytes = bytes
    return bytes.count - ControlTokenMarks.length * ControlTokenMarks.count(in: bytes.span.bytes)
  }

  /// Whether the parts that are contents begin, one after the other, with the contents of the messages, which is so for
  /// most conversations and needs no second rendering; white space around contents does not matter.
  fileprivate func showsAll(_ messages: [ChatMessage], of text: RawSpan) -> Bool {
    var part = 0
    for message in messages {
      guard message.extras == nil else { return false }
      let isShown = text.extracting(message.content).withUnsafeBytes { content in
        let wanted = Self.trimmed(content)
        guard !wanted.isEmpty else { return true }
        while part < spans.count, spans[part].kind == .overhead { part += 1 }
        guard part < spans.count, spans[part].kind == message.role.contentKind else { return false }
        let range = (part == 0 ? 0 : spans[part - 1].end)..<spans[part].end
        part += 1
        return bytes.withUnsafeBytes {
          Self.begins(Self.trimmed(UnsafeRawBufferPointer(rebasing: $0[range])), with: wanted)
        }
      }
      guard isShown else { return false }
    }
    return true
  }

  private static func begins(_ bytes: UnsafeRawBufferPointer, with wanted: UnsafeRawBufferPointer) -> Bool {
    guard let left = bytes.baseAddress, let right = wanted.baseAddress else { return false }
    return bytes.count >= wanted.count && memcmp(left, right, wanted.count) == 0
  }

  private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: bytes[first...last])
  }
}
