/// The sizes of a conversation's message contents as stored.
public struct ContentSize {
  /// In bytes of UTF-8.
  public var bytes = 0
  /// In Unicode scalars.
  public var characters = 0

  /// Makes a size of nothing.
  public init() {}
}

extension ContentSize {
  /// Adds the bytes of one content; every byte that does not continue a scalar begins one.
  public mutating func add(_ text: RawSpan) {
    bytes += text.byteCount
    characters += text.byteCount - text.withUnsafeBytes(Self.continuations)
  }

  /// The number of bytes that continue a scalar: those with the highest bits 10.
  private static func continuations(_ bytes: UnsafeRawBufferPointer) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var count = 0
    var offset = 0
    while offset &+ 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let found = (word &>> 7) & (~word &>> 6) & ones
      // The product's highest byte is the sum of all bytes.
      count &+= Int(truncatingIfNeeded: (found &* ones) &>> 56)
      offset &+= 8
    }
    for byte in bytes[offset...] where byte & 0xC0 == 0x80 { count &+= 1 }
    return count
  }
}
