/// One raw record; its texts stand in a buffer that the next record reuses.
struct RawRecord {
  /// A message of the conversation.
  struct Message {
    var role: Range<Int>
    var content: Range<Int>
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
  var text = RecordText()
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

  /// Forgets the record, keeps the storage and makes room for a line.
  mutating func removeAll(lineLength: Int) {
    text.removeAll(lineLength: lineLength)
    members = []
    systemPrompt = nil
    label = 0..<0
    question = nil
    messages.removeAll(keepingCapacity: true)
    messagesWithMore = 0
  }

  /// What the scores call the record.
  var key: RecordKey {
    RecordKey(
      label: text.span.extracting(label).withUnsafeBytes { String(decoding: $0, as: UTF8.self) },
      promptIndex: promptIndex, questionIndex: questionIndex)
  }
}
