import ChatTemplates
import Glibc
import JSON
import Support

/// A member of a message that holds something to be rendered.
struct MessageMember {
  /// Where in the message the member is.
  enum Place {
    /// The content as a whole.
    case content
    /// The think block inside a content that is a text.
    case thinking
    /// The text of a content behind its think block.
    case answer
    /// Any other member of the message.
    case named(String)
  }

  let place: Place
  /// The bytes that a template would write, without white space around them; nil where the value is no text.
  let text: [UInt8]?
  /// The size of the value.
  let bytes: Int

  /// What the member is called.
  var name: String {
    switch place {
    case .content, .answer: "content"
    case .thinking: "thinking"
    case .named(let name): name
    }
  }

  /// Members that name or steer a message and are no part of what is said.
  private static let bookkeeping: Set<String> = [
    "role", "content", "id", "name", "tool_call_id", "type", "train", "training", "weight", "timestamp",
  ]

  /// The members of a message that hold a text, or a list or an object with one.
  static func members(of message: ChatMessage, in text: RawSpan) -> [MessageMember] {
    var members = contents(of: message, in: text)
    guard let extras = message.extras else { return members }
    let others =
      extras.object?.members.map { ($0.key, $0.value) }
      ?? [
        ("reasoning_content", extras.reasoning), ("tool_calls", extras.toolCalls),
      ].compactMap { name, value in value.map { (name, $0) } }
    for (name, value) in others where !bookkeeping.contains(name) && RenderingTrial.marked(value) != nil {
      let text = value.stringValue.map { Self.trimmed(Array($0.utf8)[...]) }
      members.append(
        MessageMember(place: .named(name), text: text, bytes: value.stringValue?.utf8.count ?? value.serialized().count)
      )
    }
    return members
  }

  private static func contents(of message: ChatMessage, in text: RawSpan) -> [MessageMember] {
    switch message.extras?.content {
    case .missing: return []
    case .value(let value):
      guard RenderingTrial.marked(value) != nil else { return [] }
      return [MessageMember(place: .content, text: nil, bytes: value.serialized().count)]
    case .text, nil:
      let bytes = text.extracting(message.content).withUnsafeBytes { Array($0) }
      let whole = trimmed(bytes[...])
      guard !whole.isEmpty else { return [] }
      guard message.role == .assistant, let block = ThinkBlock(bytes) else {
        return [MessageMember(place: .content, text: whole, bytes: bytes.count)]
      }
      return [(Place.thinking, block.inside), (.answer, block.behind)].compactMap { place, range in
        let part = trimmed(bytes[range])
        return part.isEmpty ? nil : MessageMember(place: place, text: part, bytes: range.count)
      }
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return Array(bytes[first...last])
  }
}

/// The think block that a content begins with or ends in the middle of, as reasoning models write it.
struct ThinkBlock {
  /// What is thought.
  let inside: Range<Int>
  /// What follows.
  let behind: Range<Int>

  private static let opening = Array("<think>".utf8)
  private static let closing = Array("</think>".utf8)

  /// Finds the last end of a block; nil where there is none.
  init?(_ content: [UInt8]) {
    guard let end = Self.last(Self.closing, in: content) else { return nil }
    let start = Self.last(Self.opening, in: content[..<end]).map { $0 + Self.opening.count } ?? 0
    inside = start..<end
    behind = end + Self.closing.count..<content.count
  }

  private static func last(_ marker: [UInt8], in bytes: some BidirectionalCollection<UInt8>) -> Int? {
    let bytes = Array(bytes)
    guard bytes.count >= marker.count else { return nil }
    return (0...bytes.count - marker.count).last { bytes[$0] == marker[0] && bytes[$0...].starts(with: marker) }
  }
}

/// Looks for texts in a rendered conversation, one behind the other.
struct RenderedSearch {
  /// Shorter texts could be anything's.
  private static let shortest = 8

  private let rendered: [UInt8]
  private var place = 0

  init(_ rendered: [UInt8]) { self.rendered = rendered }

  /// Whether a text stands behind the one before it.
  mutating func passes(_ text: [UInt8]?) -> Bool {
    guard let text, text.count >= Self.shortest, text.count <= rendered.count - place else { return false }
    let found = rendered.withUnsafeBytes { rendered in
      text.withUnsafeBytes { Self.first($0, in: UnsafeRawBufferPointer(rebasing: rendered[place...])) }
    }
    guard let found else { return false }
    place += found + text.count
    return true
  }

  private static func first(_ text: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let wanted = text.baseAddress else { return nil }
    var start = 0
    while start + text.count <= bytes.count {
      guard let next = memchr(base + start, Int32(text[0]), bytes.count - text.count - start + 1) else { return nil }
      start = UnsafeRawPointer(next) - base
      if memcmp(base + start, wanted, text.count) == 0 { return start }
      start += 1
    }
    return nil
  }
}

/// Renders a conversation again with a change in it, to see whether the template reads what was changed.
struct RenderingTrial {
  /// No template writes or looks for this.
  private static let mark = "\u{2}tokenstats\u{3}"

  private let messages: [ChatMessage]
  /// The contents of the messages, one behind the other, and the text that is changed.
  private let text: [UInt8]
  private let row: JSONObject
  private let rendered: [UInt8]

  /// Keeps a conversation to change.
  init(_ messages: [ChatMessage], of text: RawSpan, _ row: JSONObject, rendered: [UInt8]) {
    var bytes: [UInt8] = []
    self.messages = messages.map { message in
      var moved = message
      let start = bytes.count
      text.extracting(message.content).withUnsafeBytes { bytes.append(contentsOf: $0) }
      moved.content = start..<bytes.count
      return moved
    }
    self.text = bytes
    self.row = row
    self.rendered = rendered
  }

  /// Whether a change inside a member of a message changes what is rendered.
  func reads(_ member: MessageMember, of index: Int, _ renderer: ChatRenderer) -> Bool {
    var messages = messages
    var text = text
    let message = messages[index]
    let content = Array(text[message.content])
    switch member.place {
    case .named(let name): messages[index].extras = message.extras?.marked(name)
    case .content, .thinking, .answer:
      if case .value? = message.extras?.content {
        messages[index].extras = message.extras?.marked("content")
      } else {
        let block = ThinkBlock(content)
        let range =
          switch member.place {
          case .thinking: block?.inside ?? content.indices
          case .answer: block?.behind ?? content.indices
          default: content.indices
          }
        let start = text.count
        text += content[..<range.lowerBound] + Self.marked(Array(content[range])) + content[range.upperBound...]
        messages[index].content = start..<text.count
        messages[index].extras = message.extras?.withText(String(decoding: text[start...], as: UTF8.self))
      }
    }
    return differs(messages, text, row, renderer)
  }

  /// Whether another value of an argument changes what is rendered.
  func reads(_ value: JSONValue, asArgument name: String, _ renderer: ChatRenderer) -> Bool {
    var row = row
    row[name] = value
    return differs(messages, text, row, renderer)
  }

  private func differs(
    _ messages: [ChatMessage], _ text: [UInt8], _ row: JSONObject, _ renderer: ChatRenderer
  ) -> Bool {
    var chat = RenderedChat()
    // What makes a template raise is read by it.
    do { try renderer.render(messages, of: text.span.bytes, arguments: row, into: &chat) } catch { return true }
    return chat.bytes != rendered
  }

  /// A value with a change in each of its texts; nil where it holds none but those that say what a part is.
  static func marked(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .string(let text):
      let bytes = Array(text.utf8)
      guard bytes.contains(where: { $0 != 0x20 && !(0x09...0x0D).contains($0) }) else { return nil }
      return .string(String(decoding: marked(bytes), as: UTF8.self))
    case .array(let elements):
      let changed = elements.map(marked)
      guard changed.contains(where: { $0 != nil }) else { return nil }
      return .array(zip(changed, elements).map { $0 ?? $1 })
    case .object(let object):
      // Where an image is from is nothing that a template could print.
      if let type = object["type"]?.stringValue, mediaTypes.contains(where: { type.contains(bytesOf: $0) }) {
        return nil
      }
      let changed = object.members.map {
        ($0.key == "type" || $0.key == "role" || $0.key == "id") ? nil : marked($0.value)
      }
      guard changed.contains(where: { $0 != nil }) else { return nil }
      return .object(JSONObject(zip(changed, object.members).map { ($1.key, $0 ?? $1.value) }))
    case .null, .bool, .integer, .bigInteger, .double: return nil
    }
  }

  /// What the types of parts that are no text have in their names.
  private static let mediaTypes = ["image", "audio", "video"]

  /// A text with the mark behind its first character that is no white space.
  private static func marked(_ text: [UInt8]) -> [UInt8] {
    guard let first = text.firstIndex(where: { $0 != 0x20 && !(0x09...0x0D).contains($0) }) else {
      return text + Array(mark.utf8)
    }
    let next = text[(first + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? text.count
    return text[..<next] + Array(mark.utf8) + text[next...]
  }
}

extension ChatMessageExtras {
  /// The extras with a change inside a member.
  fileprivate func marked(_ name: String) -> ChatMessageExtras {
    var object = object
    if let value = object?[name], let marked = RenderingTrial.marked(value) { object?[name] = marked }
    var content = content
    if name == "content", case .value(let value) = content, let marked = RenderingTrial.marked(value) {
      content = .value(marked)
    }
    let isReasoning = ["reasoning_content", "thinking", "reasoning"].contains(name)
    return ChatMessageExtras(
      content: content,
      reasoning: isReasoning ? reasoning.flatMap(RenderingTrial.marked) ?? reasoning : reasoning,
      toolCalls: name == "tool_calls" ? toolCalls.flatMap(RenderingTrial.marked) ?? toolCalls : toolCalls,
      object: object)
  }

  /// The extras of a message whose content is another text.
  fileprivate func withText(_ text: String) -> ChatMessageExtras {
    var object = object
    if object?["content"] != nil { object?["content"] = .string(text) }
    return ChatMessageExtras(content: content, reasoning: reasoning, toolCalls: toolCalls, object: object)
  }
}
