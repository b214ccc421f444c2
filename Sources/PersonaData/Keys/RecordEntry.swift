import Datasets
/// What is known of one key: its score and the line on which a record with it was first seen. 32 bytes without pointers, so
/// that it can stand in a file.
struct RecordEntry: BitwiseCopyable {
  /// What the file of scores has for a key.
  enum Kind: UInt64 {
    /// The key is not there.
    case none
    case number
    case null
    case refusal
    /// Neither a whole number nor null nor a refusal.
    case unreadable
    /// The name is not that of a record; its digest stands in the place of the numbers.
    case odd
  }

  private var promptIndex: Int64
  private var questionIndex: Int64
  /// From the lowest bit: the label's number + 1 in 16 bits, so that no entry in use is 0, the kind in 3, the line in 45.
  private var packed: UInt64
  private var number: Int64

  /// How many different labels there can be.
  static let labelLimit = 0xFFFE
  /// In the place of a label's number for names that are not those of records.
  static let oddLabel = labelLimit

  private static let kindShift: UInt64 = 16
  private static let lineShift: UInt64 = 19
  private static let lineLimit = 1 << 45 - 1

  /// An entry that is not in use; all bytes are zeros.
  static let free = RecordEntry()

  private init() { (promptIndex, questionIndex, packed, number) = (0, 0, 0, 0) }

  /// An entry without score and line.
  init(_ key: RecordKey) {
    promptIndex = Int64(key.promptIndex)
    questionIndex = Int64(key.questionIndex)
    packed = UInt64(key.label + 1)
    number = 0
  }

  var isFree: Bool { packed == 0 }

  /// Whether the entry is in use for a key.
  @inline(__always)
  func holds(_ key: RecordKey) -> Bool {
    questionIndex == key.questionIndex && promptIndex == key.promptIndex && packed & 0xFFFF == UInt64(key.label + 1)
  }

  /// The key of an entry in use.
  var key: RecordKey {
    RecordKey(
      label: Int(packed & 0xFFFF) - 1, promptIndex: Int(promptIndex), questionIndex: Int(questionIndex))
  }

  var kind: Kind { Kind(rawValue: packed >> Self.kindShift & 7) ?? .none }

  /// The score; nil where there is none.
  var score: Int? { kind == .number ? Int(number) : nil }

  /// Sets what the file of scores has.
  mutating func set(_ kind: Kind, score: Int = 0) {
    packed = packed & ~(7 << Self.kindShift) | kind.rawValue << Self.kindShift
    number = Int64(score)
  }

  /// The line on which a record with this key was first seen, from 1; 0 where none was.
  var line: Int {
    get { Int(packed >> Self.lineShift) }
    set { packed = packed & (1 << Self.lineShift - 1) | UInt64(min(newValue, Self.lineLimit)) << Self.lineShift }
  }
}
