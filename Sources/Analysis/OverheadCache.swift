internal import Glibc

/// The tokens of the few texts that a template writes between messages, known by their bytes.
struct OverheadCache {
  private var entries: [(bytes: [UInt8], tokens: Int)] = []
  private static let capacity = 16
  /// Longer texts are not kept.
  static let maximumLength = 512

  /// The tokens of `text`; nil where they are not known.
  func tokens(of text: UnsafeRawBufferPointer) -> Int? {
    for entry in entries where entry.bytes.count == text.count {
      if entry.bytes.withUnsafeBytes({ Self.areEqual($0, text) }) { return entry.tokens }
    }
    return nil
  }

  /// Keeps the tokens of `text`, in the place of an older text where there is no room.
  mutating func remember(_ text: UnsafeRawBufferPointer, tokens: Int) {
    guard text.count <= Self.maximumLength else { return }
    if entries.count >= Self.capacity { entries.removeFirst() }
    entries.append((Array(text), tokens))
  }

  private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let a = left.baseAddress, let b = right.baseAddress else { return left.count == right.count }
    return memcmp(a, b, left.count) == 0
  }
}
