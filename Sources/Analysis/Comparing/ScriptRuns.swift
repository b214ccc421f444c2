/// A text cut into stretches of one script each.
///
/// What is no letter belongs to the letters before it, but for the white space just before other letters, which tokenizers
/// join to these. Code is what is fenced by lines that begin with three backticks, and lines that are mostly signs.
struct ScriptRuns {
  /// One stretch.
  struct Run: Equatable {
    /// Its bytes in the text.
    let range: Range<Int>
    /// What it is written in.
    let script: TextScript
  }

  /// The stretches, without gaps, no two neighbors of one script.
  private(set) var runs: [Run] = []
  /// The text's words: the longest stretches of letters of one script, with the space before each where there is one.
  private(set) var words: [Range<Int>] = []

  private var isFenced = false

  /// The longest word that is kept, in bytes.
  private static let longestWord = 48
  private static let fence = Array("```".utf8)
  private static let codeSigns = Set("{}()[];=<>_\\/#$&|*+%^~`:\"'".utf8)

  /// Cuts a text.
  ///
  /// - Complexity: O(bytes).
  init(_ text: [UInt8]) {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.count
      addLine(start..<end, of: text)
      start = end
    }
  }

  private mutating func addLine(_ line: Range<Int>, of text: [UInt8]) {
    let content = text[line].drop { $0 == 0x20 || $0 == 0x09 }
    let isFence = content.starts(with: Self.fence)
    if isFence || isFenced || Self.isDense(content) {
      add(line, .code)
      if isFence { isFenced.toggle() }
    } else {
      addProse(line, of: text)
    }
  }

  /// Whether a fifth of a line's bytes, and at least four, are signs that code is full of.
  private static func isDense(_ line: ArraySlice<UInt8>) -> Bool {
    let signs = line.count { codeSigns.contains($0) }
    return signs >= 4 && signs * 5 >= line.count
  }

  private mutating func addProse(_ line: Range<Int>, of text: [UInt8]) {
    var script: TextScript?
    var (start, wordStart, space) = (line.lowerBound, -1, line.lowerBound)
    var offset = line.lowerBound
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var iterator = UTF8Decoder(text[line])
    while let (scalar, length) = iterator.next() {
      let letter = TextScript(scalar)
      if let letter {
        if script == nil { script = letter }
        if letter != script, let before = script {
          endWord(wordStart, offset, of: text)
          wordStart = -1
          add(start..<space, before)
          (start, script) = (space, letter)
        }
        if wordStart < 0 { wordStart = offset }
      } else if wordStart >= 0 {
        endWord(wordStart, offset, of: text)
        wordStart = -1
      }
      offset += length
      // White space is left to the letters that come next.
      if letter != nil || !isSpace(text[offset - 1]) { space = offset }
    }
    endWord(wordStart, offset, of: text)
    add(start..<line.upperBound, script ?? .signs)
  }

  private mutating func endWord(_ start: Int, _ end: Int, of text: [UInt8]) {
    guard start >= 0, end - start <= Self.longestWord else { return }
    words.append((start > 0 && text[start - 1] == 0x20 ? start - 1 : start)..<end)
  }

  private mutating func add(_ range: Range<Int>, _ script: TextScript) {
    guard !range.isEmpty else { return }
    // Lines without letters go with the text before them.
    if let last = runs.last, last.script == script || script == .signs {
      runs[runs.count - 1] = Run(range: last.range.lowerBound..<range.upperBound, script: last.script)
    } else {
      runs.append(Run(range: range, script: script))
    }
  }
}

/// The scalars of bytes with their lengths; what is not UTF-8 is U+FFFD, a byte long.
private struct UTF8Decoder: IteratorProtocol {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func next() -> (scalar: Unicode.Scalar, length: Int)? {
    guard let first = rest.first else { return nil }
    if first < 0x80 {
      rest = rest.dropFirst()
      return (Unicode.Scalar(first), 1)
    }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var codec = UTF8()
    var bytes = rest.prefix(length).makeIterator()
    if rest.count >= length, case .scalarValue(let scalar) = codec.decode(&bytes),
      UTF8.width(scalar) == length
    {
      rest = rest.dropFirst(length)
      return (scalar, length)
    }
    rest = rest.dropFirst()
    return ("\u{FFFD}", 1)
  }
}
