import JSON
import Support

/// Marks control tokens in what users wrote, as `apply_chat_template(..., sanitize_control_tokens=True)` does before a
/// template sees it.
///
/// Marks that are there already are dropped first, so that nobody can forge one. Names of members are not marked.
///
/// Source: transformers 5.23, `chat_template_utils.py`, `mark_control_tokens`.
public struct ControlTokenMarker: Sendable {
  private let finder: ControlTokenFinder

  /// - Parameter tokens: the control tokens' texts.
  public init(_ tokens: [String]) { finder = ControlTokenFinder(tokens) }

  /// The text with marks; nil where it stays as it is.
  func marked(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    if ControlTokenMarks.next(in: text) != nil {
      let clean = ControlTokenMarks.removed(from: text)
      return clean.withUnsafeBytes { marked($0) } ?? clean
    }
    guard var found = finder.next(in: text, from: 0) else { return nil }
    var result: [UInt8] = []
    var place = 0
    while true {
      result.append(contentsOf: text[place..<found.range.lowerBound])
      result += ControlTokenMarks.start
      result.append(contentsOf: text[found.range])
      result += ControlTokenMarks.end
      place = found.range.upperBound
      guard let next = finder.next(in: text, from: place) else { break }
      found = next
    }
    result.append(contentsOf: text[place...])
    return result
  }

  /// The string with marks; nil where it stays as it is.
  private func marked(_ string: String) -> String? {
    var string = string
    return string.withUTF8 { marked(UnsafeRawBufferPointer($0)) }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The value with marks in its texts; nil where it stays as it is.
  func marked(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .string(let string): return marked(string).map(JSONValue.string)
    case .array(var elements):
      var isChanged = false
      for index in elements.indices {
        guard let changed = marked(elements[index]) else { continue }
        elements[index] = changed
        isChanged = true
      }
      return isChanged ? .array(elements) : nil
    case .object(let object): return marked(object).map(JSONValue.object)
    case .null, .bool, .integer, .bigInteger, .double: return nil
    }
  }

  /// The object with marks in its texts; nil where it stays as it is.
  func marked(_ object: JSONObject) -> JSONObject? {
    var result = object
    var isChanged = false
    for member in object.members {
      guard let changed = marked(member.value) else { continue }
      result[member.key] = changed
      isChanged = true
    }
    return isChanged ? result : nil
  }

  /// What a row tells the template with marks in its texts; the name of a member that is continued is none.
  func marked(arguments row: JSONObject) -> JSONObject {
    guard !row.isEmpty, var result = marked(row) else { return row }
    if let name = row["continue_final_message"] { result["continue_final_message"] = name }
    return result
  }

  /// Messages with marks, and the text that their ranges point into; nil where they stay as they are.
  func marked(_ messages: [ChatMessage], of text: RawSpan) -> (messages: [ChatMessage], text: [UInt8])? {
    text.withUnsafeBytes { text in
      guard messages.contains(where: { isChanged($0, of: text) }) else { return nil }
      var result: [ChatMessage] = []
      var bytes: [UInt8] = []
      for message in messages {
        let start = bytes.count
        let content = UnsafeRawBufferPointer(rebasing: text[message.content])
        if let changed = marked(content) { bytes += changed } else { bytes.append(contentsOf: content) }
        result.append(
          ChatMessage(
            role: marked(message.role.name).map { ChatRole($0) } ?? message.role, content: start..<bytes.count,
            extras: message.extras.map(marked), isContentFirst: message.isContentFirst))
      }
      return (result, bytes)
    }
  }

  private func isChanged(_ message: ChatMessage, of text: UnsafeRawBufferPointer) -> Bool {
    let content = UnsafeRawBufferPointer(rebasing: text[message.content])
    if finder.next(in: content, from: 0) != nil || ControlTokenMarks.next(in: content) != nil { return true }
    if marked(message.role.name) != nil { return true }
    guard let extras = message.extras else { return false }
    if let object = extras.object { return marked(object) != nil }
    if case .value(let value) = extras.content, marked(value) != nil { return true }
    return [extras.reasoning, extras.toolCalls].contains { $0.flatMap { marked($0) } != nil }
  }

  private func marked(_ extras: ChatMessageExtras) -> ChatMessageExtras {
    let content: ChatMessageExtras.Content =
      if case .value(let value) = extras.content { .value(marked(value) ?? value) } else { extras.content }
    return ChatMessageExtras(
      content: content, reasoning: extras.reasoning.map { marked($0) ?? $0 },
      toolCalls: extras.toolCalls.map { marked($0) ?? $0 }, object: extras.object.map { marked($0) ?? $0 })
  }
}
