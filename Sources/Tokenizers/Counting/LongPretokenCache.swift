/// Remembers the counts of pretokens of 16 to 256 bytes.
///
/// The texts lie one after the other in an arena and are compared whole. When the arena is full all are forgotten: long
/// pretokens seldom come back.
struct LongPretokenCache: ~Copyable {
  private struct Slot {
    var hash: UInt32
    var offset: UInt32
    var length: UInt32
    var count: UInt32
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var slotCount: Int
  private var used = 0
  private var arena: UnsafeMutablePointer<UInt8>
  private var arenaCapacity: Int
  private var arenaCount = 0

  /// The lengths that are remembered.
  static let lengths = 16...256
  private static let maximumArena = 16 << 20
  private static let initialSlots = 1 << 10

  init() {
    slotCount = Self.initialSlots
    slots = Self.allocate(slotCount)
    arenaCapacity = 64 << 10
    arena = .allocate(capacity: arenaCapacity)
  }

  deinit {
    slots.deallocate()
    arena.deallocate()
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(hash: 0, offset: 0, length: 0, count: 0), count: count)
    return slots
  }

  /// A hash of a text, to be passed to the other functions.
  static func hash(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    let raw = UnsafeRawPointer(text)
    var hash = UInt64(truncatingIfNeeded: length)
    var offset = 0
    while offset &+ 8 < length {
      hash = mixed(hash, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset &+= 8
    }
    // The last word overlaps the one before; texts have at least 16 bytes.
    hash = mixed(hash, raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self))
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// The count of a text; nil where it is not remembered.
  func count(of text: UnsafePointer<UInt8>, _ length: Int, hash: UInt32) -> Int? {
    var index = Int(truncatingIfNeeded: hash) & (slotCount &- 1)
    while slots[index].length != 0 {
      let slot = slots[index]
      if slot.hash == hash, Int(slot.length) == length, isEqual(arena + Int(slot.offset), text, length) {
        return Int(slot.count)
      }
      index = (index &+ 1) & (slotCount &- 1)
    }
    return nil
  }

  private func isEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let (left, right) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
    var offset = 0
    var difference: UInt64 = 0
    while offset &+ 8 < length {
      difference |=
        left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        ^ right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    difference |=
      left.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
      ^ right.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
    return difference == 0
  }

  /// Remembers the count of a text that is not there yet.
  mutating func insert(_ text: UnsafePointer<UInt8>, _ length: Int, count: Int, hash: UInt32) {
    makeRoom(for: length)
    (arena + arenaCount).update(from: text, count: length)
    place(
      Slot(
        hash: hash, offset: UInt32(truncatingIfNeeded: arenaCount), length: UInt32(truncatingIfNeeded: length),
        count: UInt32(truncatingIfNeeded: count)))
    arenaCount += length
    used += 1
  }

  private func place(_ slot: Slot) {
    var index = Int(truncatingIfNeeded: slot.hash) & (slotCount - 1)
    while slots[index].length != 0 { index = (index + 1) & (slotCount - 1) }
    slots[index] = slot
  }

  private mutating func makeRoom(for length: Int) {
    if arenaCount + length > arenaCapacity { growArena() }
    guard used * 2 >= slotCount else { return }
    let (old, oldCount) = (slots, slotCount)
    slotCount *= 2
    slots = Self.allocate(slotCount)
    for index in 0..<oldCount where old[index].length != 0 { place(old[index]) }
    old.deallocate()
  }

  private mutating func growArena() {
    if arenaCapacity < Self.maximumArena {
      let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: arenaCapacity * 2)
      grown.update(from: arena, count: arenaCount)
      arena.deallocate()
      arena = grown
      arenaCapacity *= 2
    } else {
      slots.update(repeating: Slot(hash: 0, offset: 0, length: 0, count: 0), count: slotCount)
      arenaCount = 0
      used = 0
    }
  }
}
