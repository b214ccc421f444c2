/// The tokens of a text and where they come from, in memory that is kept for the next text.
///
/// A token covers at least one byte, so that the room for a piece of text is known before it is encoded, and tokens are
/// written without a look at it each.
struct TokenBuffer: ~Copyable {
  /// The ids.
  private(set) var ids: UnsafeMutablePointer<TokenID>
  /// For each token the offset of the first byte that it comes from.
  private(set) var starts: UnsafeMutablePointer<Int>
  /// The number of tokens.
  private(set) var count = 0
  private var capacity: Int

  /// More tokens than a long text usually has; room for longer ones is given back.
  private static let usualCapacity = 1 << 20

  init() {
    capacity = 1 << 10
    ids = .allocate(capacity: capacity)
    starts = .allocate(capacity: capacity)
  }

  deinit {
    ids.deallocate()
    starts.deallocate()
  }

  /// Forgets all tokens.
  mutating func removeAll() {
    count = 0
    guard capacity > Self.usualCapacity else { return }
    reallocate(Self.usualCapacity)
  }

  /// Makes room for so many more tokens.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity &- count < more { reallocate(max(2 * capacity, count + more)) }
  }

  @inline(never)
  private mutating func reallocate(_ size: Int) {
    let (oldIDs, oldStarts) = (ids, starts)
    capacity = size
    ids = .allocate(capacity: size)
    starts = .allocate(capacity: size)
    ids.update(from: oldIDs, count: count)
    starts.update(from: oldStarts, count: count)
    oldIDs.deallocate()
    oldStarts.deallocate()
  }

  /// Adds a token, for which there must be room.
  @inline(__always)
  mutating func append(_ id: TokenID, start: Int) {
    ids[count] = id
    starts[count] = start
    count &+= 1
  }
}
