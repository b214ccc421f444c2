import Counting

/// The digests of a source's rendered conversations, by which equal ones are found.
///
/// Memory is bounded: of the rows behind the first ``capacity`` there are none.
struct RowDigests: Sendable {
  /// A row and what it is rendered to.
  struct Entry: Sendable {
    let row: Int
    /// The row's line in its file; 0 where rows have no lines.
    let line: Int
    let digest: RenderedFacts.Digest
  }

  /// The most rows of a source that are compared, with which this takes about 200 MB.
  static let usualCapacity = 1 << 22

  private let capacity: Int
  /// The rows, ascending.
  private(set) var entries: [Entry] = []
  /// Whether there were more rows than are compared.
  private(set) var isFull = false

  init(capacity: Int = usualCapacity) { self.capacity = capacity }

  /// How many rows are compared.
  var count: Int { entries.count }

  /// Adds a row behind all others.
  mutating func add(_ entry: Entry) {
    guard entries.count < capacity else {
      isFull = true
      return
    }
    entries.append(entry)
  }

  /// Adds the rows that follow.
  mutating func append(_ next: RowDigests) {
    let room = capacity - entries.count
    isFull = isFull || next.isFull || next.entries.count > room
    entries += next.entries.prefix(room)
  }

  /// The rows that are equal in both sources, ascending.
  func equalRows(in other: RowDigests) -> [Entry] {
    var rest = other.entries[...]
    return entries.filter { entry in
      while let next = rest.first, next.row < entry.row { rest.removeFirst() }
      guard let next = rest.first else { return false }
      return next.row == entry.row && next.digest == entry.digest
    }
  }
}
