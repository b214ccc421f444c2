import CTokenizerKernels

/// Classes of characters beyond ASCII that only some rules tell apart: capitals, marks, scripts.
///
/// What the vector code could not decide from neighbors makes a text irregular: it is scanned by the pattern then.
struct FurtherClasses {
  /// The sets of a character, bits of the table.
  private enum Member {
    static let upper: UInt64 = 1
    static let caseless: UInt64 = 2
    static let mark: UInt64 = 4
    static let apart: UInt64 = 8
    static let irregular: UInt64 = 16
  }

  private let table: CharacterSetTable.View
  private let isCased: Bool
  private let joinsASCIIOnly: Bool
  /// The classes of the bytes at the start of the next block whose characters began before it.
  private var pending = Bytes()

  /// Bytes of a block by class.
  private struct Bytes {
    var upper: UInt64 = 0
    var caseless: UInt64 = 0
    var apart: UInt64 = 0
    /// Of marks that are parts of words.
    var mark: UInt64 = 0
  }

  /// Makes the classes of rules; nil for rules that have no more classes than `cl100k_base` has.
  init?(_ rules: PretokenRules) {
    switch rules {
    case .singleNumbers, .threeNumbers, .gpt2: return nil
    case .gpt2Digits: table = Self.digitTable.view
    case .o200k, .tekken: table = Self.casedTable.view
    case .kimi: table = Self.hanTable.view
    case .deepSeek: table = Self.deepSeekTable.view
    }
    isCased = rules.isCased
    joinsASCIIOnly = rules == .deepSeek
  }

  // MARK: Tables

  // Constants that are never freed, so that pointers into them may be kept.

  private static let casedTable = table(apart: UnicodeSet(boundaries: []))
  private static let hanTable = table(apart: property("Han"))
  private static let deepSeekTable: CharacterSetTable = {
    let (letter, mark) = (property("L"), property("M"))
    let scripts = PretokenRules.deepSeekScripts
    let known = letter.union(mark).union(property("N")).union(property("P")).union(property("S"))
      .union(PropertyTables.whiteSpace)
    let empty = UnicodeSet(boundaries: [])
    return CharacterSetTable([
      empty, letter.intersection(scripts.complement), mark, letter.intersection(scripts),
      known.complement.union(scripts.intersection(letter.complement)),
    ])
  }()
  private static let digitTable: CharacterSetTable = {
    let (digit, number) = (PropertyTables.numeric, property("N"))
    let differing = digit.intersection(number.complement).union(number.intersection(digit.complement))
    let empty = UnicodeSet(boundaries: [])
    // Some vocabularies lack the first bytes of the last planes.
    return CharacterSetTable([empty, empty, empty, empty, differing.union(UnicodeSet(0x4_0000...0x10_FFFF))])
  }()

  private static func table(apart: UnicodeSet) -> CharacterSetTable {
    let rest = apart.complement
    return CharacterSetTable([
      property("Lu").union(property("Lt")).intersection(rest), property("Lm").union(property("Lo")).intersection(rest),
      property("M").intersection(rest), apart.intersection(property("L")), apart.intersection(property("L").complement),
    ])
  }

  private static func property(_ name: String) -> UnicodeSet {
    PropertyTables.property(Array(name.utf8)) ?? UnicodeSet(boundaries: [])
  }

  // MARK: Classifying

  /// Sets the further classes of the characters beyond ASCII in `count` blocks, whose other classes are known, and cuts where
  /// neighbors do not tell that a pre-token begins.
  ///
  /// - Returns: False if the text is irregular.
  mutating func classify(_ source: TextSource, at position: Int, count: Int, _ blocks: bk_pretoken_blocks) -> Bool {
    for block in 0..<count where blocks.non_ascii[block] != 0 {
      guard classify(source, at: position, block: block, blocks) else { return false }
    }
    guard isCased else { return true }
    for block in 0..<count {
      var rest = capitalsBehindCaseless(block, blocks) & ~blocks.continuation[block]
      while rest != 0 {
        let bit = rest & (0 &- rest)
        rest ^= bit
        let place = block &* 64 &+ bit.trailingZeroBitCount
        guard let begins = beginsBehindCaseless(source, at: position, place: place, count: count, blocks) else {
          return false
        }
        if begins { blocks.cut[block] |= bit }
      }
    }
    return true
  }

  /// Capitals behind a letter that may be a capital or a small one.
  func capitalsBehindCaseless(_ block: Int, _ blocks: bk_pretoken_blocks) -> UInt64 {
    blocks.upper[block] & (blocks.caseless[block] << 1 | blocks.caseless[block &- 1] >> 63)
  }

  /// Whether a pre-token begins at a capital behind letters without case; nil where that is not clear.
  ///
  /// A word is capitals, then small letters, and letters without case may be either. They are small ones if one is before
  /// them. Else what is behind the capitals decides: with a letter there, that may be small, all are one word.
  private func beginsBehindCaseless(
    _ source: TextSource, at position: Int, place: Int, count: Int, _ blocks: bk_pretoken_blocks
  ) -> Bool? {
    func holds(_ masks: UnsafeMutablePointer<UInt64>, _ place: Int) -> Bool {
      masks[place >> 6] &>> UInt64(truncatingIfNeeded: place & 63) & 1 != 0
    }
    var start = place
    while holds(blocks.caseless, start &- 1) {
      start &-= 1
      // The block before is all that is known.
      if start < -56 { return nil }
    }
    if holds(blocks.letter, start &- 1), !holds(blocks.upper, start &- 1) {
      // Behind a contraction a word begins.
      let first = max(0, position &+ start &- 3)
      return (first..<position &+ start).contains { source.text[$0] == UInt8(ascii: "'") } ? nil : true
    }
    var end = place
    while end < count &* 64, holds(blocks.upper, end) { end &+= 1 }
    guard end < count &* 64 else { return position &+ end < source.end ? nil : true }
    return !holds(blocks.letter, end)
  }

  /// Whether a character at `position` ends the text before it for what is after white space.
  func isApart(_ source: TextSource, at position: Int) -> Bool {
    position < source.end && source.text[position] >= 0x80
      && table.sets(of: source.scalar(at: position).value) & Member.apart != 0
  }

  private mutating func classify(
    _ source: TextSource, at position: Int, block: Int, _ blocks: bk_pretoken_blocks
  ) -> Bool {
    set(pending, block, blocks)
    pending = Bytes()
    var rest = blocks.non_ascii[block] & ~blocks.continuation[block]
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest &- 1
      let place = block &* 64 &+ bit
      let (scalar, length) = source.scalar(at: position &+ place)
      let sets = table.sets(of: scalar)
      if sets == 0 { continue }
      var (here, behind) = (Bytes(), Bytes())
      let bytes = ((1 as UInt64) &<< UInt64(truncatingIfNeeded: length) &- 1) &<< UInt64(truncatingIfNeeded: bit)
      let beyond = bit &+ length > 64 ? (1 as UInt64) &<< UInt64(truncatingIfNeeded: bit &+ length &- 64) &- 1 : 0
      switch sets {
      case Member.upper: (here.upper, behind.upper) = (bytes, beyond)
      case Member.caseless: (here.caseless, behind.caseless) = (bytes, beyond)
      case Member.apart: (here.apart, behind.apart) = (bytes, beyond)
      case Member.mark:
        guard let isWord = joinsASCIIOnly ? true : continuesWord(source, at: position, place: place, blocks) else {
          return false
        }
        if isWord { (here.mark, behind.mark) = (bytes, beyond) }
      default: return false
      }
      if joinsASCIIOnly, sets != Member.apart {
        guard let begins = followsJoinedLetters(source, at: position, place: place, blocks) else { return false }
        if begins { blocks.cut[block] |= 1 &<< UInt64(truncatingIfNeeded: bit) }
      }
      set(here, block, blocks)
      if beyond != 0 { pending = behind }
    }
    return true
  }

  @inline(__always)
  private func set(_ bytes: Bytes, _ block: Int, _ blocks: bk_pretoken_blocks) {
    blocks.upper[block] |= bytes.upper
    blocks.caseless[block] |= bytes.caseless | bytes.mark
    blocks.apart[block] |= bytes.apart
    blocks.letter[block] = blocks.letter[block] & ~bytes.apart | bytes.mark
    blocks.other[block] &= ~(bytes.apart | bytes.mark)
  }

  /// Whether a mark is a part of a word: it is not where the symbol before it does not begin a pre-token, because a run of
  /// symbols takes in marks. Nil where a slash before it may be a symbol or belong to a newline.
  private func continuesWord(
    _ source: TextSource, at position: Int, place: Int, _ blocks: bk_pretoken_blocks
  ) -> Bool? {
    guard position &+ place > 0, isOther(place &- 1, blocks) else { return true }
    var lead = position &+ place &- 1
    if source.text[lead] == UInt8(ascii: "/") { return nil }
    while source.text[lead] & 0xC0 == 0x80 { lead &-= 1 }
    guard lead > 0 else { return true }
    let before = source.text[lead &- 1]
    if before == UInt8(ascii: "/") { return nil }
    return before != UInt8(ascii: " ") && !isOther(lead &- 1 &- position, blocks)
  }

  /// Whether a letter begins a pre-token because the ASCII letters before it are joined to a symbol, which joins no others;
  /// nil where that is not clear.
  private func followsJoinedLetters(
    _ source: TextSource, at position: Int, place: Int, _ blocks: bk_pretoken_blocks
  ) -> Bool? {
    // No more can be read at the end of a text.
    let limit = max(0, position &- 60)
    var start = position &+ place
    while start > limit, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(source.text[start &- 1] | 0x20) {
      start &-= 1
    }
    guard start < position &+ place, start > 0 else { return false }
    guard start > limit else { return nil }
    let symbol = source.text[start &- 1]
    guard symbol < 0x80, symbol > 0x20, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(symbol) else { return false }
    guard start > 1 else { return true }
    return source.text[start &- 2] != UInt8(ascii: " ") && !isOther(start &- 2 &- position, blocks)
  }

  @inline(__always)
  private func isOther(_ place: Int, _ blocks: bk_pretoken_blocks) -> Bool {
    blocks.other[place >> 6] &>> UInt64(truncatingIfNeeded: place & 63) & 1 != 0
  }
}
