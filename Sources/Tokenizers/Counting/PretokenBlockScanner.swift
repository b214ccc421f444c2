import ByteKernels

/// Finds the starts of pretokens in blocks of 64 bytes, by arithmetic on masks of character classes.
///
/// Gives what `PretokenScanner` gives. All bytes of a character carry its class, so that the byte before shows the class
/// of the character before; `continuation` tells first bytes from the others.
struct PretokenBlockScanner {
  private let longestNumber: Int
  private let joinsSpaceAndLetter: Bool

  /// What the last byte of the block before was.
  private var last = Last()
  /// Starts that an apostrophe near the end of the block before sets in this one.
  private var forcedStarts: UInt64 = 0
  /// The number of characters so far in the number at the end of the block before.
  private var numberLength = 0
  /// The bytes of this block that belong to a character of the block before, and its class.
  private var pendingBytes = 0
  private var pendingClass = CharacterClass.other
  private var isFirst = true

  private struct Last {
    var letter: UInt64 = 0
    var number: UInt64 = 0
    var space: UInt64 = 0
    var plainSpace: UInt64 = 0
    var newline: UInt64 = 0
    var other: UInt64 = 0
    /// The byte belongs to a symbol that begins a pretoken.
    var otherStart: UInt64 = 0
    /// The byte is a newline that belongs to the symbols before it.
    var absorbed: UInt64 = 0
  }

  /// The classes of the bytes of a block.
  private struct Classes {
    var letter: UInt64
    var number: UInt64
    var space: UInt64
    var newline: UInt64
    var other: UInt64
    var continuation: UInt64 = 0
  }

  /// The text that a scanner reads.
  struct Source {
    /// Where the text's offset 0 would be; only offsets from the current block on may be read.
    let text: UnsafePointer<UInt8>
    /// The end of the text.
    let end: Int

    @inline(__always)
    func scalar(at position: Int) -> (value: UInt32, length: Int) {
      CharacterCursor.scalar(in: UnsafeBufferPointer(start: text, count: end), at: position)
    }

    @inline(__always)
    func characterClass(at position: Int) -> CharacterClass {
      let byte = text[position]
      return UnicodeTables.characterClass(of: byte < 0x80 ? UInt32(byte) : scalar(at: position).value)
    }

    /// Whether the text ends or has white space at `position`.
    @inline(__always)
    func isSpaceOrEnd(_ position: Int) -> Bool {
      guard position < end else { return true }
      return characterClass(at: position).rawValue >= CharacterClass.space.rawValue
    }
  }

  /// Makes a scanner for the start of a text.
  ///
  /// - Parameter joinsSpaceAndLetter: Whether a space and an ASCII letter always are one token.
  init(longestNumber: Int, joinsSpaceAndLetter: Bool) {
    self.longestNumber = longestNumber
    self.joinsSpaceAndLetter = joinsSpaceAndLetter
  }

  /// Scans the block at `position` of the source.
  ///
  /// - Parameter masks: The classes of its bytes; those behind the end of the text are zero bytes.
  /// - Returns: The first bytes of pretokens, and those of them whose pretokens surely are one token.
  @inline(__always)
  mutating func scan(_ masks: bk_pretoken_masks, _ source: Source, at position: Int) -> (starts: UInt64, single: UInt64)
  {
    let count = min(64, source.end &- position)
    let valid = UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- count)
    var classes = Classes(
      letter: masks.letter, number: masks.number, space: masks.space | masks.control_space, newline: masks.newline,
      other: 0)
    if _slowPath((masks.non_ascii | UInt64(truncatingIfNeeded: pendingBytes)) != 0) {
      classify(masks.non_ascii, &classes, source, position)
    }
    classes.other = valid & ~(classes.letter | classes.number | classes.space | classes.newline)

    let letterBefore = classes.letter << 1 | last.letter
    let numberBefore = classes.number << 1 | last.number
    let spaceBefore = classes.space << 1 | last.space
    let newlineBefore = classes.newline << 1 | last.newline
    let otherBefore = classes.other << 1 | last.other

    let symbols = classes.other & ~otherBefore & ~(masks.space << 1 | last.plainSpace)
    let symbolCharacters = extended(symbols, classes.continuation)
    let absorbed = absorbedNewlines(classes.newline, otherBefore)

    var starts = symbols
    starts |= classes.letter & ~(letterBefore | spaceBefore | symbolCharacters << 1 | last.otherStart)
    starts |= classes.newline & (letterBefore | numberBefore)
    starts |= spaceStarts(
      classes, spaceBefore: spaceBefore, newlineBefore: newlineBefore, absorbedBefore: absorbed << 1 | last.absorbed,
      source, position, count)
    starts |= numberStarts(classes, numberBefore, masks.non_ascii)
    starts |= forcedStarts | (isFirst ? 1 : 0)
    forcedStarts = 0
    let apostrophes =
      masks.apostrophe & symbols & ((classes.letter >> 1) & (classes.letter >> 2) | 0xE000_0000_0000_0000)
    if _slowPath(apostrophes != 0) { starts |= contractionStarts(apostrophes, source, position) }
    starts &= valid & ~classes.continuation

    last = Last(
      letter: classes.letter >> 63, number: classes.number >> 63, space: classes.space >> 63,
      plainSpace: masks.space >> 63, newline: classes.newline >> 63, other: classes.other >> 63,
      otherStart: symbolCharacters >> 63, absorbed: absorbed >> 63)
    isFirst = false
    return (starts, singles(starts, masks))
  }

  /// The starts of pretokens that are one token without looking: single bytes, numbers, a space and a letter.
  @inline(__always)
  private func singles(_ starts: UInt64, _ masks: bk_pretoken_masks) -> UInt64 {
    var single = starts & starts >> 1
    if joinsSpaceAndLetter { single |= starts & masks.space & (masks.letter >> 1) & (starts >> 2) & ~(starts >> 1) }
    // Numbers that go on in the next block or may hold other than ASCII digits are looked up.
    let numbers = starts & masks.number & (longestNumber == 1 ? .max : .max >> 3)
    return single | (masks.non_ascii == 0 || longestNumber == 1 ? numbers : 0)
  }

  // MARK: Characters beyond ASCII

  @inline(never)
  private mutating func classify(
    _ nonASCII: UInt64, _ classes: inout Classes, _ source: Source, _ position: Int
  ) {
    var rest = nonASCII
    if pendingBytes > 0 {
      let bytes = (1 as UInt64) &<< UInt64(truncatingIfNeeded: pendingBytes) &- 1
      classes.continuation |= bytes
      add(bytes, pendingClass, to: &classes)
      rest &= ~bytes
      pendingBytes = 0
    }
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      let (scalar, length) = source.scalar(at: position &+ bit)
      let characterClass = UnicodeTables.characterClass(of: scalar)
      let bytes = ((1 as UInt64) &<< UInt64(truncatingIfNeeded: length) &- 1) &<< UInt64(truncatingIfNeeded: bit)
      classes.continuation |= bytes & (bytes &<< 1)
      add(bytes, characterClass, to: &classes)
      rest &= ~bytes
      if bit &+ length > 64 {
        pendingBytes = bit &+ length &- 64
        pendingClass = characterClass
      }
    }
  }

  @inline(__always)
  private func add(_ bytes: UInt64, _ characterClass: CharacterClass, to classes: inout Classes) {
    switch characterClass {
    case .letter: classes.letter |= bytes
    case .number: classes.number |= bytes
    case .space: classes.space |= bytes
    case .newline, .other: break
    }
  }

  /// The bits of `starts` and of the continuation bytes of the characters that begin there.
  @inline(__always)
  private func extended(_ starts: UInt64, _ continuation: UInt64) -> UInt64 {
    guard continuation != 0 else { return starts }
    var bytes = starts | (continuation & last.otherStart)
    bytes |= bytes << 1 & continuation
    bytes |= bytes << 1 & continuation
    return bytes | bytes << 1 & continuation
  }

  // MARK: White space

  /// The newlines that directly follow symbols and belong to them.
  @inline(__always)
  private func absorbedNewlines(_ newline: UInt64, _ otherBefore: UInt64) -> UInt64 {
    let first = newline & (otherBefore | last.absorbed)
    return newline & ((first &+ newline) ^ newline)
  }

  @inline(__always)
  private func spaceStarts(
    _ classes: Classes, spaceBefore: UInt64, newlineBefore: UInt64, absorbedBefore: UInt64, _ source: Source,
    _ position: Int, _ count: Int
  ) -> UInt64 {
    let space = classes.space
    let white = space | classes.newline
    let isWhiteNext: UInt64 = source.isSpaceOrEnd(position &+ count &+ pendingBytes) ? 1 : 0
    let whiteNext = white >> 1 | isWhiteNext &<< UInt64(truncatingIfNeeded: count &- 1)
    // The last space before other text goes with that text.
    var lastSpaces = space & ~whiteNext
    if _slowPath(lastSpaces & classes.continuation != 0) {
      lastSpaces = firstBytes(of: lastSpaces, classes.continuation)
    }
    var starts = space & ~(spaceBefore | newlineBefore) | lastSpaces | space & absorbedBefore
    // Spaces behind newlines begin a pretoken unless another newline follows them.
    let behindNewline = space & newlineBefore & ~absorbedBefore
    starts |= behindNewline
    if behindNewline != 0 {
      let (ends, overflow) = behindNewline.addingReportingOverflow(space)
      if _slowPath(overflow || ends & ~space & classes.newline != 0) {
        starts &= ~beforeNewlines(behindNewline & ~lastSpaces, classes, source, position)
      }
    }
    return starts
  }

  /// Those of `bits` whose run of spaces ends with a newline.
  @inline(never)
  private func beforeNewlines(_ bits: UInt64, _ classes: Classes, _ source: Source, _ position: Int) -> UInt64 {
    var found: UInt64 = 0
    var rest = bits
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest &- 1
      let end = bit &+ (~(classes.space &>> UInt64(truncatingIfNeeded: bit))).trailingZeroBitCount
      let isNewline =
        end < 64
        ? classes.newline &>> UInt64(truncatingIfNeeded: end) & 1 != 0
        : newlineFollowsSpaces(source, from: position &+ 64 &+ pendingBytes)
      if isNewline { found |= 1 &<< UInt64(truncatingIfNeeded: bit) }
    }
    return found
  }

  private func newlineFollowsSpaces(_ source: Source, from start: Int) -> Bool {
    var position = start
    while position < source.end {
      switch source.characterClass(at: position) {
      case .space: position &+= source.scalar(at: position).length
      case .newline: return true
      default: return false
      }
    }
    return false
  }

  /// The first bytes, as far as they are in this block, of the characters whose last bytes are `bits`.
  @inline(never)
  private func firstBytes(of bits: UInt64, _ continuation: UInt64) -> UInt64 {
    var first: UInt64 = 0
    var rest = bits
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest &- 1
      let upTo = UInt64.max &>> UInt64(truncatingIfNeeded: 63 &- bit)
      let candidates = ~continuation & upTo
      if candidates != 0 { first |= 1 &<< UInt64(truncatingIfNeeded: 63 &- candidates.leadingZeroBitCount) }
    }
    return first
  }

  // MARK: Numbers

  @inline(__always)
  private mutating func numberStarts(_ classes: Classes, _ numberBefore: UInt64, _ nonASCII: UInt64) -> UInt64 {
    guard longestNumber > 1 else { return classes.number }
    let runs = classes.number & ~numberBefore
    let isPlain = classes.number & nonASCII == 0 && (last.number == 0 || classes.number & 1 == 0)
    guard _fastPath(isPlain && classes.number >> 63 == 0) else { return numberStartsOneByOne(classes) }
    numberLength = 0
    // A run that goes on for more than three digits has a start at each third one.
    var starts = runs
    var groups = runs
    while true {
      groups = groups << 1 & classes.number
      groups = groups << 1 & classes.number
      groups = groups << 1 & classes.number
      if _fastPath(groups == 0) { return starts }
      starts |= groups
    }
  }

  @inline(never)
  private mutating func numberStartsOneByOne(_ classes: Classes) -> UInt64 {
    var starts: UInt64 = 0
    var length = last.number == 0 ? 0 : numberLength
    var previous = -1
    var rest = classes.number & ~classes.continuation
    // Continuation bytes of a number from the block before belong to the run before.
    if classes.number & 1 == 0 { length = 0 }
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest &- 1
      let between = (1 as UInt64) &<< UInt64(truncatingIfNeeded: bit) &- 1
      let gap = ~classes.number & between & (previous < 0 ? .max : .max &<< UInt64(truncatingIfNeeded: previous))
      if gap != 0 { length = 0 }
      if length == 0 || length == longestNumber {
        starts |= 1 &<< UInt64(truncatingIfNeeded: bit)
        length = 0
      }
      length &+= 1
      previous = bit
    }
    numberLength = classes.number >> 63 != 0 ? length : 0
    return starts
  }

  // MARK: Contractions

  /// The starts behind contractions that letters follow.
  @inline(never)
  private mutating func contractionStarts(_ apostrophes: UInt64, _ source: Source, _ position: Int) -> UInt64 {
    var starts: UInt64 = 0
    var rest = apostrophes
    let text = UnsafeBufferPointer(start: source.text, count: source.end)
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest &- 1
      guard let end = PretokenScanner.contractionEnd(text, position &+ bit), end < source.end,
        source.characterClass(at: end) == .letter
      else { continue }
      let target = end &- position
      if target < 64 {
        starts |= 1 &<< UInt64(truncatingIfNeeded: target)
      } else {
        forcedStarts |= 1 &<< UInt64(truncatingIfNeeded: target &- 64)
      }
    }
    return starts
  }
}
