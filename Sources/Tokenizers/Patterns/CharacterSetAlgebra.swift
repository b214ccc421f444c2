extension UnicodeSet {
  /// All code points.
  static let all = UnicodeSet(boundaries: [0, 0x11_0000])

  /// A set of single code points.
  init(_ scalars: [UInt32]) {
    var set = UnicodeSet(boundaries: [])
    for scalar in scalars { set = set.union(UnicodeSet(scalar...scalar)) }
    self = set
  }

  /// A range of code points.
  init(_ range: ClosedRange<UInt32>) { self.init(boundaries: [range.lowerBound, range.upperBound + 1]) }

  /// Whether the set has no members.
  var isEmpty: Bool { boundaries.isEmpty }

  /// The code points that are not in the set.
  var complement: UnicodeSet { combined(with: .all) { isHere, isThere in isThere && !isHere } }

  /// The code points in this set or the other.
  func union(_ other: UnicodeSet) -> UnicodeSet { combined(with: other) { $0 || $1 } }

  /// The code points in both sets.
  func intersection(_ other: UnicodeSet) -> UnicodeSet { combined(with: other) { $0 && $1 } }

  /// The code points for which a rule about the membership in both sets holds.
  private func combined(with other: UnicodeSet, _ rule: (Bool, Bool) -> Bool) -> UnicodeSet {
    var result: [UInt32] = []
    var (here, there) = (0, 0)
    while here < boundaries.count || there < other.boundaries.count {
      let place = min(
        here < boundaries.count ? boundaries[here] : .max,
        there < other.boundaries.count ? other.boundaries[there] : .max)
      if here < boundaries.count, boundaries[here] == place { here += 1 }
      if there < other.boundaries.count, other.boundaries[there] == place { there += 1 }
      if rule(!here.isMultiple(of: 2), !there.isMultiple(of: 2)) != !result.count.isMultiple(of: 2) {
        result.append(place)
      }
    }
    return UnicodeSet(boundaries: result)
  }
}

/// Up to 64 sets of characters, with one look for the sets that a character is in.
///
/// Pages of 128 code points that all have the same sets are stored once.
final class CharacterSetTable: @unchecked Sendable {
  // Sendable: the memory is filled by `init` and never written again.

  private let pageOfBlock: UnsafeMutablePointer<UInt16>
  private let pages: UnsafeMutablePointer<UInt64>

  private static let pageSize = 128
  private static let blockCount = 0x11_0000 / 128

  /// Makes the table.
  ///
  /// - Parameter sets: The set of each bit, at most 64.
  init(_ sets: [UnicodeSet]) {
    pageOfBlock = .allocate(capacity: Self.blockCount)
    var contents: [UInt64] = []
    // The numbers of pages all of whose code points have the same sets, which most have.
    var uniform: [UInt64: UInt16] = [:]
    var cursors = sets.map { SetCursor($0) }
    var page = [UInt64](repeating: 0, count: Self.pageSize)
    for block in 0..<Self.blockCount {
      let start = UInt32(block * Self.pageSize)
      var mask: UInt64 = 0
      var isUniform = true
      for bit in cursors.indices {
        switch cursors[bit].membership(from: start) {
        case true?: mask |= 1 << UInt64(bit)
        case false?: break
        case nil: isUniform = false
        }
      }
      let number = UInt16(truncatingIfNeeded: contents.count / Self.pageSize)
      if isUniform {
        pageOfBlock[block] = uniform[mask] ?? number
        if uniform[mask] != nil { continue }
        uniform[mask] = number
        contents += repeatElement(mask, count: Self.pageSize)
      } else {
        pageOfBlock[block] = number
        for place in page.indices { page[place] = mask }
        for bit in cursors.indices { cursors[bit].fill(&page, from: start, bit: UInt64(bit)) }
        contents += page
      }
    }
    pages = .allocate(capacity: contents.count)
    pages.initialize(from: contents, count: contents.count)
  }

  deinit {
    pageOfBlock.deallocate()
    pages.deallocate()
  }

  /// The table without a reference to it, which must live longer.
  struct View: @unchecked Sendable {
    // Sendable: like the table's, the memory is never written.

    fileprivate let pageOfBlock: UnsafePointer<UInt16>
    fileprivate let pages: UnsafePointer<UInt64>

    /// The bits of the sets that a code point is in.
    @inline(__always)
    func sets(of scalar: UInt32) -> UInt64 {
      pages[Int(pageOfBlock[Int(scalar >> 7)]) << 7 &+ Int(scalar & 127)]
    }
  }

  /// The table without a reference to it, for loops that should count none.
  var view: View { View(pageOfBlock: pageOfBlock, pages: pages) }

  /// The bits of the sets that a code point is in.
  @inline(__always)
  func sets(of scalar: UInt32) -> UInt64 { view.sets(of: scalar) }

  /// The bits of the sets that the character at an offset of valid UTF-8 is in, and its length.
  @inline(__always)
  func sets(in text: UnsafeBufferPointer<UInt8>, at offset: Int) -> (sets: UInt64, length: Int) {
    let byte = text[offset]
    if byte < 0x80 { return (pages[Int(pageOfBlock[0]) << 7 &+ Int(byte)], 1) }
    let (scalar, length) = CharacterCursor.scalar(in: text, at: offset)
    return (sets(of: scalar), length)
  }

  /// Goes through a set page by page.
  private struct SetCursor {
    private let boundaries: [UInt32]
    private var next = 0

    init(_ set: UnicodeSet) { boundaries = set.boundaries }

    /// Whether a page is in the set; nil where only a part of it is. Pages are asked for in ascending order.
    mutating func membership(from start: UInt32) -> Bool? {
      while next < boundaries.count, boundaries[next] <= start { next += 1 }
      guard next == boundaries.count || boundaries[next] >= start + UInt32(CharacterSetTable.pageSize) else {
        return nil
      }
      return !next.isMultiple(of: 2)
    }

    mutating func fill(_ page: inout [UInt64], from start: UInt32, bit: UInt64) {
      let end = start + UInt32(CharacterSetTable.pageSize)
      var place = start
      while place < end {
        while next < boundaries.count, boundaries[next] <= place { next += 1 }
        let stop = next < boundaries.count ? min(boundaries[next], end) : end
        if !next.isMultiple(of: 2) {
          for scalar in place..<stop { page[Int(scalar - start)] |= 1 << bit }
        }
        place = stop
      }
    }
  }
}
