/// Cuts text into pretokens as the pattern of Llama 3 and Qwen does.
///
/// The pattern, alternatives tried in this order (Qwen has single numbers):
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
///
/// This scanner reads character by character and is what the vector kernels are tested against. A pretoken depends on
/// nothing before it, and never changes when the text after it is cut away.
struct PretokenScanner: Sendable {
  /// The most characters of a pretoken of numbers.
  let longestNumber: Int

  /// The end of the pretoken that begins at `start`.
  ///
  /// `text` must be well-formed UTF-8 and `start` a character's first byte. Linear in the length of the pretoken, and of
  /// the run of white space where it begins with one.
  func end(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
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
