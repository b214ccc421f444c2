import Datasets
import Glibc
import Support
import TokenStatistics

/// What identifies a record of a persona, its label by number.
struct RecordKey: Equatable {
  /// The label's number in a ``LabelTable``.
  let label: Int
  let promptIndex: Int
  let questionIndex: Int

  /// Questions that differ only in this many low bits are neighbors.
  static let neighborBits = 5
  /// Differs from run to run, so that no input can be crafted to collide.
  private static let seed = UInt64.random(in: .min ... .max)

  /// A hash of 64 bits. Neighbors differ only in its lowest bits: records are in the order of their questions, so the
  /// next one's entry is most often in memory that was just read.
  var hash: UInt64 {
    let numbers = UInt64(bitPattern: Int64(promptIndex)) ^ Self.seed
    let others = UInt64(bitPattern: Int64(questionIndex >> Self.neighborBits)) ^ UInt64(label) << 48
    let neighborhood = Self.mix(Self.mix(numbers, 0x9E37_79B9_7F4A_7C15) ^ others, 0xD6E8_FEB8_6659_FD93)
    return neighborhood << UInt64(Self.neighborBits) | UInt64(questionIndex & (1 << Self.neighborBits - 1))
  }

  private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }
}

/// What is known about one key: its score and the line on which a record with it was first seen. It has 32 bytes.
struct RecordEntry: BitwiseCopyable {
  /// What the file of scores holds for a key.
  enum Kind: UInt64 {
    /// The key is not there.
    case none
    case number
    case null
    case refusal
    /// Neither a whole number nor null nor a refusal.
    case unreadable
    /// The name is not a record's; its digest takes the place of the numbers.
    case odd
  }

  private var promptIndex: Int64
  private var questionIndex: Int64
  /// From the lowest bit: the label's number + 1 in 16 bits, so that no entry in use is 0, the kind in 3, the line in
  /// 45.
  private var packed: UInt64
  private var number: Int64

  /// How many different labels there can be.
  static let labelLimit = 0xFFFE
  /// In place of a label's number, for names that are not a record's.
  static let oddLabel = labelLimit

  private static let kindShift: UInt64 = 16
  private static let lineShift: UInt64 = 19
  private static let lineLimit = 1 << 45 - 1

  /// An entry that is not in use.
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
    RecordKey(label: Int(packed & 0xFFFF) - 1, promptIndex: Int(promptIndex), questionIndex: Int(questionIndex))
  }

  var kind: Kind { Kind(rawValue: packed >> Self.kindShift & 7) ?? .none }

  /// The score; nil if there is none.
  var score: Int? { kind == .number ? Int(number) : nil }

  /// Sets what the file of scores holds.
  mutating func set(_ kind: Kind, score: Int = 0) {
    packed = packed & ~(7 << Self.kindShift) | kind.rawValue << Self.kindShift
    number = Int64(score)
  }

  /// The line on which a record with this key was first seen, from 1; 0 if none was.
  var line: Int {
    get { Int(packed >> Self.lineShift) }
    set { packed = packed & (1 << Self.lineShift - 1) | UInt64(min(newValue, Self.lineLimit)) << Self.lineShift }
  }
}

/// Scores and lines by key: an open hash table in memory, of which at most three quarters are in use.
struct RecordTable: ~Copyable {
  /// Number of keys.
  private(set) var count = 0
  /// As many as a power of two.
  private var entries: [RecordEntry]

  /// Odd, so that all slots are reached, and larger than a neighborhood.
  private static let stride = 1 << RecordKey.neighborBits + 1

  /// Makes an empty table.
  init() { entries = [RecordEntry](repeating: .free, count: 1 << 11) }

  /// What is known about a key; nil if it is not there.
  ///
  /// - Complexity: O(1) on average.
  func entry(_ key: RecordKey) -> RecordEntry? {
    let entry = entries[place(of: key)]
    return entry.isFree ? nil : entry
  }

  /// Changes what is known about a key, which is added if it is not there.
  ///
  /// - Returns: what was known before.
  /// - Complexity: O(1) on average.
  @inline(__always)
  mutating func update(_ key: RecordKey, _ change: (inout RecordEntry) -> Void) -> RecordEntry {
    var place = place(of: key)
    if entries[place].isFree {
      count += 1
      if count * 4 > entries.count * 3 {
        grow()
        place = self.place(of: key)
      }
      entries[place] = RecordEntry(key)
    }
    let before = entries[place]
    change(&entries[place])
    return before
  }

  /// Calls `body` with each entry, in no particular order.
  func forEach(_ body: (RecordEntry) -> Void) {
    for entry in entries where !entry.isFree { body(entry) }
  }

  /// Forgets on which lines records were seen.
  ///
  /// - Complexity: O(size of the table).
  mutating func forgetLines() {
    for place in entries.indices where entries[place].line > 0 { entries[place].line = 0 }
  }

  /// Where the entry of a key is, or the free one that it is to take.
  private func place(of key: RecordKey) -> Int {
    let mask = entries.count - 1
    var place = Int(truncatingIfNeeded: key.hash) & mask
    while !entries[place].isFree, !entries[place].holds(key) { place = (place + Self.stride) & mask }
    return place
  }

  /// Moves all entries to a table of twice the size.
  private mutating func grow() {
    let old = entries
    entries = [RecordEntry](repeating: .free, count: 2 * old.count)
    for entry in old where !entry.isFree { entries[place(of: entry.key)] = entry }
  }
}

/// Numbers the labels of a dataset in the order in which they appear.
///
/// A label says which kind of record it is, so there are few. Their number and length are limited, to limit memory.
struct LabelTable {
  /// The labels, by number.
  private(set) var labels: [String] = []
  private var numbers: [TextKey: Int] = [:]
  /// Bytes of all labels.
  private var size = 0
  /// The label that was asked for last, which the next record usually has too.
  private var last: (bytes: [UInt8], number: Int)?

  /// Bytes that all labels may have together.
  static let byteLimit = 8 << 20

  /// The number of a label in UTF-8. Labels are the same where their bytes are, as in Python.
  ///
  /// - Throws: `FileError` if the labels exceed the limits.
  /// - Complexity: O(length).
  mutating func number(of label: RawSpan) throws(FileError) -> Int {
    if let last, Self.isSame(label, last.bytes) { return last.number }
    let bytes = label.withUnsafeBytes { Array($0) }
    let key = TextKey(String(decoding: bytes, as: UTF8.self))
    let number = if let known = numbers[key] { known } else { try add(key) }
    last = (bytes, number)
    return number
  }

  private mutating func add(_ key: TextKey) throws(FileError) -> Int {
    size += key.text.utf8.count
    guard labels.count < RecordEntry.labelLimit, size <= Self.byteLimit else {
      throw FileError(
        .unsupported,
        "there are more than \(RecordEntry.labelLimit) different labels so far, or they take more than "
          + "\(Self.byteLimit) bytes together; a label should say of which kind a record is, such as pos or neg")
    }
    numbers[key] = labels.count
    labels.append(key.text)
    return labels.count - 1
  }

  private static func isSame(_ label: RawSpan, _ bytes: [UInt8]) -> Bool {
    guard label.byteCount == bytes.count else { return false }
    return label.withUnsafeBytes { label in
      guard let left = label.baseAddress else { return true }
      return memcmp(left, bytes, label.count) == 0
    }
  }
}

/// Counts rows by the number of their label.
struct LabelTally {
  /// Rows by label number; 0 for labels without rows.
  private var rows: [Int] = []
  /// The labels with rows, in the order of their first rows.
  private var order: [Int] = []

  /// Counts a row.
  mutating func add(_ label: Int) {
    while rows.count <= label { rows.append(0) }
    if rows[label] == 0 { order.append(label) }
    rows[label] += 1
  }

  /// The counts, in the order of the labels' first rows.
  func counts(_ labels: LabelTable) -> [PersonaListing.LabelCount] {
    order.map { PersonaListing.LabelCount(label: labels.labels[$0], rows: rows[$0]) }
  }
}
