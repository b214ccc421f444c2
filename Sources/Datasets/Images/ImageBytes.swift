import Support

/// The bytes of an image, of which only those are fetched that are looked at.
struct ImageBytes {
  /// How many there are.
  let count: Int
  /// Fetches bytes of a range within them; fewer where they cannot be read.
  private let fetch: (Range<Int>) -> [UInt8]

  /// The most bytes that are fetched at once: no header is longer.
  static let longest = 1 << 20

  /// Bytes in memory.
  init(_ bytes: [UInt8]) {
    count = bytes.count
    fetch = { Array(bytes[$0]) }
  }

  /// Bytes of a column, which must outlive the value.
  init(_ bytes: UnsafeRawBufferPointer) {
    count = bytes.count
    fetch = { Array(bytes[$0]) }
  }

  /// The bytes of a file.
  init(_ file: RandomAccessFile) {
    count = file.count
    fetch = { file.bytes($0) }
  }

  /// The bytes that a text in Base64 encodes; as Python does, what is no digit is passed over.
  init(base64 text: [UInt8]) {
    let digits = text.allSatisfy(Self.isDigit) ? text : text.filter(Self.isDigit)
    count = digits.count / 4 * 3 + max(0, digits.count % 4 - 1)
    fetch = { range in
      let first = range.lowerBound / 3
      let end = min((range.upperBound + 2) / 3 * 4, digits.count)
      var group = Array(digits[first * 4..<end])
      while group.count % 4 != 0 { group.append(UInt8(ascii: "=")) }
      let bytes = Base64.decode(group[...]) ?? []
      return Array(bytes.dropFirst(range.lowerBound - first * 3).prefix(range.count))
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// Some bytes; nil where they are not all there.
  func bytes(at offset: Int, count wanted: Int) -> [UInt8]? {
    guard wanted >= 0, wanted <= Self.longest, offset >= 0, offset <= count - wanted else { return nil }
    let bytes = fetch(offset..<offset + wanted)
    return bytes.count == wanted ? bytes : nil
  }
}
