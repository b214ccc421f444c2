/// Cuts a template into tokens, as jinja2's lexer with `trim_blocks` and `lstrip_blocks` does.
///
/// Source: jinja2 3.1.6, `lexer.py`.
struct Lexer {
  private let source: [UInt8]
  private var position = 0
  private var line = 1
  private var isLineStart = true
  private var brackets: [UInt8] = []
  private var list = TokenList()

  /// Cuts a template; `\r\n` and `\r` are line ends, and one line end at the very end is dropped.
  static func tokens(of text: String) -> TokenList {
    var lexer = Lexer(normalizing: text)
    do throws(TemplateError) {
      try lexer.scanRoot()
    } catch {
      lexer.list.error = error
    }
    return lexer.list
  }

  private init(normalizing text: String) {
    var source: [UInt8] = []
    source.reserveCapacity(text.utf8.count)
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == 0x0A, previous == 0x0D {
        previous = byte
        continue
      }
      source.append(byte == 0x0D ? 0x0A : byte)
      previous = byte
    }
    if source.last == 0x0A { source.removeLast() }
    self.source = source
  }

  // MARK: - Text

  private enum Tag { case raw(end: Int), comment, block, variable }

  private mutating func scanRoot() throws(TemplateError) {
    while position < source.count {
      guard let (start, tag) = nextTag() else {
        add(.data, Array(source[position...]))
        return
      }
      let sign = start + 2 < source.count ? source[start + 2] : 0
      let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
      addData(upTo: start, tag: tag, sign: isSigned ? sign : 0)
      let begin = start + (isSigned ? 3 : 2)
      isLineStart = false
      switch tag {
      case .comment:
        position = begin
        try skipComment()
      case .raw(let end):
        advance(to: end)
        isLineStart = source[end - 1] == 0x0A
        try scanRaw()
      case .block:
        add(.blockBegin)
        position = begin
        try scanTag(.blockEnd)
      case .variable:
        add(.variableBegin)
        position = begin
        try scanTag(.variableEnd)
      }
    }
  }

  private func nextTag() -> (start: Int, tag: Tag)? {
    var index = position
    while index + 1 < source.count {
      if source[index] == UInt8(ascii: "{") {
        switch source[index + 1] {
        case UInt8(ascii: "%"): return (index, endOfRawTag(from: index, name: "raw").map(Tag.raw) ?? .block)
        case UInt8(ascii: "#"): return (index, .comment)
        case UInt8(ascii: "{"): return (index, .variable)
        default: break
        }
      }
      index += 1
    }
    return nil
  }

  /// Adds the text before a tag, stripped as the tag's sign says.
  private mutating func addData(upTo end: Int, tag: Tag, sign: UInt8) {
    var stop = end
    if sign == UInt8(ascii: "-") {
      stop = startOfSpace(before: end)
    } else if sign == 0 {
      if case .variable = tag {} else { stop = startOfIndentation(before: end) }
    }
    if stop > position { add(.data, Array(source[position..<stop])) }
    advance(to: end)
  }

  private func startOfSpace(before end: Int) -> Int {
    source.withUnsafeBytes { bytes in
      var stop = end
      while stop > position {
        let (value, length) = PythonText.point(in: bytes, before: stop)
        guard PythonText.isSpace(value) else { break }
        stop -= length
      }
      return max(stop, position)
    }
  }

  /// Where the line of a block tag begins, if there is nothing but white space before the tag.
  private func startOfIndentation(before end: Int) -> Int {
    let lineStart = source[position..<end].lastIndex(of: 0x0A).map { $0 + 1 }
    guard lineStart != nil || isLineStart else { return end }
    let start = lineStart ?? position
    return startOfSpace(before: end) <= start ? start : end
  }

  private mutating func advance(to end: Int) {
    for byte in source[position..<end] where byte == 0x0A { line += 1 }
    position = end
  }

  // MARK: - Comments and raw blocks

  private mutating func skipComment() throws(TemplateError) {
    var index = position
    while index + 1 < source.count {
      guard source[index] == UInt8(ascii: "#"), source[index + 1] == UInt8(ascii: "}") else {
        index += 1
        continue
      }
      let sign = index > position ? source[index - 1] : 0
      closeTag(at: index + 2, sign: sign, trimsLine: true)
      return
    }
    // The rule that fails needs one character, so a comment that opens at the very end is silently dropped.
    if position < source.count { throw .syntax("Missing end of comment tag", line: line) }
  }

  /// Moves behind a tag's end and what it trims.
  private mutating func closeTag(at end: Int, sign: UInt8, trimsLine: Bool) {
    var stop = end
    if sign == UInt8(ascii: "-") {
      stop = endOfSpace(from: end)
    } else if trimsLine, sign != UInt8(ascii: "+"), end < source.count, source[end] == 0x0A {
      stop = end + 1
    }
    advance(to: stop)
    isLineStart = source[stop - 1] == 0x0A
  }

  private func endOfSpace(from start: Int) -> Int {
    source.withUnsafeBytes { bytes in
      var index = start
      while index < bytes.count {
        let (value, length) = PythonText.point(in: bytes, at: index)
        guard PythonText.isSpace(value) else { break }
        index += length
      }
      return index
    }
  }

  /// The end of `{% raw %}` or, for `endraw`, of its name, where there is one.
  private func endOfRawTag(from start: Int, name: String) -> Int? {
    var index = start + 2
    if index < source.count, source[index] == UInt8(ascii: "-") || source[index] == UInt8(ascii: "+") { index += 1 }
    index = endOfSpace(from: index)
    guard source[index...].starts(with: name.utf8) else { return nil }
    index = endOfSpace(from: index + name.utf8.count)
    guard name == "raw" else { return index }
    if source[index...].starts(with: "-%}".utf8) { return endOfSpace(from: index + 3) }
    return source[index...].starts(with: "%}".utf8) ? index + 2 : nil
  }

  private mutating func scanRaw() throws(TemplateError) {
    var index = position
    while index + 1 < source.count {
      defer { index += 1 }
      guard source[index] == UInt8(ascii: "{"), source[index + 1] == UInt8(ascii: "%"),
        let end = endOfRawTag(from: index, name: "endraw"), end + 1 < source.count
      else { continue }
      let hasSign = source[end] == UInt8(ascii: "-") || source[end] == UInt8(ascii: "+")
      let close = hasSign ? end + 1 : end
      guard source[close...].starts(with: "%}".utf8) else { continue }
      let sign = source[index + 2]
      addData(upTo: index, tag: .block, sign: sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") ? sign : 0)
      advance(to: close)
      closeTag(at: close + 2, sign: hasSign ? source[end] : 0, trimsLine: true)
      return
    }
    if position < source.count { throw .syntax("Missing end of raw directive", line: line) }
  }

  // MARK: - Tags

  private mutating func scanTag(_ closing: Token.Kind) throws(TemplateError) {
    brackets.removeAll()
    while position < source.count {
      if brackets.isEmpty, scanEnd(closing) { return }
      let byte = source[position]
      let space = endOfSpace(from: position)
      if space > position {
        advance(to: space)
      } else if byte >= 0x30, byte <= 0x39 {
        scanNumber()
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        try scanString(quote: byte)
      } else if try !scanName() {
        try scanOperator()
      }
    }
  }

  private mutating func scanEnd(_ closing: Token.Kind) -> Bool {
    let mark = closing == .blockEnd ? "%}" : "}}"
    let sign = source[position]
    let isBlock = closing == .blockEnd
    let hasSign = sign == UInt8(ascii: "-") || (isBlock && sign == UInt8(ascii: "+"))
    let start = hasSign ? position + 1 : position
    guard source[start...].starts(with: mark.utf8) else { return false }
    add(closing)
    closeTag(at: start + 2, sign: hasSign ? sign : 0, trimsLine: isBlock)
    return true
  }

  private mutating func scanOperator() throws(TemplateError) {
    guard let symbol = Token.Kind.symbols.first(where: { source[position...].starts(with: $0.text.utf8) }) else {
      let (value, before) = source.withUnsafeBytes { bytes in
        (
          PythonText.point(in: bytes, at: position).value,
          PythonText.length(UnsafeRawBufferPointer(rebasing: bytes[..<position]))
        )
      }
      var character: [UInt8] = []
      PythonText.append(value, to: &character)
      throw .syntax(
        "unexpected char \(PythonText.repr(String(decoding: character, as: UTF8.self))) at \(before)", line: line)
    }
    switch symbol.kind {
    case .lbrace: brackets.append(UInt8(ascii: "}"))
    case .lparen: brackets.append(UInt8(ascii: ")"))
    case .lbracket: brackets.append(UInt8(ascii: "]"))
    case .rbrace, .rparen, .rbracket:
      guard let expected = brackets.popLast() else { throw .syntax("unexpected '\(symbol.text)'", line: line) }
      if expected != source[position] {
        throw .syntax("unexpected '\(symbol.text)', expected '\(Character(Unicode.Scalar(expected)))'", line: line)
      }
    default: break
    }
    add(symbol.kind)
    position += symbol.text.utf8.count
  }

  private mutating func scanName() throws(TemplateError) -> Bool {
    let end = source.withUnsafeBytes { bytes in
      var index = position
      while index < bytes.count {
        let (value, length) = PythonText.point(in: bytes, at: index)
        guard value == 0x5F || PythonText.isAlphanumeric(value) || Self.isContinue(value) else { break }
        index += length
      }
      return index
    }
    guard end > position else { return false }
    let bytes = Array(source[position..<end])
    let points = bytes.withUnsafeBytes { PythonText.points($0) }
    guard Self.isStart(points[0]), points.allSatisfy(Self.isContinue) else {
      throw .syntax("Invalid character in identifier", line: line)
    }
    add(.name, bytes)
    position = end
    return true
  }

  private static func isStart(_ point: UInt32) -> Bool {
    point == 0x5F || PythonText.properties(point)?.isXIDStart ?? false
  }

  private static func isContinue(_ point: UInt32) -> Bool { PythonText.properties(point)?.isXIDContinue ?? false }

  // MARK: - Numbers

  private mutating func scanNumber() {
    let end = endOfFloat() ?? endOfInteger()
    let isFloat = endOfFloat() != nil
    let digits = source[position..<end].filter { $0 != UInt8(ascii: "_") }
    add(isFloat ? .float : .integer, digits)
    position = end
  }

  /// The end of digits that single underscores may separate; nil where there is no digit.
  private func endOfDigits(from start: Int, radix: Int = 10) -> Int? {
    var index = start
    var end: Int?
    while index < source.count, let digit = BigInteger.digit(source[index]), digit < radix {
      index += 1
      end = index
      if index < source.count, source[index] == UInt8(ascii: "_") { index += 1 }
    }
    return end
  }

  private func endOfFloat() -> Int? {
    guard position == 0 || source[position - 1] != UInt8(ascii: "."), let whole = endOfDigits(from: position) else {
      return nil
    }
    var end = whole
    var isFloat = false
    if end < source.count, source[end] == UInt8(ascii: "."), let fraction = endOfDigits(from: end + 1) {
      end = fraction
      isFloat = true
    }
    if end < source.count, source[end] | 0x20 == UInt8(ascii: "e") {
      let hasSign = end + 1 < source.count && [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(source[end + 1])
      if let exponent = endOfDigits(from: end + (hasSign ? 2 : 1)) { return exponent }
    }
    return isFloat ? end : nil
  }

  private func endOfInteger() -> Int {
    if source[position] == UInt8(ascii: "0") {
      if position + 1 < source.count {
        let radix = [UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8, UInt8(ascii: "x"): 16][source[position + 1] | 0x20]
        if let radix {
          let hasBar = position + 2 < source.count && source[position + 2] == UInt8(ascii: "_")
          if let end = endOfDigits(from: position + (hasBar ? 3 : 2), radix: radix) { return end }
        }
      }
      return endOfDigits(from: position, radix: 1) ?? position + 1
    }
    return endOfDigits(from: position) ?? position + 1
  }

  private mutating func add(_ kind: Token.Kind, _ bytes: [UInt8] = []) {
    list.tokens.append(Token(kind: kind, line: line, bytes: bytes))
  }
}

// MARK: - Strings

extension Lexer {
  private mutating func scanString(quote: UInt8) throws(TemplateError) {
    var end = position + 1
    while end < source.count, source[end] != quote { end += source[end] == UInt8(ascii: "\\") ? 2 : 1 }
    guard end < source.count else { return try scanOperator() }
    let text = Array(source[(position + 1)..<end])
    do throws(TemplateError) {
      add(.string, try StringLiteral.unescaped(text))
    } catch {
      throw .syntax(error.message, line: line)
    }
    advance(to: end + 1)
  }
}
