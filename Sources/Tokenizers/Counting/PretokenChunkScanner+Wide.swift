import CTokenizerKernels

// Characters beyond ASCII, and numbers of more than three characters.
extension PretokenChunkScanner {
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
