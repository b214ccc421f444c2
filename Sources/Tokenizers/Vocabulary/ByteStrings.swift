/// Many byte strings in one allocation, addressed by their position.
public struct ByteStrings: Hashable, Sendable {
  /// The bytes of all strings, one after another.
  public private(set) var bytes: [UInt8] = []
  /// Where each string begins, and finally where the last one ends.
  public private(set) var offsets: [UInt32] = [0]

  /// Makes an empty list of strings.
  public init() {}

  /// The number of strings.
  public var count: Int { offsets.count - 1 }

  /// The range of string `index` in `bytes`.
  public func range(_ index: Int) -> Range<Int> { Int(offsets[index])..<Int(offsets[index + 1]) }

  /// The bytes of string `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// Adds a string at the end.
  public mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }
}

/// Finds the position of a byte string among many.
///
/// Swift's `String` compares by canonical equivalence, under which distinct tokens are equal; this compares bytes.
struct ByteStringIndex {
  private let strings: ByteStrings
  private var slots: [Int32]
  /// Whether there are strings of each length, so that the parts of a long string are hashed only if they can be found.
  private var hasLength: [Bool]

  /// Indexes `strings`; of equal strings the last one is found. Empty strings are left out.
  init(_ strings: ByteStrings) {
    self.strings = strings
    var capacity = 16
    while capacity < strings.count * 2 { capacity *= 2 }
    slots = [Int32](repeating: -1, count: capacity)
    hasLength = [Bool](repeating: false, count: ((0..<strings.count).map { strings.range($0).count }.max() ?? 0) + 1)
    for index in 0..<strings.count where !strings[index].isEmpty {
      slots[slot(of: strings.range(index), in: strings.bytes)] = Int32(index)
      hasLength[strings.range(index).count] = true
    }
  }

  /// The position of the bytes in `range` of `bytes`; nil if no such string is indexed.
  func position(of range: Range<Int>, in bytes: [UInt8]) -> Int? {
    guard range.count < hasLength.count, hasLength[range.count] else { return nil }
    let found = slots[slot(of: range, in: bytes)]
    return found < 0 ? nil : Int(found)
  }

  /// The position of `bytes`; nil if no such string is indexed.
  func position(of bytes: [UInt8]) -> Int? { position(of: 0..<bytes.count, in: bytes) }

  private func slot(of range: Range<Int>, in bytes: [UInt8]) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in range { hash = (hash ^ UInt64(bytes[offset])) &* 0x0000_0100_0000_01B3 }
    hash ^= hash >> 29
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0, !isEqual(Int(slots[slot]), range, bytes) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private func isEqual(_ index: Int, _ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let stored = strings.range(index)
    guard stored.count == range.count else { return false }
    for offset in 0..<range.count where strings.bytes[stored.lowerBound + offset] != bytes[range.lowerBound + offset] {
      return false
    }
    return true
  }
}

/// The characters that byte-level BPE files write for bytes.
///
/// GPT-2's table: the visible Latin-1 characters are themselves, the other bytes are U+0100 and the following in order.
enum ByteAlphabet {
  /// The byte of every character from U+0000 to U+0143 that is written for one.
  private static let byteOfScalar: [UInt8?] = {
    var table = [UInt8?](repeating: nil, count: 0x144)
    var next = 0x100
    for byte in 0..<256 {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: table[byte] = UInt8(byte)
      default:
        table[next] = UInt8(byte)
        next += 1
      }
    }
    return table
  }()

  /// The character of each byte.
  private static let scalarOfByte: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 256)
    for (scalar, byte) in byteOfScalar.enumerated() {
      if let byte { table[Int(byte)] = UInt32(scalar) }
    }
    return table
  }()

  /// The character that is written for a byte.
  static func scalar(of byte: UInt8) -> UInt32 { scalarOfByte[Int(byte)] }

  /// The byte that a character is written for; nil if there is none.
  static func byte(of scalar: UInt32) -> UInt8? {
    scalar < byteOfScalar.count ? byteOfScalar[Int(scalar)] : nil
  }

  /// The bytes that UTF-8 `text` is written for; nil if it holds a character that is written for none.
  static func bytes(of text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    // The alphabet ends before U+0800: a character has one byte or two.
    var lead: UInt8 = 0
    for byte in text {
      var scalar = Int(byte)
      switch (lead, byte) {
      case (0, 0xC2...0xDF):
        lead = byte
        continue
      case (0, ..<0x80): break
      case (0xC2..., 0x80..<0xC0): scalar = Int(lead & 0x1F) << 6 | Int(byte & 0x3F)
      default: return nil
      }
      lead = 0
      guard scalar < byteOfScalar.count, let found = byteOfScalar[scalar] else { return nil }
      bytes.append(found)
    }
    return lead == 0 ? bytes : nil
  }
}
