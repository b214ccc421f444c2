/// Python's `textwrap.wrap` of one line, as the filter `wordwrap` uses it.
///
/// Source: CPython 3.11, `textwrap.py`.
struct WordWrapper {
  let width: Int
  /// Whether the width is a float in the template, where Python cannot break words.
  var hasFloatWidth = false
  var breaksLongWords = true
  var breaksOnHyphens = true

  init(width: Int) { self.width = width }

  /// Lines of the text at most `width` code points long.
  func wrap(_ line: JinjaText) throws(TemplateError) -> [JinjaText] {
    let offsets = line.offsets
    let points = withExtendedLifetime(line.storage) { PythonText.points(line.bytes) }
    func text(_ range: Range<Int>) -> JinjaText { line.slice(offsets[range.lowerBound]..<offsets[range.upperBound]) }
    func isBlank(_ range: Range<Int>) -> Bool { points[range].allSatisfy(PythonText.isSpace) }
    let chunks = split(points)
    guard !chunks.isEmpty else { return [] }
    var rest = Array(chunks.reversed())
    var lines: [JinjaText] = []
    while !rest.isEmpty {
      // A line is one range of the text, because chunks follow each other.
      var current: [Range<Int>] = []
      var length = 0
      if !lines.isEmpty, let next = rest.last, isBlank(next) { rest.removeLast() }
      while let next = rest.last, length + next.count <= width {
        current.append(next)
        length += next.count
        rest.removeLast()
      }
      if let next = rest.last, next.count > width {
        if breaksLongWords {
          if hasFloatWidth, width > 0 {
            throw .type("slice indices must be integers or None or have an __index__ method")
          }
          let end = next.lowerBound + breakLength(points[next], space: width > 0 ? width - length : 1)
          current.append(next.lowerBound..<end)
          rest[rest.count - 1] = end..<next.upperBound
        } else if current.isEmpty {
          current.append(rest.removeLast())
        }
      }
      if let last = current.last, isBlank(last) { current.removeLast() }
      if let first = current.first, let last = current.last {
        lines.append(text(first.lowerBound..<last.upperBound))
      }
      if rest.last?.isEmpty ?? false { rest.removeLast() }
    }
    return lines
  }

  private func breakLength(_ chunk: ArraySlice<UInt32>, space: Int) -> Int {
    guard breaksOnHyphens, chunk.count > space,
      let hyphen = chunk.prefix(space).lastIndex(of: 0x2D), hyphen > chunk.startIndex,
      chunk[..<hyphen].contains(where: { $0 != 0x2D })
    else { return space }
    return hyphen - chunk.startIndex + 1
  }

  // MARK: - Chunks

  private static func isBlank(_ point: UInt32) -> Bool { (0x09...0x0D).contains(point) || point == 0x20 }
  private static func isWord(_ point: UInt32) -> Bool { point == 0x5F || PythonText.isAlphanumeric(point) }
  private static func isLetter(_ point: UInt32) -> Bool { isWord(point) && !PythonText.isDecimal(point) }
  private static func isWordOrMark(_ point: UInt32) -> Bool {
    isWord(point) || [0x21, 0x22, 0x27, 0x26, 0x2E, 0x2C, 0x3F].contains(point)
  }

  /// Words, parts of hyphenated words, dashes and runs of white space.
  private func split(_ points: [UInt32]) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = 0
    while start < points.count {
      var end = start + 1
      if Self.isBlank(points[start]) {
        while end < points.count, Self.isBlank(points[end]) { end += 1 }
      } else if !breaksOnHyphens {
        while end < points.count, !Self.isBlank(points[end]) { end += 1 }
      } else if let dash = endOfDash(points, start), start > 0, Self.isWordOrMark(points[start - 1]) {
        end = dash
      } else {
        end = endOfWord(points, start)
      }
      chunks.append(start..<end)
      start = end
    }
    return chunks
  }

  /// The end of two or more hyphens that a word follows.
  private func endOfDash(_ points: [UInt32], _ start: Int) -> Int? {
    var end = start
    while end < points.count, points[end] == 0x2D { end += 1 }
    return end - start >= 2 && end < points.count && Self.isWord(points[end]) ? end : nil
  }

  private func endOfWord(_ points: [UInt32], _ start: Int) -> Int {
    func letter(_ index: Int) -> Bool { points.indices.contains(index) && Self.isLetter(points[index]) }
    var index = start + 1
    while index < points.count {
      if points[index] == 0x2D {
        let isAfterTwo = letter(index - 1) && letter(index - 2)
        let isAfterPair =
          index >= 3 && letter(index - 3) && points[index - 2] == 0x2D && Self.isWordOrMark(points[index - 1])
        let isBefore =
          letter(index + 1)
          && (letter(index + 2) || index + 2 < points.count && points[index + 2] == 0x2D && letter(index + 3))
        if isAfterTwo || isAfterPair, isBefore { return index + 1 }
      }
      if Self.isBlank(points[index]) { return index }
      if Self.isWordOrMark(points[index - 1]), endOfDash(points, index) != nil { return index }
      index += 1
    }
    return points.count
  }
}
