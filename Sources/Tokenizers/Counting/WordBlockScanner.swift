import CTokenizerKernels

/// Finds where text may be cut into words, in blocks of 64 bytes, by arithmetic on masks of characters.
///
/// Text may be cut between two characters that no token holds side by side. Where runs of white space are tokens
/// (`WhiteSpaceRuns`), it is cut before runs of spaces and around runs of newlines and tabs; then it must hold no run of more
/// than 31 spaces, tabs or newlines. It must hold no U+2581, and no added token but such runs.
struct WordBlockScanner {
  /// Points into the model, which the counter keeps alive: a reference to the model would be retained for every
  /// segment, by all threads at once.
  private let pairFilter: UnsafePointer<UInt64>
  private let hasRuns: Bool

  private var lastSpace: UInt64 = 0
  private var secondLastSpace: UInt64 = 0
  private var lastNewline: UInt64 = 0
  private var lastTab: UInt64 = 0
  private var lastNumber: UInt64 = 0
  private var lastNonASCII: UInt64 = 0
  /// The character before the block, if it is not ASCII.
  private var lastScalar: UInt32 = 0
  private var pendingBytes = 0
  private var isFirst = true

  init(_ model: ModelTables) {
    pairFilter = model.pairFilter
    hasRuns = model.hasRuns
  }

  /// Scans `count` blocks from `position` on, which leaves the first bytes of units, and those of them that must be
  /// looked up, in `buffers`.
  @inline(__always)
  mutating func scan(
    _ source: TextSource, at position: Int, count: Int, _ buffers: SegmentBuffers, kernels: UnsafePointer<bk_kernels>
  ) {
    let previous = position > 0 ? source.text[position - 1] : 0
    kernels.pointee.classify_words(source.text + position, count, previous, buffers.freePairs, buffers.wordMasks)
    guard hasRuns else {
      for block in 0..<count {
        let starts = cuts(buffers.wordMasks[block], source, at: position &+ block &* 64)
        (buffers.starts[block], buffers.probed[block]) = (starts, starts)
      }
      return
    }
    for block in 0..<count {
      let (starts, single) = scan(buffers.wordMasks[block], source, at: position &+ block &* 64)
      buffers.starts[block] = starts
      buffers.probed[block] = starts & ~single
    }
  }

  /// Where no token can be on both sides, in the block at `position` of the source.
  @inline(__always)
  private mutating func cuts(_ masks: bk_word_masks, _ source: TextSource, at position: Int) -> UInt64 {
    let count = min(64, source.end &- position)
    var starts = masks.cut
    if _slowPath((masks.non_ascii | lastNonASCII) != 0) {
      starts = withCutsBesideNonASCII(starts, masks.non_ascii, source, position)
    }
    if isFirst { starts |= 1 }
    lastNonASCII = masks.non_ascii >> 63
    isFirst = false
    return starts & UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- count)
  }

  /// Scans the block at `position` of the source.
  ///
  /// - Parameter masks: The classes of its bytes; those after the end of the text are zero bytes.
  /// - Returns: The first bytes of units, and those of them whose units are certainly one token.
  @inline(__always)
  private mutating func scan(_ masks: bk_word_masks, _ source: TextSource, at position: Int) -> (
    starts: UInt64, single: UInt64
  ) {
    let count = min(64, source.end &- position)
    let valid = UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- count)
    let spaceBefore = masks.space << 1 | lastSpace
    let newlineBefore = masks.newline << 1 | lastNewline
    let tabBefore = masks.tab << 1 | lastTab
    let isSpaceNext: UInt64 =
      position &+ count < source.end && source.text[position &+ count] == UInt8(ascii: " ") ? 1 : 0
    let spaceNext = masks.space >> 1 | isSpaceNext &<< UInt64(truncatingIfNeeded: count &- 1)

    var starts = masks.cut | masks.number | masks.number << 1 | lastNumber
    starts |= newlineBefore | tabBefore | masks.newline | masks.tab
    // A word keeps a single space before it and no longer run.
    starts |= spaceBefore & (masks.space << 2 | secondLastSpace)
    starts &= ~masks.space
    starts |= masks.space & ~spaceBefore
    starts &= ~(masks.newline & newlineBefore | masks.tab & tabBefore)
    if _slowPath((masks.non_ascii | lastNonASCII) != 0) {
      starts = withCutsBesideNonASCII(starts, masks.non_ascii, source, position)
    }
    if isFirst { starts |= 1 }
    starts &= valid

    let manySpaces = masks.space & ~spaceBefore & spaceNext
    let single = starts & (starts >> 1 | manySpaces | masks.newline | masks.tab | masks.number)
    lastSpace = masks.space >> 63
    secondLastSpace = masks.space >> 62
    lastNewline = masks.newline >> 63
    lastTab = masks.tab >> 63
    lastNumber = masks.number >> 63
    lastNonASCII = masks.non_ascii >> 63
    isFirst = false
    return (starts, single)
  }

  /// Removes the starts inside characters and adds those between characters that no token holds side by side.
  @inline(never)
  private mutating func withCutsBesideNonASCII(
    _ starts: UInt64, _ nonASCII: UInt64, _ source: TextSource, _ position: Int
  ) -> UInt64 {
    var found = starts
    let pending = pendingBytes
    pendingBytes = 0
    var bit = pending
    if pending > 0 { found &= .max &<< UInt64(truncatingIfNeeded: pending) }
    // The character before the one at `bit`: beyond ASCII where known, else its byte.
    var previous = lastNonASCII != 0 ? lastScalar : nil
    let end = min(64, source.end &- position)
    let beyond = nonASCII | nonASCII << 1 | (pending > 0 ? 1 &<< UInt64(truncatingIfNeeded: pending) : lastNonASCII)
    while bit < end {
      let skipped = (beyond &>> UInt64(truncatingIfNeeded: bit)).trailingZeroBitCount
      if skipped > 0 {
        bit &+= skipped
        previous = nil
        if bit >= end { break }
      }
      let (scalar, length) = source.scalar(at: position &+ bit)
      let isCut: Bool
      if let before = previous ?? asciiBefore(bit, source, position) {
        isCut = !CharacterPairs.mayJoin(before, scalar, in: pairFilter)
      } else {
        isCut = false
      }
      if isCut, !hasRuns || scalar != 0x20 { found |= 1 &<< UInt64(truncatingIfNeeded: bit) }
      let bytes = ((1 as UInt64) &<< UInt64(truncatingIfNeeded: length) &- 1) &<< UInt64(truncatingIfNeeded: bit)
      found &= ~(bytes & bytes &<< 1)
      previous = scalar
      bit &+= length
      if bit > 64 { pendingBytes = bit &- 64 }
    }
    if nonASCII >> 63 != 0, let previous { lastScalar = previous }
    return found
  }

  /// The ASCII character before `bit`; nil at the start of the text.
  @inline(__always)
  private func asciiBefore(_ bit: Int, _ source: TextSource, _ position: Int) -> UInt32? {
    if isFirst && bit == 0 { return nil }
    return UInt32(source.text[position &+ bit &- 1])
  }
}
