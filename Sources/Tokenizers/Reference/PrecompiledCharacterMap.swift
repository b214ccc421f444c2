/// The replacements of a SentencePiece model (`precompiled_charsmap`), applied as the reference applies them.
///
/// A grapheme cluster of less than six bytes is looked up first, and the *shortest* text that it begins with decides for all
/// of it; otherwise each character is looked up by itself. SentencePiece replaces the longest text instead.
///
/// The format: the size of a double-array trie in bytes, the trie, and the replacements, each ended by a NUL.
struct PrecompiledCharacterMap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]
  /// Whether a character of ASCII by itself is replaced.
  private var replacesByte = [Bool](repeating: false, count: 128)

  /// Reads a map; nil where it is damaged.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 4 else { return nil }
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
    let count = Int(word(0)) / 4
    guard count > 0, 4 + count * 4 <= bytes.count else { return nil }
    units = (0..<count).map { word(4 + 4 * $0) }
    replacements = Array(bytes[(4 + count * 4)...])
    guard replacements.withUnsafeBufferPointer({ UTF8Repair.isValid($0) }) else { return nil }
    for byte in UInt8(0)..<0x80 { replacesByte[Int(byte)] = replacement(of: [byte]) != nil }
  }

  /// The replacement for the shortest text in the map that a part begins with; nil where there is none.
  func replacement(of part: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var found: ArraySlice<UInt8>?
    forEachPrefix(of: part) { _, replacement in
      found = replacement
      return false
    }
    return found
  }

  /// The longest text in the map that a part begins with, and its replacement, as SentencePiece replaces.
  func longestMatch(in part: some Collection<UInt8>) -> (count: Int, replacement: ArraySlice<UInt8>)? {
    var found: (count: Int, replacement: ArraySlice<UInt8>)?
    forEachPrefix(of: part) { count, replacement in
      found = (count, replacement)
      return true
    }
    return found
  }

  /// Passes on each text in the map that a part begins with, the shortest first, until `body` returns false.
  ///
  /// A damaged map may hold parts of characters; those are none of its texts, so that what is valid UTF-8 stays so.
  private func forEachPrefix(of part: some Collection<UInt8>, _ body: (Int, ArraySlice<UInt8>) -> Bool) {
    var node = Self.offset(units[0])
    var found: (count: Int, replacement: ArraySlice<UInt8>)?
    for (index, byte) in part.enumerated() {
      if let (count, replacement) = found.take(), !UTF8.isContinuation(byte), !body(count, replacement) { return }
      if byte == 0 { return }
      node ^= Int(byte)
      guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return }
      let unit = units[node]
      node ^= Self.offset(unit)
      if unit >> 8 & 1 == 1 {
        guard node < units.count else { return }
        let start = Int(units[node] & 0x7FFF_FFFF)
        guard start <= replacements.count else { return }
        if start == replacements.count || !UTF8.isContinuation(replacements[start]) {
          found = (index + 1, replacements[start...].prefix { $0 != 0 })
        }
      }
    }
    if let found { _ = body(found.count, found.replacement) }
  }

  /// Whether a character of ASCII stays as it is wherever another one, or nothing, follows it.
  func keeps(_ byte: UInt8) -> Bool {
    if replacesByte[Int(byte)] { return false }
    let first = Self.offset(units[0]) ^ Int(byte)
    guard first < units.count, units[first] & 0x8000_00FF == UInt32(byte) else { return true }
    return (1..<0x80).allSatisfy { next in
      let node = first ^ Self.offset(units[first]) ^ next
      return node >= units.count || units[node] & 0x8000_00FF != UInt32(next)
    }
  }

  private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }

  /// Replaces what the map replaces.
  ///
  /// - Throws: `TokenizerError` where the text becomes longer than it may.
  func apply(to text: inout AlignedText, _ limit: GrowthLimit) throws(TokenizerError) {
    var changes: [AlignedText.Change] = []
    var isModified = false
    let bytes = text.bytes
    func replace(_ range: Range<Int>) throws(TokenizerError) -> Bool {
      guard let replacement = replacement(of: bytes[range]) else { return false }
      try limit.check(changes.count + replacement.count)
      isModified = true
      Self.append(replacement, replacing: bytes[range], to: &changes)
      return true
    }
    for cluster in GraphemeClusters.ranges(of: text) {
      if cluster.count < Self.clusterLimit, try replace(cluster) { continue }
      try bytes.withUnsafeBufferPointer { bytes throws(TokenizerError) in
        var offset = cluster.lowerBound
        while offset < cluster.upperBound {
          let (scalar, length) = CharacterCursor.scalar(in: bytes, at: offset)
          if try !replace(offset..<offset + length) { changes.append((scalar, 0)) }
          offset += length
        }
      }
    }
    if isModified { text.transform(changes) }
  }

  /// Clusters of as many bytes are not looked up as a whole.
  private static let clusterLimit = 6

  /// What becomes of a text, without where it comes from; false where it stays as it is.
  ///
  /// - Throws: `TokenizerError` where the text becomes longer than it may.
  /// - Complexity: O(length of the text).
  func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8], _ limit: GrowthLimit
  ) throws(TokenizerError) -> Bool {
    result.removeAll(keepingCapacity: true)
    var isModified = false
    var copied = 0
    func replace(_ range: Range<Int>, _ result: inout [UInt8]) throws(TokenizerError) -> Bool {
      guard let replacement = replacement(of: Array(text[range])[...]) else { return false }
      try limit.check(result.count + replacement.count)
      result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<range.lowerBound]))
      result += replacement
      copied = range.upperBound
      isModified = true
      return true
    }
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      // Between two characters of ASCII is a border of clusters, unless they end a line.
      let next = offset &+ 1 < text.count ? text[offset &+ 1] : 0
      if byte < 0x80, next < 0x80, !(byte == 0x0D && next == 0x0A) {
        if replacesByte[Int(byte)] { _ = try replace(offset..<offset &+ 1, &result) }
        offset &+= 1
        continue
      }
      let end = Self.endOfRun(text, from: offset)
      let run = UnsafeBufferPointer(rebasing: text[offset..<end])
      for cluster in GraphemeClusters.ranges(of: run) {
        let cluster = offset &+ cluster.lowerBound..<offset &+ cluster.upperBound
        if cluster.count < Self.clusterLimit, try replace(cluster, &result) { continue }
        var place = cluster.lowerBound
        while place < cluster.upperBound {
          let length = CharacterCursor.scalar(in: text, at: place).length
          _ = try replace(place..<place &+ length, &result)
          place &+= length
        }
      }
      offset = end
    }
    if isModified { result.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...])) }
    return isModified
  }

  /// The border between two characters of ASCII after a place, or the end of the text.
  private static func endOfRun(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start &+ 1
    while end < text.count {
      if text[end] < 0x80, text[end &- 1] < 0x80, !(text[end &- 1] == 0x0D && text[end] == 0x0A) { return end }
      end &+= 1
    }
    return end
  }

  /// Appends the characters that replace others, with the changes that the reference gives them.
  private static func append(
    _ new: ArraySlice<UInt8>, replacing old: ArraySlice<UInt8>, to changes: inout [AlignedText.Change]
  ) {
    var newCount = 0
    AlignedText.scalars(of: Array(new)) {
      changes.append(($0, 0))
      newCount += 1
    }
    let difference = newCount - old.count { $0 & 0xC0 != 0x80 }
    if difference > 0 {
      for index in changes.indices.suffix(difference) { changes[index].change = 1 }
    } else if difference < 0, !changes.isEmpty {
      changes[changes.count - 1].change += difference
    }
  }
}

/// What the border before or after a character depends on; raw values as in the table.
enum GraphemeClass: UInt32 {
  case other, control, extend, linker, conjunctExtend, prepend, pictographic, consonant
  case lead, vowel, trail, leadVowel, leadVowelTrail

  /// Whether a character of this class never begins a cluster after another character.
  var extends: Bool { self == .extend || self == .linker || self == .conjunctExtend }
}

/// The extended grapheme clusters of a text, by the rules of Unicode Standard Annex 29.
///
/// Regional indicators are left alone: a flag has eight bytes, and only clusters of less than six are asked for.
enum GraphemeClusters {
  /// The ranges of all clusters in order.
  ///
  /// - Complexity: O(length of the text).
  static func ranges(of text: AlignedText) -> [Range<Int>] { text.bytes.withUnsafeBufferPointer { ranges(of: $0) } }

  /// The ranges of all clusters of valid UTF-8 in order.
  ///
  /// - Complexity: O(length of the text).
  static func ranges(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    var previous: (scalar: UInt32, kind: GraphemeClass)?
    // Whether the cluster ends in a pictograph and extenders, or in a consonant, extenders and a linker among them.
    var (isPictograph, isConsonant, hasLinker) = (false, false, false)
    var end = 0
    while end < text.count {
      let offset = end
      let (scalar, length) = CharacterCursor.scalar(in: text, at: offset)
      end += length
      let kind = GraphemeClass(rawValue: PropertyTables.graphemeClasses(scalar)) ?? .other
      if let last = previous {
        let joins =
          Self.joins(last, (scalar, kind))
          || isPictograph && last.scalar == 0x200D && kind == .pictographic
          || isConsonant && hasLinker && kind == .consonant
        if !joins {
          ranges.append(start..<offset)
          start = offset
        }
      }
      if kind == .pictographic { isPictograph = true } else if !kind.extends { isPictograph = false }
      if kind == .consonant {
        (isConsonant, hasLinker) = (true, false)
      } else if kind == .linker {
        hasLinker = true
      } else if kind != .conjunctExtend {
        isConsonant = false
      }
      previous = (scalar, kind)
    }
    if start < text.count { ranges.append(start..<text.count) }
    return ranges
  }

  private static func joins(
    _ left: (scalar: UInt32, kind: GraphemeClass), _ right: (scalar: UInt32, kind: GraphemeClass)
  ) -> Bool {
    if left.scalar == 0x0D && right.scalar == 0x0A { return true }
    if left.kind == .control || right.kind == .control { return false }
    if right.kind.extends || left.kind == .prepend { return true }
    switch (left.kind, right.kind) {
    case (.lead, .lead), (.lead, .vowel), (.lead, .leadVowel), (.lead, .leadVowelTrail): return true
    case (.leadVowel, .vowel), (.leadVowel, .trail), (.vowel, .vowel), (.vowel, .trail): return true
    case (.leadVowelTrail, .trail), (.trail, .trail): return true
    default: return false
    }
  }
}
