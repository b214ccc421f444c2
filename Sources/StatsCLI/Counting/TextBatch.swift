/// Texts in memory, one behind the other: what `count` has read and is about to count.
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
  mutating func append(_ text: RawSpan) {
    text.withUnsafeBytes { bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
  }

  /// Adds a text whose bytes `body` appends.
  mutating func append(with body: (inout [UInt8]) throws(TextFault) -> Void) throws(TextFault) {
    let start = bytes.count
    do {
      try body(&bytes)
    } catch {
      bytes.removeSubrange(start...)
      throw error
    }
    ends.append(bytes.count)
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
