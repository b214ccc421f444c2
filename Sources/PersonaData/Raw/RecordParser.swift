import Datasets
import Glibc

/// Reads one line of raw records: a JSON object (RFC 8259) whose known members go straight into a `RawRecord`.
///
/// Of a member that is there twice the later one counts, as in Python. Unknown members are checked and left out.
struct RecordParser {
  private var scanner: JSONScanner

  /// Parses a line.
  ///
  /// - Parameters:
  ///   - line: the bytes of the line without its newline; valid during the call.
  ///   - record: receives what the line holds; after an error its contents mean nothing.
  /// - Throws: `RecordFault` where the line is no JSON object, or lacks a member or has it in another type.
  /// - Complexity: O(`line.count`).
  static func parse(_ line: UnsafeRawBufferPointer, into record: inout RawRecord) throws(RecordFault) {
    record.removeAll(lineLength: line.count)
    var parser = RecordParser(scanner: JSONScanner(line))
    try parser.parseRecord(into: &record)
    try parser.scanner.finish()
    try check(record)
  }

  private mutating func parseRecord(into record: inout RawRecord) throws(RecordFault) {
    try scanner.expect(UInt8(ascii: "{"), "an object")
    guard try !scanner.closes(UInt8(ascii: "}")) else { return }
    repeat {
      let key = try scanner.key(scratch: &record.text)
      switch key {
      case .systemPrompt:
        record.systemPrompt = try scanner.nullableString(into: &record.text)
        record.members.insert(.systemPrompt)
      case .label:
        record.label = try scanner.string(into: &record.text)
        record.members.insert(.label)
      case .promptIndex:
        record.promptIndex = try scanner.integer()
        record.members.insert(.promptIndex)
      case .questionIndex:
        record.questionIndex = try scanner.integer()
        record.members.insert(.questionIndex)
      case .question:
        record.question = try scanner.nullableString(into: &record.text)
        record.members.insert(.question)
      case .conversation:
        try parseConversation(into: &record)
        record.members.insert(.conversation)
      case .role, .content, .other: try scanner.skipValue(scratch: &record.text)
      }
    } while try scanner.continues(until: UInt8(ascii: "}"))
  }

  private mutating func parseConversation(into record: inout RawRecord) throws(RecordFault) {
    record.messages.removeAll(keepingCapacity: true)
    record.messagesWithMore = 0
    try scanner.expect(UInt8(ascii: "["), "a list of messages")
    guard try !scanner.closes(UInt8(ascii: "]")) else { return }
    repeat { try parseMessage(into: &record) } while try scanner.continues(until: UInt8(ascii: "]"))
  }

  private mutating func parseMessage(into record: inout RawRecord) throws(RecordFault) {
    var role: Range<Int>?
    var content: Range<Int>?
    var hasMore = false
    try scanner.expect(UInt8(ascii: "{"), "a message with role and content")
    if try !scanner.closes(UInt8(ascii: "}")) {
      repeat {
        switch try scanner.key(scratch: &record.text) {
        case .role: role = try scanner.string(into: &record.text)
        case .content: content = try scanner.string(into: &record.text)
        default:
          hasMore = true
          try scanner.skipValue(scratch: &record.text)
        }
      } while try scanner.continues(until: UInt8(ascii: "}"))
    }
    guard let role, let content else {
      throw RecordFault("message \(record.messages.count + 1) lacks its \(role == nil ? "role" : "content")")
    }
    record.messages.append(RawRecord.Message(role: role, content: content))
    record.messagesWithMore += hasMore ? 1 : 0
  }

  private static func check(_ record: RawRecord) throws(RecordFault) {
    let required: [(RawRecord.Members, String)] = [
      (.systemPrompt, "system_prompt"), (.label, "label"), (.promptIndex, "prompt_index"),
      (.questionIndex, "question_index"), (.question, "question"), (.conversation, "conversation"),
    ]
    for (member, name) in required where !record.members.contains(member) {
      throw RecordFault("\"\(name)\" is missing")
    }
  }
}

/// A member's name, as far as raw records know it.
enum RecordMember {
  case systemPrompt, label, promptIndex, questionIndex, question, conversation, role, content, other

  init(_ name: RawSpan) {
    // Lengths tell most names apart, so that one comparison is enough.
    let (candidate, expected): (RecordMember, StaticString) =
      switch name.byteCount {
      case 4: (.role, "role")
      case 5: (.label, "label")
      case 7: (.content, "content")
      case 8: (.question, "question")
      case 12:
        name.unsafeLoad(as: UInt8.self) == UInt8(ascii: "p")
          ? (.promptIndex, "prompt_index") : (.conversation, "conversation")
      case 13: (.systemPrompt, "system_prompt")
      case 14: (.questionIndex, "question_index")
      default: (.other, "")
      }
    guard expected.utf8CodeUnitCount == name.byteCount else {
      self = .other
      return
    }
    let isSame = name.withUnsafeBytes { name in
      guard let base = name.baseAddress else { return false }
      return memcmp(base, expected.utf8Start, name.count) == 0
    }
    self = isSame ? candidate : .other
  }
}
