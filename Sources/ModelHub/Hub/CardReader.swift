import JSON
import Support

/// Reads the part of YAML that dataset cards use.
///
/// Mappings and lists, in blocks or in brackets on one line, texts with and without quotes, and comments. Every text
/// stays a text, also `true` and `1`. Anchors, aliases, tags and texts that go on over lines are refused by name, and so
/// are doubled names.
struct CardReader {
  /// One line that is neither empty nor a comment.
  private struct Line {
    var indent: Int
    var text: Substring
    let number: Int
  }

  private var lines: [Line] = []
  private var next = 0
  private let first: Int

  private static let maximumDepth = 32

  /// Takes lines of a card.
  ///
  /// - Parameters:
  ///   - text: the lines.
  ///   - first: the number of the first one, for messages.
  init(_ text: [Substring], from first: Int) {
    self.first = first
    for (offset, line) in text.enumerated() {
      let content = line.drop { $0 == " " }
      guard let start = content.first, start != "#", !content.allSatisfy(\.isWhitespace) else { continue }
      lines.append(Line(indent: line.count - content.count, text: content, number: first + offset))
    }
  }

  /// The value that all lines together are; null where there is none.
  mutating func value() throws(InputError) -> JSONValue {
    guard let line = lines.first else { return .null }
    let isFlow = line.number == first && lines.count == 1
    let value = isFlow ? try scalar(line.text) : try block(line.indent, depth: 0)
    guard isFlow || next == lines.count else { throw refusal("it is indented otherwise than the lines above") }
    return value
  }

  private func refusal(_ reason: String) -> InputError {
    let number = lines.indices.contains(next) ? lines[next].number : lines.last?.number ?? first
    return DatasetCard.refused("line \(number): \(reason)")
  }

  private var current: Line? { lines.indices.contains(next) ? lines[next] : nil }

  // MARK: Blocks

  private mutating func block(_ indent: Int, depth: Int) throws(InputError) -> JSONValue {
    guard depth < Self.maximumDepth else { throw refusal("it is nested more than \(Self.maximumDepth) times") }
    guard let line = current else { return .null }
    return Self.isItem(line.text) ? try list(indent, depth: depth) : try mapping(indent, depth: depth)
  }

  private static func isItem(_ text: Substring) -> Bool { text == "-" || text.hasPrefix("- ") }

  private mutating func list(_ indent: Int, depth: Int) throws(InputError) -> JSONValue {
    var items: [JSONValue] = []
    while let line = current, line.indent == indent, Self.isItem(line.text) {
      let rest = line.text.dropFirst().drop { $0 == " " }
      let isNamed = try rest.isEmpty ? false : key(rest) != nil
      if rest.isEmpty || rest.first == "#" {
        next += 1
        items.append(try nested(below: indent, depth: depth))
      } else if Self.isItem(rest) || isNamed {
        // What follows the dash is the first line of a block of its own.
        let inner = indent + line.text.count - rest.count
        lines[next] = Line(indent: inner, text: rest, number: line.number)
        items.append(try block(inner, depth: depth + 1))
      } else {
        items.append(try scalar(rest))
        next += 1
      }
      try checkIndent(indent)
    }
    return .array(items)
  }

  private mutating func mapping(_ indent: Int, depth: Int) throws(InputError) -> JSONValue {
    var members = JSONObject()
    while let line = current, line.indent == indent, !Self.isItem(line.text) {
      guard let (name, rest) = try key(line.text) else {
        throw refusal("\"\(line.text.prefix(40))\" is no NAME: VALUE on one line")
      }
      guard members[name] == nil else { throw refusal("the name \(name) is there twice") }
      if rest.isEmpty || rest.first == "#" {
        next += 1
        if let following = current, following.indent == indent, Self.isItem(following.text) {
          members[name] = try list(indent, depth: depth + 1)
        } else {
          members[name] = try nested(below: indent, depth: depth)
        }
      } else {
        members[name] = try scalar(rest)
        next += 1
      }
      try checkIndent(indent)
    }
    return .object(members)
  }

  /// The block that is indented more than a line; null where none follows.
  private mutating func nested(below indent: Int, depth: Int) throws(InputError) -> JSONValue {
    guard let line = current, line.indent > indent else { return .null }
    return try block(line.indent, depth: depth + 1)
  }

  private func checkIndent(_ indent: Int) throws(InputError) {
    if let line = current, line.indent > indent {
      throw refusal("it is indented more than the line above, or goes on with its text")
    }
  }

  // MARK: Texts

  /// The name and what follows it, of a line that is `NAME: VALUE` or `NAME:`; nil for any other.
  private func key(_ text: Substring) throws(InputError) -> (name: String, rest: Substring)? {
    // A mapping or list in brackets may hold colons of its own.
    if text.first == "{" || text.first == "[" { return nil }
    if let quote = text.first, quote == "\"" || quote == "'" {
      let (name, rest) = try quoted(text)
      guard rest.first == ":", rest.dropFirst().first.map({ $0 == " " }) ?? true else { return nil }
      return (name, rest.dropFirst().drop { $0 == " " })
    }
    var index = text.startIndex
    while let colon = text[index...].firstIndex(of: ":") {
      let after = text.index(after: colon)
      if after == text.endIndex || text[after] == " " {
        let name = text[..<colon]
        try checkPlain(name)
        return (String(name), text[after...].drop { $0 == " " })
      }
      index = after
    }
    return nil
  }

  /// The value that the rest of a line is.
  private func scalar(_ text: Substring) throws(InputError) -> JSONValue {
    var rest = text
    let value = try flow(&rest, isNested: false, depth: 0)
    rest = rest.drop { $0 == " " || $0 == "\t" }
    guard rest.isEmpty || rest.first == "#" else { throw refusal("\"\(rest.prefix(40))\" follows the value") }
    return value
  }

  /// Reads a text, or a list or mapping in brackets.
  private func flow(_ text: inout Substring, isNested: Bool, depth: Int) throws(InputError) -> JSONValue {
    guard depth < Self.maximumDepth else { throw refusal("it is nested more than \(Self.maximumDepth) times") }
    switch text.first {
    case "\"", "'":
      let (value, rest) = try quoted(text)
      text = rest
      return .string(value)
    case "[": return .array(try items(&text, until: "]", depth: depth).map(\.value))
    case "{":
      var members = JSONObject()
      for (name, value) in try items(&text, until: "}", depth: depth) {
        guard let name, members[name] == nil else { throw refusal("a member in braces has no name of its own") }
        members[name] = value
      }
      return .object(members)
    default: return plain(try plainText(&text, isNested: isNested))
    }
  }

  private func items(
    _ text: inout Substring, until end: Character, depth: Int
  ) throws(InputError) -> [(name: String?, value: JSONValue)] {
    var items: [(name: String?, value: JSONValue)] = []
    text = text.dropFirst()
    while true {
      text = text.drop { $0 == " " }
      if text.first == end {
        text = text.dropFirst()
        return items
      }
      var value = try flow(&text, isNested: true, depth: depth + 1)
      text = text.drop { $0 == " " }
      var name: String?
      if end == "}", text.first == ":" {
        guard let key = value.stringValue else { throw refusal("a name in braces is no text") }
        name = key
        text = text.dropFirst().drop { $0 == " " }
        value = try flow(&text, isNested: true, depth: depth + 1)
        text = text.drop { $0 == " " }
      }
      items.append((name, value))
      if text.first == "," {
        text = text.dropFirst()
      } else if text.first != end {
        throw refusal("a bracket is not closed on its line")
      }
    }
  }

  /// A text without quotes, up to a comment or, in brackets, to what ends it there.
  private func plainText(_ text: inout Substring, isNested: Bool) throws(InputError) -> Substring {
    var end = text.startIndex
    while end < text.endIndex {
      let character = text[end]
      if isNested, ",[]{}".contains(character) { break }
      let after = text.index(after: end)
      let isColon = character == ":" && (after == text.endIndex || text[after] == " ")
      if isColon, isNested { break }
      if isColon { throw refusal("a colon and a blank in a text need quotes") }
      if character == "#", end > text.startIndex, text[text.index(before: end)].isWhitespace { break }
      end = after
    }
    var value = text[..<end]
    while let last = value.last, last.isWhitespace { value = value.dropLast() }
    text = text[end...]
    try checkPlain(value)
    return value
  }

  private func plain(_ text: Substring) -> JSONValue {
    ["~", "null", "Null", "NULL"].contains(text) ? .null : .string(String(text))
  }

  /// Refuses what has a meaning of its own in YAML.
  private func checkPlain(_ text: Substring) throws(InputError) {
    let marks: [Character: String] = [
      "&": "an anchor", "*": "an alias", "!": "a tag", "|": "a text of several lines", ">": "a text of several lines",
      "%": "a directive", "@": "a reserved mark", "`": "a reserved mark", "?": "a complex name",
    ]
    guard let first = text.first else { throw refusal("a text is empty") }
    if let name = marks[first] {
      throw refusal("\"\(first)\" begins \(name), which is not read; write texts in quotes")
    }
    if text.contains("\t") { throw refusal("it holds a tab") }
  }

  /// The text in the quotes that a text begins with, and what follows them.
  private func quoted(_ text: Substring) throws(InputError) -> (value: String, rest: Substring) {
    let isDouble = text.first == "\""
    var value = ""
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      switch (character, isDouble) {
      case ("'", false):
        guard rest.first == "'" else { return (value, rest) }
        value.append("'")
        rest = rest.dropFirst()
      case ("\"", true): return (value, rest)
      case ("\\", true): value.unicodeScalars.append(try escaped(&rest))
      default: value.append(character)
      }
    }
    throw refusal("a text in quotes does not end on its line")
  }

  /// The character behind a backslash.
  private func escaped(_ rest: inout Substring) throws(InputError) -> Unicode.Scalar {
    let simple: [Character: Unicode.Scalar] = [
      "\"": "\"", "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r", " ": " ", "0": "\0",
    ]
    guard let mark = rest.popFirst() else { throw refusal("a backslash ends the line") }
    if let scalar = simple[mark] { return scalar }
    let lengths: [Character: Int] = ["x": 2, "u": 4, "U": 8]
    if let length = lengths[mark], case let digits = rest.prefix(length), digits.count == length,
      let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
    {
      rest = rest.dropFirst(length)
      return scalar
    }
    throw refusal("\\\(mark) is no escape that is read")
  }
}
