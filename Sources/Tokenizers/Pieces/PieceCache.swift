/// Remembers the counts of pieces of text, which are compared whole.
///
/// When it is full all are forgotten: it holds the words that recur, and those come back.
struct PieceCache: ~Copyable {
  private struct Slot {
    /// The first eight bytes of the text, zeros after its end.
    var head: UInt64
    var hash: UInt32
    /// Where the rest of the text is in the arena.
    var offset: UInt32
    /// 0 for an empty slot.
    var length: UInt32
    var count: UInt32
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var slotCount: Int
  private var used = 0
  private var arena: [UInt8] = []

  /// The lengths that are remembered.
  static let lengths = 1...256
  /// The bytes of all texts after their first eight; together with the slots 64 MiB at most.
  private static let maximumArena = 16 << 20
  private static let maximumSlots = 1 << 21
  private static let initialSlots = 1 << 10

  init() {
    slotCount = Self.initialSlots
    slots = Self.allocate(slotCount)
  }

  deinit { slots.deallocate() }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(head: 0, hash: 0, offset: 0, length: 0, count: 0), count: count)
    return slots
  }

  /// What identifies a text: its first eight bytes, and a hash of all.
  struct Key {
    fileprivate let head: UInt64
    fileprivate let hash: UInt32

    /// Reads a text whose length is one of `lengths`.
    @inline(__always)
    init(_ text: UnsafePointer<UInt8>, _ length: Int) {
      let raw = UnsafeRawPointer(text)
      var hash = UInt64(truncatingIfNeeded: length)
      guard length >= 8 else {
        var head: UInt64 = 0
        for offset in 0..<length { head |= UInt64(text[offset]) &<< UInt64(truncatingIfNeeded: 8 &* offset) }
        self.head = head
        self.hash = UInt32(truncatingIfNeeded: Self.mixed(hash, head) &>> 32)
        return
      }
      head = raw.loadUnaligned(as: UInt64.self)
      hash = Self.mixed(hash, head)
      var offset = 8
      while offset &+ 8 < length {
        hash = Self.mixed(hash, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset &+= 8
      }
      // The last word overlaps the one before.
      hash = Self.mixed(hash, raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self))
      self.hash = UInt32(truncatingIfNeeded: hash &>> 32)
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
      let product = (hash ^ word ^ 0x2545_F491_4F6C_DD1D).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      return product.high ^ product.low
    }
  }

  /// The count of a text; nil if it is not known.
  @inline(__always)
  func count(of text: UnsafePointer<UInt8>, _ length: Int, _ key: Key) -> Int? {
    var index = Int(truncatingIfNeeded: key.hash) & (slotCount &- 1)
    while slots[index].length != 0 {
      let slot = slots[index]
      if slot.head == key.head, slot.hash == key.hash, Int(slot.length) == length,
        length <= 8 || hasRest(slot, text, length)
      {
        return Int(slot.count)
      }
      index = (index &+ 1) & (slotCount &- 1)
    }
    return nil
  }

  private func hasRest(_ slot: Slot, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    for place in 8..<length where arena[Int(slot.offset) &+ place &- 8] != text[place] { return false }
    return true
  }

  /// Adds the count of a text that is not known.
  mutating func insert(_ text: UnsafePointer<UInt8>, _ length: Int, _ key: Key, count: Int) {
    let rest = max(0, length - 8)
    if arena.count + rest > Self.maximumArena || used >= Self.maximumSlots / 2 { removeAll() }
    if used * 2 >= slotCount { grow() }
    let offset = arena.count
    if rest > 0 { arena.append(contentsOf: UnsafeBufferPointer(start: text + 8, count: rest)) }
    place(
      Slot(
        head: key.head, hash: key.hash, offset: UInt32(truncatingIfNeeded: offset),
        length: UInt32(truncatingIfNeeded: length), count: UInt32(truncatingIfNeeded: count)))
    used += 1
  }

  private func place(_ slot: Slot) {
    var index = Int(truncatingIfNeeded: slot.hash) & (slotCount - 1)
    while slots[index].length != 0 { index = (index + 1) & (slotCount - 1) }
    slots[index] = slot
  }

  private mutating func grow() {
    let (old, oldCount) = (slots, slotCount)
    slotCount *= 2
    slots = Self.allocate(slotCount)
    for index in 0..<oldCount where old[index].length != 0 { place(old[index]) }
    old.deallocate()
  }

  private mutating func removeAll() {
    slots.update(repeating: Slot(head: 0, hash: 0, offset: 0, length: 0, count: 0), count: slotCount)
    arena.removeAll(keepingCapacity: true)
    used = 0
  }
}
