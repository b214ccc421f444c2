import JSON

/// Texts in memory, one after another: what `count` has read and is about to count.
struct TextBatch: Sendable {
  /// The bytes of all texts.
  private(set) var bytes: [UInt8] = []
  /// Offset behind each text's last byte.
  private(set) var ends: [Int] = []
  /// Texts that could not be read, by position, with the reason; their bytes are empty.
  private(set) var failures: [Int: String] = [:]

  /// Number of texts.
  var count: Int { ends.count }

  /// The bytes of one text.
  func range(of text: Int) -> Range<Int> {
    (text == 0 ? 0 : ends[text - 1])..<ends[text]
  }

  /// Adds a text.
  mutating func append(_ text: [UInt8]) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }

  /// Adds the text of a line that is plainly one JSON string, or returns false and adds nothing.
  mutating func append(decoding line: RawSpan) -> Bool {
    var scanner = JSONScanner(line)
    guard scanner.peek() == UInt8(ascii: "\"") else { return false }
    let start = bytes.count
    guard (try? scanner.string(appendingTo: &bytes)) != nil, scanner.peek() == nil else {
      bytes.removeSubrange(start...)
      return false
    }
    ends.append(bytes.count)
    return true
  }

  /// Adds the place of a text that could not be read.
  mutating func append(failure: String) {
    failures[count] = failure
    ends.append(bytes.count)
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    failures.removeAll()
  }
}
