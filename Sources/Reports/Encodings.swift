import JSON

/// Integers as text of 64 characters that JSON, HTML and scripts pass through unchanged.
///
/// Each integer is a run of characters of five bits each, lowest first, all but the last with the sixth bit set: the
/// variable-length code of source maps without its sign. Small numbers, which histograms are made of, take one
/// character where JSON takes two to four.
struct PackedIntegers {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private var bytes: [UInt8] = []

  /// The text of all integers appended so far.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Appends an integer; a negative one, which no count is, becomes 0.
  mutating func append(_ value: Int) {
    var rest = max(0, value)
    while rest >= 32 {
      bytes.append(Self.alphabet[rest & 31 | 32])
      rest >>= 5
    }
    bytes.append(Self.alphabet[rest])
  }

  /// Appends an integer of either sign: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
  mutating func append(signed value: Int) { append(Self.unsigned(value)) }

  /// The number that stands for an integer of either sign.
  static func unsigned(_ value: Int) -> Int { (value << 1) ^ (value >> (Int.bitWidth - 1)) }

  /// Packs some integers.
  static func pack(_ values: some Sequence<Int>) -> String {
    var packed = PackedIntegers()
    for value in values { packed.append(value) }
    return packed.text
  }

  /// Packs ascending integers as their differences.
  static func pack(ascending values: some Sequence<Int>) -> String {
    var packed = PackedIntegers()
    var previous = 0
    for value in values {
      packed.append(value - previous)
      previous = value
    }
    return packed.text
  }

  /// Packs counts of which many at both ends are 0: the index of the first other, then up to the last other.
  static func pack(sparse counts: some BidirectionalCollection<Int>) -> String {
    guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else {
      return ""
    }
    var packed = PackedIntegers()
    packed.append(counts.distance(from: counts.startIndex, to: first))
    for count in counts[first...last] { packed.append(count) }
    return packed.text
  }
}

/// Fields of tab-separated values.
enum TabSeparated {
  /// A text that keeps its row and column, and that no spreadsheet runs.
  ///
  /// A tab, line feed, carriage return or backslash becomes `\t`, `\n`, `\r`, `\\`. Texts that begin with `=`, `+`, `-` or
  /// `@`, which spreadsheets take for formulas, get an apostrophe before them, and so do texts that begin with one.
  static func escape(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends a text as ``escape(_:)`` has it.
  static func append(_ text: String, to bytes: inout [UInt8]) {
    if let first = text.utf8.first, formulaStarts.contains(first) { bytes.append(UInt8(ascii: "'")) }
    for byte in text.utf8 {
      switch byte {
      case 0x09: bytes.append(contentsOf: [backslash, UInt8(ascii: "t")])
      case 0x0A: bytes.append(contentsOf: [backslash, UInt8(ascii: "n")])
      case 0x0D: bytes.append(contentsOf: [backslash, UInt8(ascii: "r")])
      case backslash: bytes.append(contentsOf: [backslash, backslash])
      default: bytes.append(byte)
      }
    }
  }

  private static let backslash = UInt8(ascii: "\\")
  private static let formulaStarts = Array("=+-@'".utf8)
}

extension JSONValue {
  /// A number rounded to thousandths, which is more than any table shows; an integer where nothing is left over.
  static func thousandths(_ value: Double) -> JSONValue {
    let scaled = (value * 1_000).rounded()
    guard scaled.magnitude < 1e15 else { return .double(value) }
    let integer = Int64(scaled)
    return integer % 1_000 == 0 ? .integer(integer / 1_000) : .double(scaled / 1_000)
  }
}
