import ByteKernels

// Characters beyond ASCII, and numbers of more than three characters.
extension PretokenChunkScanner {
  /// What there is among the characters beyond ASCII of a chunk.
  struct ClassifiedCharacters {
    var hasNumber = false
    var hasSpace = false
  }

  /// Gives all bytes of characters beyond ASCII the class of the character, and marks those behind the first one.
  @inline(never)
  mutating func classify(_ source: TextSource, at position: Int, count: Int) -> ClassifiedCharacters {
    let blocks = masks.blocks
    var found = ClassifiedCharacters()
    for block in 0..<count {
      var rest = blocks.non_ascii[block]
      blocks.continuation[block] = 0
      guard rest != 0 else { continue }
      if pendingBytes > 0 {
        let bytes = (1 as UInt64) &<< UInt64(truncatingIfNeeded: pendingBytes) &- 1
        blocks.continuation[block] = bytes
        add(bytes, pendingClass, to: block, &found)
        rest &= ~bytes
        pendingBytes = 0
      }
      while rest != 0 {
        let bit = rest.trailingZeroBitCount
        let (scalar, length) = source.scalar(at: position &+ block &* 64 &+ bit)
        let characterClass = UnicodeTables.characterClass(of: scalar)
        let bytes = ((1 as UInt64) &<< UInt64(truncatingIfNeeded: length) &- 1) &<< UInt64(truncatingIfNeeded: bit)
        blocks.continuation[block] |= bytes & (bytes &<< 1)
        add(bytes, characterClass, to: block, &found)
        rest &= ~bytes
        if bit &+ length > 64 {
          pendingBytes = bit &+ length &- 64
          pendingClass = characterClass
        }
      }
    }
    return found
  }

  @inline(__always)
  private func add(
    _ bytes: UInt64, _ characterClass: CharacterClass, to block: Int, _ found: inout ClassifiedCharacters
  ) {
    switch characterClass {
    case .letter: masks.blocks.letter[block] |= bytes
    case .number:
      masks.blocks.number[block] |= bytes
      found.hasNumber = true
    case .space:
      masks.blocks.space[block] |= bytes
      found.hasSpace = true
    case .newline, .other: return
    }
    masks.blocks.other[block] &= ~bytes
  }

  /// Adds the first bytes of spaces beyond ASCII that go with the text behind them.
  @inline(never)
  func addWideSpaces(count: Int) {
    let blocks = masks.blocks
    for block in 0..<count {
      let white = blocks.space[block] | blocks.newline[block]
      let whiteNext = white >> 1 | (blocks.space[block + 1] | blocks.newline[block + 1]) << 63
      var rest = blocks.space[block] & ~whiteNext & blocks.continuation[block]
      while rest != 0 {
        var place = block &* 64 &+ rest.trailingZeroBitCount
        rest &= rest &- 1
        while place >= 0, isContinuation(place) { place &-= 1 }
        // A character that begins in the chunk before was seen to there.
        if place >= 0 { blocks.starts[place / 64] |= 1 &<< UInt64(truncatingIfNeeded: place % 64) }
      }
    }
  }

  @inline(__always)
  private func isContinuation(_ place: Int) -> Bool {
    masks.blocks.continuation[place / 64] &>> UInt64(truncatingIfNeeded: place % 64) & 1 != 0
  }

  /// Adds a start at each third character behind the start of a number.
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
