import Glibc

/// Many byte strings in one allocation, addressed by their position.
public struct ByteStrings: Hashable, Sendable {
  /// The bytes of all strings, one after another.
  public private(set) var bytes: [UInt8] = []
  /// Where each string begins, and finally where the last one ends.
  public private(set) var offsets: [UInt32] = [0]

  /// Makes an empty list of strings.
  public init() {}

  /// Takes strings as they are stored; nil where an offset does not fit.
  init?(bytes: [UInt8], offsets: [UInt32]) {
    guard offsets.first == 0, offsets.last == UInt32(exactly: bytes.count),
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
    self.bytes = bytes
    self.offsets = offsets
  }

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
  /// Positions in the lower half, a part of the hash in the upper; the highest number is a free slot.
  private var slots: [UInt64]
  /// Whether there are strings of each length, so that the parts of a long string are hashed only if they can be found.
  private var hasLength: [Bool]

  /// Whether some string is there more than once.
  private(set) var hasRepetitions = false

  private static let free = UInt64.max

  /// Indexes `strings`; of equal strings the last one is found. Empty strings are left out.
  init(_ strings: ByteStrings) {
    self.strings = strings
    var capacity = 16
    while capacity < strings.count * 2 { capacity *= 2 }
    slots = [UInt64](repeating: Self.free, count: capacity)
    hasLength = [Bool](repeating: false, count: ((0..<strings.count).map { strings.range($0).count }.max() ?? 0) + 1)
    for index in 0..<strings.count {
      let range = strings.range(index)
      if range.isEmpty { continue }
      let hash = Self.hash(of: range, in: strings.bytes)
      let slot = slot(of: range, in: strings.bytes, hash)
      hasRepetitions = hasRepetitions || slots[slot] != Self.free
      slots[slot] = hash & Self.tag | UInt64(index)
      hasLength[range.count] = true
    }
  }

  /// The position of the bytes in `range` of `bytes`; nil if no such string is indexed.
  func position(of range: Range<Int>, in bytes: [UInt8]) -> Int? {
    guard range.count < hasLength.count, hasLength[range.count] else { return nil }
    let found = slots[slot(of: range, in: bytes, Self.hash(of: range, in: bytes))]
    return found == Self.free ? nil : Int(found & ~Self.tag)
  }

  /// The position of `bytes`; nil if no such string is indexed.
  func position(of bytes: [UInt8]) -> Int? { position(of: 0..<bytes.count, in: bytes) }

  /// The bits of a slot that hold a part of the hash.
  private static let tag: UInt64 = 0xFFFF_FFFF_0000_0000

  private func slot(of range: Range<Int>, in bytes: [UInt8], _ hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
    while true {
      let found = slots[slot]
      if found == Self.free { return slot }
      if (found ^ hash) & Self.tag == 0, isEqual(Int(found & ~Self.tag), range, bytes) { return slot }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
  }

  private static func hash(of range: Range<Int>, in bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { raw in
      var hash = UInt64(truncatingIfNeeded: range.count)
      func mix(_ word: UInt64) {
        let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        hash = product.high ^ product.low
      }
      var offset = range.lowerBound
      while range.upperBound - offset >= 8 {
        mix(raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
      }
      var rest: UInt64 = 0xFF
      while offset < range.upperBound {
        rest = rest << 8 | UInt64(raw[offset])
        offset += 1
      }
      mix(rest)
      return hash ^ hash >> 29
    }
  }

  private func isEqual(_ index: Int, _ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let stored = strings.range(index)
    guard stored.count == range.count else { return false }
    return strings.bytes.withUnsafeBytes { left in
      bytes.withUnsafeBytes { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return memcmp(left + stored.lowerBound, right + range.lowerBound, range.count) == 0
      }
    }
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
