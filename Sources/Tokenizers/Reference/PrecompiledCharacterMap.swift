/// The replacements of a SentencePiece model (`precompiled_charsmap`), applied as the reference applies them.
///
/// A grapheme cluster of less than six bytes is looked up first, and the *shortest* text that it begins with decides for all
/// of it; otherwise each character is looked up by itself. SentencePiece replaces the longest text instead.
///
/// The format: the size of a double-array trie in bytes, the trie, and the replacements, each ended by a NUL.
struct PrecompiledCharacterMap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]

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
  }

  /// The replacement for the shortest text in the map that a part begins with; nil where there is none.
  private func replacement(of part: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
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
  private func forEachPrefix(of part: some Collection<UInt8>, _ body: (Int, ArraySlice<UInt8>) -> Bool) {
    var node = Self.offset(units[0])
    for (index, byte) in part.enumerated() {
      if byte == 0 { return }
      node ^= Int(byte)
      guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return }
      let unit = units[node]
      node ^= Self.offset(unit)
      if unit >> 8 & 1 == 1 {
        guard node < units.count else { return }
        let start = Int(units[node] & 0x7FFF_FFFF)
        guard start <= replacements.count, body(index + 1, replacements[start...].prefix { $0 != 0 }) else { return }
      }
    }
  }

  /// Whether a text in the map begins with a byte.
  func holdsText(beginningWith byte: UInt8) -> Bool {
    let node = Self.offset(units[0]) ^ Int(byte)
    return node < units.count && units[node] & 0x8000_00FF == UInt32(byte)
  }

  private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }

  /// Replaces what the map replaces.
  func apply(to text: inout AlignedText) {
    var changes: [AlignedText.Change] = []
    var isModified = false
    let bytes = text.bytes
    func replace(_ range: Range<Int>) -> Bool {
      guard let replacement = replacement(of: bytes[range]) else { return false }
      isModified = true
      Self.append(replacement, replacing: bytes[range], to: &changes)
      return true
    }
    for cluster in GraphemeClusters.ranges(of: text) {
      if cluster.count < 6, replace(cluster) { continue }
      bytes.withUnsafeBytes { raw in
        var offset = cluster.lowerBound
        while offset < cluster.upperBound {
          let scalar = UTF8Scalar(in: raw, at: offset)
          if !replace(offset..<offset + scalar.length) { changes.append((scalar.value, 0)) }
          offset += scalar.length
        }
      }
    }
    if isModified { text.transform(changes) }
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
  static func ranges(of text: AlignedText) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    var previous: (scalar: UInt32, kind: GraphemeClass)?
    // Whether the cluster ends in a pictograph and extenders, or in a consonant, extenders and a linker among them.
    var (isPictograph, isConsonant, hasLinker) = (false, false, false)
    text.forEachScalar { scalar, offset, _ in
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
    if start < text.bytes.count { ranges.append(start..<text.bytes.count) }
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
