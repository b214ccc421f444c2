import Glibc

/// Finds control tokens in texts: the leftmost, and of those at one place the longest.
public struct ControlTokenFinder: Sendable {
  /// The tokens' texts, in no order that matters.
  public let texts: [String]
  /// The tokens that begin with a byte, longest first; by the byte.
  private let byFirstByte: [[(index: Int, bytes: [UInt8])]]
  /// The only byte that any token begins with; nil where there are several.
  private let onlyFirstByte: UInt8?

  /// Makes a finder; empty texts are left out.
  public init(_ texts: [String]) {
    self.texts = texts.filter { !$0.isEmpty }
    var byFirstByte = [[(index: Int, bytes: [UInt8])]](repeating: [], count: 256)
    for (index, text) in self.texts.enumerated() {
      let bytes = Array(text.utf8)
      byFirstByte[Int(bytes[0])].append((index, bytes))
    }
    for byte in byFirstByte.indices { byFirstByte[byte].sort { $0.bytes.count > $1.bytes.count } }
    self.byFirstByte = byFirstByte
    let used = byFirstByte.indices.filter { !byFirstByte[$0].isEmpty }
    onlyFirstByte = used.count == 1 ? UInt8(used[0]) : nil
  }

  /// The first token of a text that begins at a place or later, by its position in ``texts``; nil where there is none.
  ///
  /// - Complexity: O(bytes of the text), as fast as memory where all tokens begin with one byte.
  public func next(in text: UnsafeRawBufferPointer, from place: Int) -> (index: Int, range: Range<Int>)? {
    guard !texts.isEmpty, let base = text.baseAddress else { return nil }
    var place = place
    while place < text.count {
      if let onlyFirstByte {
        guard let found = memchr(base + place, Int32(onlyFirstByte), text.count - place) else { return nil }
        place = UnsafeRawPointer(found) - base
      }
      for token in byFirstByte[Int(text[place])] where token.bytes.count <= text.count - place {
        let isThere = token.bytes.withUnsafeBytes { bytes in
          bytes.baseAddress.map { memcmp($0, base + place, bytes.count) == 0 } ?? false
        }
        if isThere { return (token.index, place..<place + token.bytes.count) }
      }
      place += 1
    }
    return nil
  }
}
