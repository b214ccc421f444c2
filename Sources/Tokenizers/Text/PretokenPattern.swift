import CTokenizerKernels

/// Cuts text into pretokens by known rules.
///
/// This scanner reads character by character and is what the vector kernels are tested against. A pre-token depends on
/// nothing before it, and never changes when the text after it is cut away.
struct PretokenScanner: Sendable {
  /// The most characters of a pre-token of numbers, by the rules of `cl100k_base`.
  private let longestNumber: Int
  /// What follows other rules.
  private let program: PatternProgram?

  init(_ rules: PretokenRules) {
    longestNumber = rules.longestNumber ?? .max
    program = rules.program
  }

  /// The end of the pre-token that begins at `start`.
  ///
  /// `text` must be well-formed UTF-8 and `start` a character's first byte.
  ///
  /// - Complexity: O(length of the pre-token, and of the run of white space if it begins with one).
  func end(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    if let program { return program.pieceEnd(in: text, from: start) }
    if let end = Self.contractionEnd(text, start) { return end }
    let first = CharacterCursor(text, at: start)
    switch first.characterClass {
    case .letter: return runEnd(of: .letter, text, from: first.end)
    case .number: return runEnd(of: .number, text, from: first.end, limit: longestNumber - 1)
    case .newline: return whiteSpaceEnd(text, from: start)
    case .other, .space, nil: break
    }
    let next = CharacterCursor(text, at: first.end)
    if next.characterClass == .letter { return runEnd(of: .letter, text, from: next.end) }
    if first.characterClass == .other { return symbolsEnd(text, from: first.end) }
    if text[start] == UInt8(ascii: " "), next.characterClass == .other { return symbolsEnd(text, from: next.end) }
    return whiteSpaceEnd(text, from: start)
  }

  /// The end of an English contraction. Case is ignored as Unicode folds it, so U+017F is an s.
  static func contractionEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    guard text[start] == UInt8(ascii: "'"), start + 1 < text.count else { return nil }
    let second = text[start + 1] | 0x20
    switch text[start + 1] {
    case 0xC5: return start + 2 < text.count && text[start + 2] == 0xBF ? start + 3 : nil
    case 0x80...: return nil
    default: break
    }
    switch second {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    default: break
    }
    guard start + 2 < text.count, text[start + 2] < 0x80 else { return nil }
    switch (second, text[start + 2] | 0x20) {
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }

  /// Whether a contraction has no capitals and no letter beyond ASCII.
  static func isSmallContraction(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    text[range].dropFirst().allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
  }

  private func runEnd(
    of characterClass: CharacterClass, _ text: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int = .max
  ) -> Int {
    var cursor = CharacterCursor(text, at: start)
    var length = 0
    while cursor.characterClass == characterClass, length < limit {
      cursor = CharacterCursor(text, at: cursor.end)
      length += 1
    }
    return cursor.start
  }

  private func symbolsEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    runEnd(of: .newline, text, from: runEnd(of: .other, text, from: start))
  }

  private func whiteSpaceEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var cursor = CharacterCursor(text, at: start)
    var lastStart = start
    var newlineEnd: Int?
    while cursor.characterClass == .space || cursor.characterClass == .newline {
      if cursor.characterClass == .newline { newlineEnd = cursor.end }
      lastStart = cursor.start
      cursor = CharacterCursor(text, at: cursor.end)
    }
    if let newlineEnd { return newlineEnd }
    if cursor.start == text.count || lastStart == start { return cursor.start }
    return lastStart
  }
}

/// One character of well-formed UTF-8, or the end of the text.
struct CharacterCursor {
  /// The offset of the character's first byte.
  let start: Int
  /// The offset after the character; `start` at the end of the text.
  let end: Int
  /// The character's class; nil at the end of the text.
  let characterClass: CharacterClass?

  /// Reads the character at `position`, which may be the end of `text`.
  @inline(__always)
  init(_ text: UnsafeBufferPointer<UInt8>, at position: Int) {
    start = position
    guard position < text.count else {
      end = position
      characterClass = nil
      return
    }
    let (scalar, length) = Self.scalar(in: text, at: position)
    end = position + length
    characterClass = UnicodeTables.characterClass(of: scalar)
  }

  /// The code point at `position` of well-formed UTF-8 and its length in bytes.
  @inline(__always)
  static func scalar(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> (value: UInt32, length: Int) {
    let lead = UInt32(text[position])
    if lead < 0x80 { return (lead, 1) }
    let second = UInt32(text[position + 1] & 0x3F)
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, 2) }
    let third = UInt32(text[position + 2] & 0x3F)
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
    return ((lead & 0x07) << 18 | second << 12 | third << 6 | UInt32(text[position + 3] & 0x3F), 4)
  }
}

/// The classes of code points that the patterns of pre-tokens distinguish.
///
/// The raw values are those of the tables in `CTokenizerKernels`.
enum CharacterClass: UInt8, Sendable, CaseIterable {
  /// Everything else: punctuation, symbols, marks, controls, unassigned code points.
  case other = 0
  /// General category L, `\p{L}`.
  case letter = 1
  /// General category N, `\p{N}`.
  case number = 2
  /// White space, `\s`, except for the two newlines.
  case space = 3
  /// `\r` and `\n`.
  case newline = 4
}

/// The generated Unicode tables.
///
/// Two versions are pinned because the reference, tokenizers 0.23.3, mixes two: its regular expressions know
/// Unicode 16, its normalizer only what Unicode 9 had assigned. A text with younger combining marks would be counted
/// differently with any other pair.
enum UnicodeTables {
  /// Returns the class of a code point; numbers that are no code point are `.other`.
  @inline(__always)
  static func characterClass(of codePoint: UInt32) -> CharacterClass {
    CharacterClass(rawValue: unicode_class_of(codePoint)) ?? .other
  }
}
