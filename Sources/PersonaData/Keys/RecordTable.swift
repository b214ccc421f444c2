import Datasets
import Support

/// Scores and lines by key, in memory up to a limit and beyond it in a temporary file.
struct RecordTable: ~Copyable {
  /// What memory may hold.
  struct Limits {
    /// Pages of a table in memory, a power of two; a larger table is put into a file. 32 MiB hold 786,432 keys.
    var pages = 1 << 13
    /// Pages of a file that memory holds, 16 MiB.
    var residents = 1 << 12
    /// Pages to begin with, a power of two.
    var initial = 16
  }

  /// Number of keys.
  private(set) var count = 0
  private var slots: RecordSlots
  private let limits: Limits
  /// Where the file is made.
  private let folder: String

  /// Makes an empty table.
  ///
  /// - Parameter folder: a temporary file is made on its disk.
  init(spillingNear folder: String, limits: Limits = Limits()) {
    self.folder = folder
    self.limits = limits
    slots = RecordSlots(pageCount: limits.initial)
  }

  /// What is known of a key; nil where it is not there.
  mutating func entry(_ key: RecordKey) throws(FileError) -> RecordEntry? {
    let entry = slots[try slots.place(of: key)]
    return entry.isFree ? nil : entry
  }

  /// Changes what is known of a key, which is added where it is not there.
  ///
  /// - Returns: what was known before.
  /// - Throws: `FileError` where the temporary file cannot be made, read or written.
  /// - Complexity: O(1) on average.
  @inline(__always)
  mutating func update(_ key: RecordKey, _ change: (inout RecordEntry) -> Void) throws(FileError) -> RecordEntry {
    var place = try slots.place(of: key)
    var entry = slots[place]
    if entry.isFree {
      if (count + 1) * 4 > slots.capacity * 3 {
        try grow()
        place = try slots.place(of: key)
      }
      count += 1
      entry = RecordEntry(key)
    }
    let before = entry
    change(&entry)
    slots[place] = entry
    return before
  }

  /// Calls `body` with each entry, in no particular order.
  mutating func forEach(_ body: (RecordEntry) -> Void) throws(FileError) {
    for number in slots.pages {
      for place in try slots.page(number) where !slots[place].isFree { body(slots[place]) }
    }
  }

  /// Forgets on which lines records were seen.
  ///
  /// - Complexity: O(size of the table).
  mutating func forgetLines() throws(FileError) {
    for number in slots.pages {
      for place in try slots.page(number) where slots[place].line > 0 { slots[place].line = 0 }
    }
  }

  /// Moves all entries to a table of twice the size.
  private mutating func grow() throws(FileError) {
    let pageCount = slots.pages.count * 2
    var larger =
      pageCount <= limits.pages
      ? RecordSlots(pageCount: pageCount)
      : RecordSlots(pageCount: pageCount, residentCount: limits.residents, file: try ScratchFile(near: folder))
    for number in slots.pages {
      for place in try slots.page(number) where !slots[place].isFree {
        let entry = slots[place]
        larger[try larger.place(of: entry.key)] = entry
      }
    }
    slots = larger
  }
}
