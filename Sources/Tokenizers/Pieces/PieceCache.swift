/// Remembers a number for each of many short texts, such as its count, and compares texts whole.
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
    var value: UInt32
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var slotCount: Int
  private var used = 0
  private var arena: UnsafeMutablePointer<UInt8>
  private var arenaCapacity = 1 << 12
  private var arenaCount = 0

  /// The lengths that are remembered.
  static let lengths = 1...256
  /// The bytes of all texts after their first eight; together with the slots 64 MiB at most.
  private static let maximumArena = 16 << 20
  private static let maximumSlots = 1 << 21
  private static let initialSlots = 1 << 8

  init() {
    slotCount = Self.initialSlots
    slots = Self.allocate(slotCount)
    arena = .allocate(capacity: arenaCapacity)
  }

  deinit {
    slots.deallocate()
    arena.deallocate()
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let bytes = count * MemoryLayout<Slot>.stride
    let memory = LargePages.allocate(byteCount: bytes, alignment: MemoryLayout<Slot>.alignment)
    let slots = memory.bindMemory(to: Slot.self, capacity: count)
    slots.initialize(repeating: Slot(head: 0, hash: 0, offset: 0, length: 0, value: 0), count: count)
    return slots
  }

  /// What identifies a text: its first eight bytes, and a hash of all.
  struct Key {
    fileprivate let head: UInt64
    fileprivate let hash: UInt32

    /// Reads a text whose length is one of `lengths`.
    ///
    /// - Parameter readable: how many bytes can be read from the text's beginning on, which is much faster where these
    ///   are eight.
    @inline(__always)
    init(_ text: UnsafePointer<UInt8>, _ length: Int, readable: Int = 0) {
      let raw = UnsafeRawPointer(text)
      var hash = UInt64(truncatingIfNeeded: length)
      guard length >= 8 else {
        var head: UInt64 = 0
        if readable >= 8 {
          head =
            UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
            & (1 &<< UInt64(truncatingIfNeeded: 8 &* length) &- 1)
        } else {
          for offset in 0..<length { head |= UInt64(text[offset]) &<< UInt64(truncatingIfNeeded: 8 &* offset) }
        }
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

  /// The number of a text; nil if it is not known.
  @inline(__always)
  func value(of text: UnsafePointer<UInt8>, _ length: Int, _ key: Key) -> Int? {
    var index = Int(truncatingIfNeeded: key.hash) & (slotCount &- 1)
    while slots[index].length != 0 {
      let slot = slots[index]
      if slot.head == key.head, slot.hash == key.hash, Int(slot.length) == length,
        length <= 8 || hasRest(slot, text, length)
      {
        return Int(slot.value)
      }
      index = (index &+ 1) & (slotCount &- 1)
    }
    return nil
  }

  /// Whether the bytes of a slot's text after the first eight are those of a text of the same length.
  @inline(__always)
  private func hasRest(_ slot: Slot, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    // The arena begins with the eighth byte. The last eight bytes may overlap those that are known to be equal.
    let (known, bytes) = (UnsafeRawPointer(arena + Int(slot.offset)) - 8, UnsafeRawPointer(text))
    guard length >= 16 else {
      for place in 8..<length where known.load(fromByteOffset: place, as: UInt8.self) != text[place] { return false }
      return true
    }
    var place = 8
    var difference: UInt64 = 0
    while place &+ 8 < length {
      difference |=
        known.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        ^ bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      place &+= 8
    }
    difference |=
      known.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
      ^ bytes.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
    return difference == 0
  }

  /// Adds the number of a text that is not known, at most 32 bits.
  mutating func insert(_ text: UnsafePointer<UInt8>, _ length: Int, _ key: Key, value: Int) {
    let rest = max(0, length - 8)
    if arenaCount + rest > Self.maximumArena || used >= Self.maximumSlots / 2 { removeAll() }
    if used * 2 >= slotCount { grow() }
    if arenaCount + rest > arenaCapacity { growArena() }
    let offset = arenaCount
    if rest > 0 { (arena + offset).update(from: text + 8, count: rest) }
    arenaCount += rest
    place(
      Slot(
        head: key.head, hash: key.hash, offset: UInt32(truncatingIfNeeded: offset),
        length: UInt32(truncatingIfNeeded: length), value: UInt32(truncatingIfNeeded: value)))
    used += 1
  }

  private mutating func growArena() {
    let (old, capacity) = (arena, arenaCapacity)
    arenaCapacity *= 2
    arena = .allocate(capacity: arenaCapacity)
    arena.update(from: old, count: capacity)
    old.deallocate()
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

  /// Forgets all texts.
  mutating func removeAll() {
    slots.update(repeating: Slot(head: 0, hash: 0, offset: 0, length: 0, value: 0), count: slotCount)
    arenaCount = 0
    used = 0
  }
}
