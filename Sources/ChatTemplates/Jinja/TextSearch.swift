/// Finding, cutting and trimming texts by bytes; results are slices that keep their origin.
enum TextSearch {
  /// Offset of the first occurrence from an offset on.
  static func find(_ part: JinjaText, in text: JinjaText, from start: Int = 0, to end: Int? = nil) -> Int? {
    withExtendedLifetime((part.storage, text.storage)) {
      let (needle, hay) = (part.bytes, text.bytes)
      let end = end ?? hay.count
      guard needle.count <= end - start else { return nil }
      return needle.isEmpty ? start : RawBytes.find(needle, in: hay, start..<end)
    }
  }

  /// Offset of the last occurrence before an end.
  static func findLast(_ part: JinjaText, in text: JinjaText, from start: Int = 0, to end: Int? = nil) -> Int? {
    withExtendedLifetime((part.storage, text.storage)) {
      let (needle, hay) = (part.bytes, text.bytes)
      let end = end ?? hay.count
      guard needle.count <= end - start else { return nil }
      return RawBytes.findLast(needle, in: hay, start..<end)
    }
  }

  static func contains(_ text: JinjaText, _ part: JinjaText) -> Bool {
    if text.isTraced, let answer = text.ask(.contains, part) { return answer }
    return find(part, in: text) != nil
  }

  static func hasPrefix(_ text: JinjaText, _ prefix: JinjaText) -> Bool {
    if text.isTraced, let answer = text.ask(.hasPrefix, prefix) { return answer }
    return text.count >= prefix.count && text.slice(0..<prefix.count).equals(prefix)
  }

  static func hasSuffix(_ text: JinjaText, _ suffix: JinjaText) -> Bool {
    if text.isTraced, let answer = text.ask(.hasSuffix, suffix) { return answer }
    return text.count >= suffix.count && text.slice(text.count - suffix.count..<text.count).equals(suffix)
  }

  // MARK: - Trimming

  enum Sides { case both, left, right }

  /// The text without the outer code points that a condition holds for.
  static func trimmed(_ text: JinjaText, _ sides: Sides, where isTrimmed: (UInt32) -> Bool) -> JinjaText {
    withExtendedLifetime(text.storage) {
      let bytes = text.bytes
      var start = 0
      var end = bytes.count
      if sides != .right {
        while start < end {
          let (value, length) = PythonText.point(in: bytes, at: start)
          guard isTrimmed(value) else { break }
          start += length
        }
      }
      if sides != .left {
        while end > start {
          let (value, length) = PythonText.point(in: bytes, before: end)
          guard isTrimmed(value) else { break }
          end -= length
        }
      }
      return start == 0 && end == bytes.count ? text : text.slice(start..<end)
    }
  }

  static func trimmed(_ text: JinjaText, _ sides: Sides, of characters: JinjaText?) -> JinjaText {
    if text.isTraced, let part = text.cut(.trimmed(sides, of: characters)) { return part }
    guard let characters else {
      // Most texts neither begin nor end with white space.
      let isBare = withExtendedLifetime(text.storage) { isInk(text.bytes.first) && isInk(text.bytes.last) }
      return isBare ? text : trimmed(text, sides, where: PythonText.isSpace)
    }
    if characters.count == 1, let character = withExtendedLifetime(characters.storage, { characters.bytes.first }) {
      return trimmed(text, sides) { $0 == UInt32(character) }
    }
    let points = withExtendedLifetime(characters.storage) { PythonText.points(characters.bytes) }
    return trimmed(text, sides) { points.contains($0) }
  }

  /// Whether a byte is an ASCII character that is seen.
  private static func isInk(_ byte: UInt8?) -> Bool { byte.map { $0 > 0x20 && $0 < 0x7F } ?? false }

  // MARK: - Splitting

  /// Python's `split` with a separator.
  static func split(_ text: JinjaText, by separator: JinjaText, limit: Int) -> [JinjaText] {
    var parts: [JinjaText] = []
    var start = 0
    while limit < 0 || parts.count < limit, let index = find(separator, in: text, from: start) {
      parts.append(text.slice(start..<index))
      start = index + separator.count
    }
    parts.append(text.slice(start..<text.count))
    return parts
  }

  /// Python's `rsplit` with a separator.
  static func splitLast(_ text: JinjaText, by separator: JinjaText, limit: Int) -> [JinjaText] {
    var parts: [JinjaText] = []
    var end = text.count
    while limit < 0 || parts.count < limit, let index = findLast(separator, in: text, to: end) {
      parts.append(text.slice(index + separator.count..<end))
      end = index
    }
    parts.append(text.slice(0..<end))
    return parts.reversed()
  }

  /// Python's `split` at white space.
  static func splitAtSpace(_ text: JinjaText, limit: Int) -> [JinjaText] {
    var parts: [JinjaText] = []
    var rest = trimmed(text, .left, where: PythonText.isSpace)
    while !rest.isEmpty {
      if limit >= 0, parts.count >= limit {
        parts.append(rest)
        break
      }
      let end = rest.firstOffset(where: PythonText.isSpace) ?? rest.count
      parts.append(rest.slice(0..<end))
      rest = trimmed(rest.slice(end..<rest.count), .left, where: PythonText.isSpace)
    }
    return parts
  }

  /// Python's `rsplit` at white space.
  static func splitLastAtSpace(_ text: JinjaText, limit: Int) -> [JinjaText] {
    var parts: [JinjaText] = []
    var rest = trimmed(text, .right, where: PythonText.isSpace)
    while !rest.isEmpty {
      if limit >= 0, parts.count >= limit {
        parts.append(rest)
        break
      }
      let start = rest.endOffset(ofLastWhere: PythonText.isSpace) ?? 0
      parts.append(rest.slice(start..<rest.count))
      rest = trimmed(rest.slice(0..<start), .right, where: PythonText.isSpace)
    }
    return parts.reversed()
  }

  /// Python's `splitlines`.
  static func lines(_ text: JinjaText, keepingEnds: Bool = false) -> [JinjaText] {
    var parts: [JinjaText] = []
    eachLine(of: text) { line, end in
      parts.append(text.slice(line.lowerBound..<(keepingEnds ? end : line.upperBound)))
    }
    return parts
  }

  /// How many lines ``lines(_:keepingEnds:)`` makes.
  static func lineCount(_ text: JinjaText) -> Int {
    var count = 0
    eachLine(of: text) { _, _ in count += 1 }
    return count
  }

  /// Goes through the lines: the bytes of each without its line break, and the offset after that.
  private static func eachLine(of text: JinjaText, _ take: (Range<Int>, _ end: Int) -> Void) {
    withExtendedLifetime(text.storage) {
      let bytes = text.bytes
      var start = 0
      var index = 0
      while index < bytes.count {
        let (value, length) = PythonText.point(in: bytes, at: index)
        guard PythonText.isLineBreak(value) else {
          index += length
          continue
        }
        let isPair = value == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
        let end = index + (isPair ? 2 : length)
        take(start..<index, end)
        start = end
        index = end
      }
      if start < bytes.count { take(start..<bytes.count, bytes.count) }
    }
  }

  /// How many words white space separates.
  static func wordCount(_ text: JinjaText) -> Int {
    withExtendedLifetime(text.storage) {
      let bytes = text.bytes
      var count = 0
      var isInWord = false
      var index = 0
      while index < bytes.count {
        let (value, length) = PythonText.point(in: bytes, at: index)
        let isSpace = PythonText.isSpace(value)
        if !isSpace, !isInWord { count += 1 }
        isInWord = !isSpace
        index += length
      }
      return count
    }
  }

  /// How often a part occurs, without overlaps.
  static func occurrences(of part: JinjaText, in text: JinjaText, _ range: Range<Int>) -> Int {
    var count = 0
    var start = range.lowerBound
    while let index = find(part, in: text, from: start, to: range.upperBound) {
      count += 1
      start = index + part.count
    }
    return count
  }

  // MARK: - Replacing

  /// Python's `replace`; what stays keeps its origin.
  static func replaced(
    _ text: JinjaText, _ old: JinjaText, with new: JinjaText, limit: Int, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    try renderer.charge(bytes: text.count)
    var output = TextOutput()
    var count = 0
    if old.isEmpty {
      return try interleaved(text, with: new, limit: limit, in: renderer)
    }
    var start = 0
    while limit < 0 || count < limit, let index = find(old, in: text, from: start) {
      output.append(text.slice(start..<index))
      output.append(new)
      start = index + old.count
      count += 1
      if count & 63 == 0 { try renderer.checkSize(output.size) }
    }
    guard count > 0 else { return text }
    output.append(text.slice(start..<text.count))
    try renderer.charge(bytes: output.size)
    return JinjaText(output)
  }

  private static func interleaved(
    _ text: JinjaText, with new: JinjaText, limit: Int, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let length = withExtendedLifetime(text.storage) { PythonText.length(text.bytes) }
    let count = limit < 0 ? length + 1 : min(limit, length + 1)
    let (added, overflow) = count.multipliedReportingOverflow(by: new.count)
    try renderer.charge(bytes: overflow ? .max : text.count + added)
    var output = TextOutput()
    var offset = 0
    for _ in 0..<count {
      output.append(new)
      guard offset < text.count else { break }
      let size = withExtendedLifetime(text.storage) { PythonText.point(in: text.bytes, at: offset).length }
      output.append(text.slice(offset..<offset + size))
      offset += size
    }
    output.append(text.slice(offset..<text.count))
    return JinjaText(output)
  }
}

extension JinjaText {
  /// Byte offset of the first code point that a condition holds for.
  func firstOffset(where condition: (UInt32) -> Bool) -> Int? {
    withExtendedLifetime(storage) {
      let bytes = bytes
      var offset = 0
      while offset < bytes.count {
        let (value, length) = PythonText.point(in: bytes, at: offset)
        if condition(value) { return offset }
        offset += length
      }
      return nil
    }
  }

  /// Byte offset after the last code point that a condition holds for.
  func endOffset(ofLastWhere condition: (UInt32) -> Bool) -> Int? {
    withExtendedLifetime(storage) {
      let bytes = bytes
      var end = bytes.count
      while end > 0 {
        let (value, length) = PythonText.point(in: bytes, before: end)
        if condition(value) { return end }
        end -= length
      }
      return nil
    }
  }

  /// Byte offsets of code points: the offset of each, and the end of the text.
  var offsets: [Int] {
    withExtendedLifetime(storage) {
      let bytes = bytes
      var result: [Int] = []
      result.reserveCapacity(bytes.count + 1)
      for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { result.append(index) }
      result.append(bytes.count)
      return result
    }
  }
}
