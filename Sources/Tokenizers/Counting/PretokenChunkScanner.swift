import CTokenizerKernels

/// Finds the starts of pre-tokens in chunks of blocks of 64 bytes.
///
/// Finds what `PretokenScanner` finds. The kernels do it by arithmetic on masks of character classes; this corrects the
/// classes of non-ASCII characters before, and handles afterwards what the arithmetic does not cover. Texts in which rules
/// beyond those of `cl100k_base` depend on more than neighbors are left to `PretokenProgramScanner`.
struct PretokenChunkScanner {
  private let kernels: UnsafePointer<bk_kernels>
  let masks: PretokenMasks
  private let rules: PretokenRules
  /// Flags of `bk_pretoken_options`.
  private let options: UInt32
  /// Whether numbers are cut after each third character.
  private let cutsNumbers: Bool
  private let joinsSpaceAndLetter: Bool
  /// Whether ASCII controls make a text irregular.
  private let stopsAtControls: Bool
  private var further: FurtherClasses?

  private var borders: bk_wide_borders
  /// Starts that an apostrophe near the end of the previous chunk sets in this one.
  private var forcedStarts: UInt64 = 0
  /// Starts that it removes there.
  private var removedStarts: UInt64 = 0
  /// Where the last contraction that belongs to a word ends.
  private var contractionEnd = -1
  /// The characters of the number at the end of the previous chunk that belong to its last pre-token.
  var numberLength = 0
  private var isFirst = true

  /// Makes a scanner for the start of a text.
  init(_ model: ModelTables, _ masks: PretokenMasks, kernels: UnsafePointer<bk_kernels>) {
    self.kernels = kernels
    self.masks = masks
    rules = model.rules
    options = model.kernelOptions
    cutsNumbers = model.rules.longestNumber == 3
    stopsAtControls = model.rules == .deepSeek || model.lacksBytes
    further = model.furtherClasses
    joinsSpaceAndLetter = model.joinsSpaceAndLetter
    borders = bk_wide_borders(
      pair_filter: model.pairFilter, split_pairs: model.splitPairs, whole_token_ends: model.wholeTokenEnds,
      last_scalar: 0, last_end: -1)
    masks.reset()
  }

  /// Scans `count` blocks from `position` on, which leaves the starts of pre-tokens and those to be looked up in
  /// `masks`.
  ///
  /// The text up to the end of the last block can be read; bytes after the end of the text are zero.
  ///
  /// - Returns: False if the text is irregular; nothing is scanned then.
  @inline(__always)
  mutating func scan(_ source: TextSource, at position: Int, count: Int) -> Bool {
    let blocks = masks.blocks
    let nonASCII = kernels.pointee.classify_pretokens(source.text + position, count, masks.pointer)
    let end = position &+ count &* 64
    let last = count &- 1
    let valid = UInt64.max &>> UInt64(truncatingIfNeeded: max(0, end &- source.end))
    // The text ends as if white space followed.
    blocks.other[last] &= valid
    blocks.space[last] |= ~valid
    let isWide = nonASCII != 0
    var found: UInt32 = 0
    if isWide {
      found = kernels.pointee.classify_wide(source.text + position, count, masks.pointer, &borders)
    } else {
      borders.last_end = -1
    }
    if !rules.isPlain {
      guard classifyFurther(source, at: position, count: count, isWide: isWide, valid: valid) else { return false }
    }
    blocks.space[count] = source.isSpaceOrEnd(source.characterEnd(end)) ? 1 : 0

    let options = isWide ? options | BK_PRETOKENS_WIDE.rawValue : options
    let rarities = kernels.pointee.find_pretokens(masks.pointer, count, options)
    blocks.starts[0] = blocks.starts[0] & ~removedStarts | forcedStarts | (isFirst ? 1 : 0)
    blocks.starts[count] = 0
    removedStarts = 0
    if rarities & BK_RARE_CONTRACTION.rawValue != 0 { addContractions(source, at: position, count: count) }
    if rarities & BK_RARE_INDENT.rawValue != 0 { removeIndents(source, at: position, count: count) }
    if found & BK_WIDE_SPACE.rawValue != 0 { addWideSpaces(count: count) }
    if cutsNumbers {
      let isLong = rarities & BK_RARE_LONG_NUMBER.rawValue != 0 || found & BK_WIDE_NUMBER.rawValue != 0
      if isLong { addNumberStarts(count: count, isWide: isWide) } else { followNumber(count: count) }
    }
    blocks.starts[last] &= valid
    forcedStarts = blocks.starts[count]
    blocks.starts[count] = 0
    // What follows the chunk is unknown.
    blocks.non_ascii[count] = end < source.end ? .max : 0
    kernels.pointee.select_probed(masks.pointer, count, options, joinsSpaceAndLetter ? 1 : 0)
    masks.advance(count)
    isFirst = false
    return true
  }

  /// Finds what only rules beyond those of `cl100k_base` look at; false if the text is irregular.
  @inline(never)
  private mutating func classifyFurther(
    _ source: TextSource, at position: Int, count: Int, isWide: Bool, valid: UInt64
  ) -> Bool {
    guard further != nil else { return true }
    let blocks = masks.blocks
    kernels.pointee.classify_further(source.text + position, count, masks.pointer)
    if stopsAtControls {
      var controls = blocks.control[count &- 1] & valid
      for block in 0..<count &- 1 { controls |= blocks.control[block] }
      guard controls == 0 else { return false }
    }
    if isWide {
      guard further?.classify(source, at: position, count: count, blocks) != false else { return false }
    } else if rules.isCased {
      guard further?.capitalsBehindCaseless(0, blocks) == 0 else { return false }
    }
    if options & BK_PRETOKENS_NUMBERS_APART.rawValue != 0 {
      let next = source.characterEnd(position &+ count &* 64)
      let isNumber = next < source.end && source.characterClass(at: next) == .number
      blocks.number[count] = isNumber ? 1 : 0
      blocks.apart[count] = further?.isApart(source, at: next) == true ? 1 : 0
    }
    return true
  }

  // MARK: White space

  /// Removes the starts at white space whose run ends with a newline.
  @inline(never)
  private func removeIndents(_ source: TextSource, at position: Int, count: Int) {
    let blocks = masks.blocks
    for block in 0..<count where blocks.indents[block] != 0 {
      var rest = blocks.indents[block]
      while rest != 0 {
        let bit = rest.trailingZeroBitCount
        rest &= rest &- 1
        if runEndsWithNewline(source, at: position, block: block, bit: bit, count: count) {
          blocks.starts[block] &= ~(1 &<< UInt64(truncatingIfNeeded: bit))
        }
      }
    }
  }

  /// Whether a newline follows the run of white space at a bit of a block.
  private func runEndsWithNewline(_ source: TextSource, at position: Int, block: Int, bit: Int, count: Int) -> Bool {
    var block = block
    var end = bit &+ (~(masks.blocks.space[block] &>> UInt64(truncatingIfNeeded: bit))).trailingZeroBitCount
    while end >= 64 {
      block &+= 1
      guard block < count else { return newlineFollowsSpaces(source, behind: position &+ count &* 64) }
      end = (~masks.blocks.space[block]).trailingZeroBitCount
    }
    return masks.blocks.newline[block] &>> UInt64(truncatingIfNeeded: end) & 1 != 0
  }

  private func newlineFollowsSpaces(_ source: TextSource, behind end: Int) -> Bool {
    var position = source.characterEnd(end)
    while position < source.end {
      switch source.characterClass(at: position) {
      case .space: position &+= source.scalar(at: position).length
      case .newline: return true
      default: return false
      }
    }
    return false
  }

  // MARK: Contractions

  private mutating func addContractions(_ source: TextSource, at position: Int, count: Int) {
    switch rules {
    case .singleNumbers, .threeNumbers: addContractionStarts(source, at: position, count: count)
    case .gpt2, .gpt2Digits, .o200k, .kimi: moveContractionStarts(source, at: position, count: count)
    case .tekken, .deepSeek: break
    }
  }

  /// Makes contractions pre-tokens, as GPT-2 has them, or ends of words.
  ///
  /// A pre-token begins behind them in any case.
  @inline(never)
  private mutating func moveContractionStarts(_ source: TextSource, at position: Int, count: Int) {
    let text = UnsafeBufferPointer(start: source.text, count: source.end)
    for block in 0..<count {
      var rest = masks.blocks.contractions[block]
      while rest != 0 {
        let start = position &+ block &* 64 &+ rest.trailingZeroBitCount
        rest &= rest &- 1
        // Behind a contraction an apostrophe begins a word.
        guard !rules.isCased || start != contractionEnd,
          let end = PretokenScanner.contractionEnd(text, start),
          rules.isCased || PretokenScanner.isSmallContraction(text, start..<end)
        else { continue }
        for place in (rules.isCased ? start : start &+ 1)..<end {
          setStart(place &- position, count: count, false)
        }
        if end < source.end { setStart(end &- position, count: count, true) }
        contractionEnd = end
      }
    }
  }

  /// Sets or removes the start at a place of the chunk or a little behind it.
  private mutating func setStart(_ place: Int, count: Int, _ isStart: Bool) {
    let bit = (1 as UInt64) &<< UInt64(truncatingIfNeeded: place & 63)
    if isStart {
      masks.blocks.starts[place >> 6] |= bit
    } else {
      masks.blocks.starts[place >> 6] &= ~bit
      if place >> 6 == count { removedStarts |= bit }
    }
  }

  /// Adds the starts after contractions that letters follow.
  @inline(never)
  private func addContractionStarts(_ source: TextSource, at position: Int, count: Int) {
    let text = UnsafeBufferPointer(start: source.text, count: source.end)
    let blocks = masks.blocks
    for block in 0..<count {
      var rest = blocks.contractions[block]
      while rest != 0 {
        let place = block &* 64 &+ rest.trailingZeroBitCount
        rest &= rest &- 1
        guard let end = PretokenScanner.contractionEnd(text, position &+ place), end < source.end,
          source.characterClass(at: end) == .letter
        else { continue }
        let target = end &- position
        blocks.starts[target / 64] |= 1 &<< UInt64(truncatingIfNeeded: target % 64)
      }
    }
  }
}

// Characters beyond ASCII, and numbers of more than three characters.
extension PretokenChunkScanner {
  /// Adds the first bytes of non-ASCII spaces that belong to the text after them.
  @inline(never)
  func addWideSpaces(count: Int) {
    let blocks = masks.blocks
    for block in 0..<count {
      let white = blocks.space[block] | blocks.newline[block]
      var ending = white >> 1 | (blocks.space[block + 1] | blocks.newline[block + 1]) << 63
      if options & BK_PRETOKENS_NUMBERS_APART.rawValue != 0 {
        ending |= (blocks.number[block] | blocks.apart[block]) >> 1
        ending |= (blocks.number[block + 1] | blocks.apart[block + 1]) << 63
      }
      var rest = blocks.space[block] & ~ending & blocks.continuation[block]
      while rest != 0 {
        var place = block &* 64 &+ rest.trailingZeroBitCount
        rest &= rest &- 1
        while place >= 0, isContinuation(place) { place &-= 1 }
        // A character that begins in the previous chunk was handled there.
        if place >= 0 { blocks.starts[place / 64] |= 1 &<< UInt64(truncatingIfNeeded: place % 64) }
      }
    }
  }

  @inline(__always)
  private func isContinuation(_ place: Int) -> Bool {
    masks.blocks.continuation[place / 64] &>> UInt64(truncatingIfNeeded: place % 64) & 1 != 0
  }

  /// Adds a start at each third character after the start of a number.
  @inline(never)
  mutating func addNumberStarts(count: Int, isWide: Bool) {
    let blocks = masks.blocks
    var length = numberLength
    var isNumberBefore = blocks.number[-1] >> 63 != 0
    for block in 0..<count {
      let continuation = isWide ? blocks.continuation[block] : 0
      var rest = blocks.number[block] & ~continuation
      let before = blocks.number[block] << 1 | (isNumberBefore ? 1 : 0)
      while rest != 0 {
        let bit = rest & (0 &- rest)
        rest ^= bit
        if before & bit == 0 || length == Self.longestNumber {
          blocks.starts[block] |= bit
          length = 0
        }
        length &+= 1
      }
      isNumberBefore = blocks.number[block] >> 63 != 0
    }
    numberLength = isNumberBefore ? length : 0
  }

  private static let longestNumber = 3

  /// Remembers how many characters the number at the end of the chunk has, which all are ASCII digits, at most three.
  @inline(__always)
  mutating func followNumber(count: Int) {
    let last = masks.blocks.number[count &- 1]
    numberLength = last >> 63 == 0 ? 0 : (~last).leadingZeroBitCount
  }
}

/// The arrays of a `bk_pretoken_blocks`, with room for what vector code reads and writes beside them.
///
/// Its owner must call `deallocate()`.
struct PretokenMasks {
  /// The arrays, for the kernels.
  let pointer: UnsafeMutablePointer<bk_pretoken_blocks>
  private let memory: UnsafeMutablePointer<UInt64>
  /// The elements of an array, with the room around it.
  private let stride: Int

  private static let lanes = Int(BK_LANES)
  private static let arrays = 21

  /// Makes arrays for up to `maximumBlocks` blocks.
  init(maximumBlocks: Int) {
    // Whole steps of lanes, with one step before for the element -1, and one after for reading the element after a
    // lane.
    let stride = (maximumBlocks / Self.lanes + 3) * Self.lanes
    let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: stride * Self.arrays)
    memory.initialize(repeating: 0, count: stride * Self.arrays)
    func array(_ number: Int) -> UnsafeMutablePointer<UInt64> { memory + number * stride + Self.lanes }
    self.memory = memory
    self.stride = stride
    pointer = .allocate(capacity: 1)
    pointer.initialize(
      to: bk_pretoken_blocks(
        letter: array(0), number: array(1), space: array(2), plain_space: array(3), newline: array(4),
        apostrophe: array(5), other: array(6), non_ascii: array(7), continuation: array(8), cut: array(9),
        symbol: array(10), absorbed: array(11), starts: array(12), probed: array(13), contractions: array(14),
        indents: array(15), upper: array(16), caseless: array(17), apart: array(18), slash: array(19),
        control: array(20)))
  }

  func deallocate() {
    pointer.deallocate()
    memory.deallocate()
  }

  /// The arrays.
  @inline(__always)
  var blocks: bk_pretoken_blocks { pointer.pointee }

  /// Advances the arrays by `count` blocks, so that the last of them becomes the block before the next one.
  @inline(__always)
  func advance(_ count: Int) {
    for array in 0..<Self.arrays { self[array][-1] = self[array][count &- 1] }
  }

  /// Resets the arrays to the start of a text.
  @inline(__always)
  func reset() {
    for array in 0..<Self.arrays { self[array][-1] = 0 }
  }

  /// The element of the first block of an array.
  @inline(__always)
  private subscript(array: Int) -> UnsafeMutablePointer<UInt64> { memory + (array &* stride &+ Self.lanes) }
}
