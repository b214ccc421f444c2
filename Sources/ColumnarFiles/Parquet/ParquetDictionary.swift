import Glibc
import Support

/// The values of a dictionary page, to which data pages refer by number.
struct ParquetDictionary: Sendable {
  let count: Int
  /// Numbers of 8 bytes, or nil for texts.
  private let fixed: BufferSlice?
  /// Ranges of texts in `text`.
  private let ranges: [Range<Int>]
  private let text: BufferSlice
  /// Where the texts begin that the batch already holds, -1 for the others: many rows may share a long text.
  private var placed: [Int]
  /// Numbers of the texts that the batch holds.
  private var used: [Int] = []

  /// Decodes a page in PLAIN encoding.
  init(_ leaf: ParquetLeaf, _ page: BufferSlice, count: Int) throws(FileError) {
    self.count = count
    text = page
    var plain = PlainDecoder(leaf, 0..<page.count)
    if case .utf8 = leaf.kind {
      fixed = nil
      var ranges: [Range<Int>] = []
      for _ in 0..<count { ranges.append(try plain.nextText(page.bytes)) }
      self.ranges = ranges
      placed = [Int](repeating: -1, count: count)
      return
    }
    guard count <= page.count else { throw .damaged("a dictionary of \(count) values in \(page.count) bytes") }
    let block = try MemoryBlock(capacity: count * 8)
    try plain.decodeNumbers(into: block.bytes.bindMemory(to: UInt64.self), from: page.bytes)
    fixed = BufferSlice(block, count: count * 8)
    ranges = []
    placed = []
  }

  /// Begins a batch, which holds no texts yet.
  mutating func beginBatch() {
    for index in used { placed[index] = -1 }
    used.removeAll(keepingCapacity: true)
  }

  /// Adds the values that `indices` name.
  mutating func take(
    _ indices: UnsafeMutableBufferPointer<UInt32>, into values: inout ColumnValues, pool: inout MemoryPool
  ) throws(FileError) {
    let size = count
    for index in indices where Int(index) >= size {
      throw .damaged("a value refers to entry \(index) of a dictionary of \(size)")
    }
    if let fixed {
      let output = try values.extend(by: indices.count, of: UInt64.self, pool: &pool)
      for (row, index) in indices.enumerated() { output[row] = fixed.value(Int(index), as: UInt64.self) }
      return
    }
    let output = try values.extendTexts(by: indices.count, pool: &pool)
    for (row, index) in indices.enumerated() {
      let start = try place(Int(index), into: &values, pool: &pool)
      output[2 * row] = Int64(start)
      output[2 * row + 1] = Int64(start + ranges[Int(index)].count)
    }
  }

  /// Where a text begins in the batch, to which it is added unless it is there already.
  @inline(__always)
  private mutating func place(
    _ index: Int, into values: inout ColumnValues, pool: inout MemoryPool
  ) throws(FileError) -> Int {
    let known = placed[index]
    if known >= 0 { return known }
    let range = ranges[index]
    let start = values.text.count
    let target = try values.text.extend(by: range.count, pool: &pool)
    target.copyMemory(
      from: UnsafeRawBufferPointer(start: text.block.base + text.start + range.lowerBound, count: range.count))
    placed[index] = start
    used.append(index)
    return start
  }
}

/// Numbers the distinct values of a column chunk in order of appearance.
struct DictionaryBuilder: Sendable {
  /// The distinct values in PLAIN encoding, one after another.
  private(set) var plain: [UInt8] = []
  /// Where each value ends in `plain`.
  private var ends: [Int] = []
  /// An open-addressing hash table of value numbers plus 1; 0 is free. Its size is a power of two.
  private var slots: [UInt32]
  private var hashes: [UInt64] = []
  /// Differs from run to run, so that no input can be crafted to collide.
  private static let seed = UInt64.random(in: .min ... .max)

  /// Whether each value in PLAIN encoding begins with its length in 4 bytes, as texts do.
  private let hasLengths: Bool

  init(hasLengths: Bool = false) {
    self.hasLengths = hasLengths
    slots = [UInt32](repeating: 0, count: 256)
  }

  /// Number of distinct values.
  var count: Int { ends.count }

  /// Bits that the number of a value takes.
  var bitWidth: Int { max(1, Int.bitWidth - max(0, count - 1).leadingZeroBitCount) }

  /// The number of a value, which is a text without its length or a number in PLAIN encoding.
  mutating func index(of value: UnsafeRawBufferPointer) -> UInt32 {
    let hash = Self.hash(value)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash && equals(index, value) { return UInt32(index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    if hasLengths { plain.appendNumber(UInt32(truncatingIfNeeded: value.count)) }
    plain.append(contentsOf: value)
    ends.append(plain.count)
    hashes.append(hash)
    slots[slot] = UInt32(count)
    if count * 2 > slots.count { grow() }
    return UInt32(count - 1)
  }

  /// The range of `plain` that is a value.
  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// Whether the value of a number is this one.
  func equals(_ index: Int, _ value: UnsafeRawBufferPointer) -> Bool {
    let start = range(index).lowerBound + (hasLengths ? 4 : 0)
    guard ends[index] - start == value.count else { return false }
    return plain.withUnsafeBytes { plain in
      guard let left = plain.baseAddress, let right = value.baseAddress else { return true }
      return memcmp(left + start, right, value.count) == 0
    }
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(index + 1)
    }
  }

  /// Mixes 8 bytes at a time by multiplying and combining the two halves of the product.
  private static func hash(_ value: UnsafeRawBufferPointer) -> UInt64 {
    var hash = seed ^ UInt64(value.count)
    var offset = 0
    while offset < value.count {
      let remaining = value.count - offset
      var word: UInt64 = 0
      if remaining >= 8 {
        word = value.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      } else {
        for byte in 0..<remaining { word |= UInt64(value[offset + byte]) << UInt64(8 * byte) }
      }
      let product = (hash ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low
      offset += 8
    }
    return hash
  }
}
