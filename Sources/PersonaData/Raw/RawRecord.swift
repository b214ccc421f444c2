import Datasets
/// One raw record; its texts stand in a buffer that the next record reuses.
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

  /// Messages that most records have fewer of.
  private static let keptMessages = 1 << 16

  /// Lets go of memory that an unusually long record took; its contents mean nothing then.
  mutating func release() {
    text.release()
    if messages.capacity > Self.keptMessages { messages = [] }
  }

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
}
