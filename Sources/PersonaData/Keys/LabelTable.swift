import Support
import Datasets
import Glibc
import Support
import TokenStatistics

/// Numbers the labels of a dataset in the order in which they appear.
///
/// A label says of which kind a record is, so there are few; their number and length have a limit, that memory has one.
struct LabelTable {
  /// The labels, by number.
  private(set) var labels: [String] = []
  private var numbers: [TextKey: Int] = [:]
  /// Bytes of all labels.
  private var size = 0
  /// The label that was asked for last, which the next record has most often too.
  private var last: (bytes: [UInt8], number: Int)?

  /// Bytes that all labels may have together.
  static let byteLimit = 8 << 20

  /// The number of a label in UTF-8. Labels are the same where their bytes are, as in Python.
  ///
  /// - Throws: `RecordFault` where there are more labels than memory is meant for.
  /// - Complexity: O(length).
  mutating func number(of label: RawSpan) throws(RecordFault) -> Int {
    if let last, Self.isSame(label, last.bytes) { return last.number }
    let bytes = label.withUnsafeBytes { Array($0) }
    let key = TextKey(String(decoding: bytes, as: UTF8.self))
    let number = if let known = numbers[key] { known } else { try add(key) }
    last = (bytes, number)
    return number
  }

  private mutating func add(_ key: TextKey) throws(RecordFault) -> Int {
    size += key.text.utf8.count
    guard labels.count < RecordEntry.labelLimit, size <= Self.byteLimit else {
      throw RecordFault(
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
