import Glibc

/// The tokens of texts that come again and again: what the template writes itself, system prompts, questions.
///
/// Each text has one place, which the next text with the same place takes over. The bytes are compared, so a text never
/// gets another's tokens.
struct SpanCache {
  private struct Entry {
    var hash: UInt64 = 0
    var bytes: [UInt8] = []
    var tokens = 0
  }

  private var entries = [Entry](repeating: Entry(), count: places)
  private static let places = 1 << 10
  /// Longer texts are not kept, so that the cache takes 8 MiB at most: an array may have room for twice its bytes.
  static let maximumLength = 4096

  /// A hash of a text, to be passed to the other functions.
  static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: text.count)
    var offset = 0
    while offset &+ 8 <= text.count {
      hash = mixed(hash ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset &+= 8
    }
    var rest: UInt64 = 0
    for byte in text[offset...] { rest = rest << 8 | UInt64(byte) }
    return mixed(hash ^ rest)
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// The tokens of `text`; nil if they are not known.
  func tokens(of text: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
    let place = Self.place(hash)
    guard entries[place].hash == hash, entries[place].bytes.count == text.count else { return nil }
    let isEqual = entries[place].bytes.withUnsafeBytes { Self.areEqual($0, text) }
    return isEqual ? entries[place].tokens : nil
  }

  /// Keeps the tokens of `text`, unless it is long.
  mutating func remember(_ text: UnsafeRawBufferPointer, hash: UInt64, tokens: Int) {
    guard text.count <= Self.maximumLength else { return }
    let place = Self.place(hash)
    entries[place].hash = hash
    entries[place].bytes.removeAll(keepingCapacity: true)
    entries[place].bytes.append(contentsOf: text)
    entries[place].tokens = tokens
  }

  private static func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash & UInt64(places - 1)) }

  private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let a = left.baseAddress, let b = right.baseAddress else { return left.count == right.count }
    return memcmp(a, b, left.count) == 0
  }
}
