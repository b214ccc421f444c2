import Datasets
import Support

/// An open hash table of entries in pages of 4 KiB, in memory or in a temporary file.
///
/// A file's pages are read and written through a small part of memory. A key's page is told by the highest bits of its hash,
/// so that a larger table takes up the pages of a smaller one in their order.
struct RecordSlots: ~Copyable {
  /// All pages, or those in memory.
  private var entries: [RecordEntry]
  private let pageCount: Int
  private let file: ScratchFile?
  /// Of each page in memory its number, -1 for none, and whether it differs from the file.
  private var residents: [(page: Int, isChanged: Bool)] = []

  /// Entries of a page.
  static let pageSize = 128
  /// Odd, so that all places of a page are come to.
  private static let stride = 1 << RecordKey.neighbourBits + 1
  private static let pageBytes = pageSize * MemoryLayout<RecordEntry>.stride

  /// Makes an empty table in memory.
  ///
  /// - Parameter pageCount: a power of two.
  init(pageCount: Int) {
    self.pageCount = pageCount
    file = nil
    entries = [RecordEntry](repeating: .free, count: pageCount * Self.pageSize)
  }

  /// Makes an empty table in a file.
  ///
  /// - Parameters:
  ///   - pageCount: a power of two.
  ///   - residentCount: how many pages memory holds.
  init(pageCount: Int, residentCount: Int, file: consuming ScratchFile) {
    self.pageCount = pageCount
    self.file = consume file
    entries = [RecordEntry](repeating: .free, count: residentCount * Self.pageSize)
    residents = Array(repeating: (-1, false), count: residentCount)
  }

  /// Number of entries that there is room for.
  var capacity: Int { pageCount * Self.pageSize }

  /// The pages' numbers.
  var pages: Range<Int> { 0..<pageCount }

  /// The entry at a place that was found since a page was last asked for.
  subscript(place: Int) -> RecordEntry {
    get { entries[place] }
    set {
      entries[place] = newValue
      if file != nil { residents[place / Self.pageSize].isChanged = true }
    }
  }

  /// Where the entry of a key stands, or the free one that it is to take.
  ///
  /// - Precondition: there is a free entry.
  /// - Complexity: O(1) on average.
  mutating func place(of key: RecordKey) throws(FileError) -> Int {
    let hash = key.neighbourhood
    var number = Int(hash.multipliedFullWidth(by: UInt64(pageCount)).high)
    // Neighbours take places behind one another, which begin at a multiple of their number. Where such a place is taken by
    // another neighbourhood, so are those behind it.
    let start = Int(truncatingIfNeeded: hash) << RecordKey.neighbourBits | key.neighbour
    while true {
      let page = try page(number)
      for step in 0..<Self.pageSize {
        let place = page.lowerBound + (start &+ step &* Self.stride) & (Self.pageSize - 1)
        if entries[place].isFree || entries[place].holds(key) { return place }
      }
      number = (number + 1) & (pageCount - 1)
    }
  }

  /// The places of a page's entries, until another page is asked for.
  @inline(__always)
  mutating func page(_ number: Int) throws(FileError) -> Range<Int> {
    let slot = file == nil ? number : try residentSlot(number)
    return slot * Self.pageSize..<(slot + 1) * Self.pageSize
  }

  /// Where memory holds a page of the file; it is read where it does not yet.
  private mutating func residentSlot(_ number: Int) throws(FileError) -> Int {
    let slot = number % residents.count
    if residents[slot].page != number { try load(number, into: slot) }
    return slot
  }

  private mutating func load(_ number: Int, into slot: Int) throws(FileError) {
    if residents[slot].isChanged { try Self.write(entries, slot, to: file, residents[slot].page) }
    // What a failure leaves in memory is no page.
    residents[slot] = (-1, false)
    try Self.read(file, number, into: &entries, slot)
    residents[slot] = (number, false)
  }

  private static func write(
    _ entries: [RecordEntry], _ slot: Int, to file: borrowing ScratchFile?, _ page: Int
  ) throws(FileError) {
    try file?.write(entries.span.bytes.extracting(bytes(slot)), at: page * pageBytes)
  }

  private static func read(
    _ file: borrowing ScratchFile?, _ page: Int, into entries: inout [RecordEntry], _ slot: Int
  ) throws(FileError) {
    var span = entries.mutableSpan
    var memory = span.mutableBytes
    try file?.read(into: &memory, bytes(slot), at: page * pageBytes)
  }

  /// The bytes of a page in memory.
  private static func bytes(_ slot: Int) -> Range<Int> { slot * pageBytes..<(slot + 1) * pageBytes }
}
