import JSON
import Support

/// One raw record; its texts are in a buffer that the next record reuses.
struct RawRecord {
  /// A message of the conversation. A long line may have millions.
  struct Message {
    private let places: (roleStart: UInt32, roleEnd: UInt32, contentStart: UInt32, contentEnd: UInt32)

    /// - Precondition: both lie in the first 4 GiB of a record's texts.
    init(role: Range<Int>, content: Range<Int>) {
      places = (
        UInt32(role.lowerBound), UInt32(role.upperBound), UInt32(content.lowerBound), UInt32(content.upperBound)
      )
    }

    var role: Range<Int> { Int(places.roleStart)..<Int(places.roleEnd) }
    var content: Range<Int> { Int(places.contentStart)..<Int(places.contentEnd) }
  }

  /// Members that a record may have.
  struct Members: OptionSet {
    let rawValue: UInt8

    static let systemPrompt = Members(rawValue: 1)
    static let label = Members(rawValue: 2)
    static let promptIndex = Members(rawValue: 4)
    static let questionIndex = Members(rawValue: 8)
    static let question = Members(rawValue: 16)
    static let conversation = Members(rawValue: 32)
  }

  /// The texts (UTF-8), escapes resolved.
  var text = JSONText()
  /// The members that were there.
  var members: Members = []
  /// Nil for null.
  var systemPrompt: Range<Int>?
  var label = 0..<0
  var promptIndex = 0
  var questionIndex = 0
  /// Nil for null.
  var question: Range<Int>?
  var messages: [Message] = []
  /// Messages with members beyond role and content, which are left out.
  var messagesWithMore = 0

  /// More messages than most records have.
  private static let keptMessages = 1 << 16

  /// Releases memory that an unusually long record took; its contents are undefined then.
  mutating func release() {
    text.release()
    if messages.capacity > Self.keptMessages { messages = [] }
  }

  /// Forgets the record, keeps the storage and makes room for a line.
  mutating func removeAll(lineLength: Int) {
    text.removeAll(sourceLength: lineLength)
    members = []
    systemPrompt = nil
    label = 0..<0
    question = nil
    messages.removeAll(keepingCapacity: true)
    messagesWithMore = 0
  }
}

/// Reads one line of raw records: a JSON object (RFC 8259) whose known members go straight into a `RawRecord`.
///
/// If a member occurs twice the later one counts, as in Python. Unknown members are checked and left out.
struct RecordParser: ~Escapable {
  private var scanner: JSONScanner
  /// What is wrong with a message of the line, if the line is JSON nevertheless.
  private var fault: FileError?

  @_lifetime(copy line)
  private init(_ line: RawSpan) { scanner = JSONScanner(line, loneSurrogates: .refused) }

  /// Parses a line.
  ///
  /// - Parameters:
  ///   - line: the bytes of the line without its newline.
  ///   - record: receives what the line holds; after an error its contents are undefined.
  /// - Throws: `FileError` if the line is no JSON object, or lacks a member or has it in another type.
  /// - Complexity: O(bytes of the line).
  static func parse(_ line: RawSpan, into record: inout RawRecord) throws(FileError) {
    record.removeAll(lineLength: line.byteCount)
    var parser = RecordParser(line)
    try parser.parseRecord(into: &record)
    try parser.scanner.finish()
    if let fault = parser.fault { throw fault }
    try check(record)
  }

  private mutating func parseRecord(into record: inout RawRecord) throws(FileError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch RecordMember(key, of: scanner) {
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
      case .role, .content, .other: try scanner.skipValue()
      }
    }
  }

  private mutating func parseConversation(into record: inout RawRecord) throws(FileError) {
    record.messages.removeAll(keepingCapacity: true)
    record.messagesWithMore = 0
    try scanner.beginArray("a list of messages")
    while try scanner.nextElement() { try parseMessage(into: &record) }
  }

  private mutating func parseMessage(into record: inout RawRecord) throws(FileError) {
    var role: Range<Int>?
    var content: Range<Int>?
    var hasMore = false
    try scanner.beginObject("a message with role and content")
    while let key = try scanner.nextKey() {
      switch RecordMember(key, of: scanner) {
      case .role: role = try scanner.string(into: &record.text)
      case .content: content = try scanner.string(into: &record.text)
      default:
        hasMore = true
        try scanner.skipValue()
      }
    }
    if fault == nil, role == nil || content == nil {
      fault = FileError(.damaged, "message \(record.messages.count + 1) lacks its \(role == nil ? "role" : "content")")
    }
    record.messages.append(RawRecord.Message(role: role ?? 0..<0, content: content ?? 0..<0))
    record.messagesWithMore += hasMore ? 1 : 0
  }

  private static func check(_ record: RawRecord) throws(FileError) {
    let required: [(RawRecord.Members, String)] = [
      (.systemPrompt, "system_prompt"), (.label, "label"), (.promptIndex, "prompt_index"),
      (.questionIndex, "question_index"), (.question, "question"), (.conversation, "conversation"),
    ]
    for (member, name) in required where !record.members.contains(member) {
      throw FileError(.damaged, "\"\(name)\" is missing")
    }
  }
}

/// A member's name, as far as raw records know it.
private enum RecordMember {
  case systemPrompt, label, promptIndex, questionIndex, question, conversation, role, content, other

  init(_ key: JSONString, of scanner: borrowing JSONScanner) {
    guard !key.hasEscapes else {
      self = Self.all.first { scanner.matches(key, $0.name) }?.member ?? .other
      return
    }
    // Most names differ in length, so one comparison is enough.
    let (candidate, name): (RecordMember, StaticString) =
      switch key.range.count {
      case 4: (.role, "role")
      case 5: (.label, "label")
      case 7: (.content, "content")
      case 8: (.question, "question")
      case 12:
        scanner.matches(key, "prompt_index") ? (.promptIndex, "prompt_index") : (.conversation, "conversation")
      case 13: (.systemPrompt, "system_prompt")
      case 14: (.questionIndex, "question_index")
      default: (.other, "")
      }
    self = scanner.matches(key, name) ? candidate : .other
  }

  private static let all: [(member: RecordMember, name: StaticString)] = [
    (.systemPrompt, "system_prompt"), (.label, "label"), (.promptIndex, "prompt_index"),
    (.questionIndex, "question_index"), (.question, "question"), (.conversation, "conversation"), (.role, "role"),
    (.content, "content"),
  ]
}
