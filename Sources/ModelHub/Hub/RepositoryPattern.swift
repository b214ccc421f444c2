import Support

/// A pattern for paths in a repository, in the form that dataset cards use.
///
/// `*` stands for any characters of one name, `?` for one of them, `[...]` for one of a set, and `**` as a whole part of
/// the path for any number of folders.
struct RepositoryPattern: Sendable, Hashable, CustomStringConvertible {
  /// The pattern as it was written.
  let description: String
  private let parts: [Part]

  private enum Part: Sendable, Hashable {
    case anyFolders
    case name([Element])
  }

  /// What stands for one or more characters of a name.
  private enum Element: Sendable, Hashable {
    case byte(UInt8)
    case anyByte
    case anyBytes
    case set([ClosedRange<UInt8>], isNegated: Bool)
  }

  /// Reads a pattern; nil where `**` is only a piece of a name, which has no meaning.
  init?(_ text: String) {
    var parts: [Part] = []
    for part in text.split(separator: "/") where part != "." {
      if part == "**" {
        parts.append(.anyFolders)
      } else if part.contains(bytesOf: "**") {
        return nil
      } else {
        parts.append(.name(Self.elements(Array(part.utf8))))
      }
    }
    description = text
    self.parts = parts
  }

  /// Whether a text means more than itself.
  static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }

  /// The only path that can match; nil where the pattern means more than itself.
  var plainPath: RepositoryPath? {
    guard !Self.isPattern(description) else { return nil }
    return try? RepositoryPath(description.split(separator: "/").filter { $0 != "." }.joined(separator: "/"))
  }

  private static func elements(_ bytes: [UInt8]) -> [Element] {
    var elements: [Element] = []
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "*"): elements.append(.anyBytes)
      case UInt8(ascii: "?"): elements.append(.anyByte)
      case UInt8(ascii: "["):
        if let (set, end) = set(bytes, from: index + 1) {
          elements.append(set)
          index = end
        } else {
          elements.append(.byte(bytes[index]))
        }
      case let byte: elements.append(.byte(byte))
      }
      index += 1
    }
    return elements
  }

  /// The set behind a bracket, and the place of the bracket that closes it; nil where none does.
  private static func set(_ bytes: [UInt8], from start: Int) -> (Element, end: Int)? {
    let isNegated = start < bytes.count && bytes[start] == UInt8(ascii: "!")
    let first = isNegated ? start + 1 : start
    // A closing bracket in the first place is one of the set.
    guard first + 1 < bytes.count, let end = bytes[(first + 1)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
    var ranges: [ClosedRange<UInt8>] = []
    var index = first
    while index < end {
      if index + 2 < end, bytes[index + 1] == UInt8(ascii: "-") {
        if bytes[index] <= bytes[index + 2] { ranges.append(bytes[index]...bytes[index + 2]) }
        index += 3
      } else {
        ranges.append(bytes[index]...bytes[index])
        index += 1
      }
    }
    return (.set(ranges, isNegated: isNegated), end)
  }

  /// Whether a path matches.
  ///
  /// As for Hugging Face's `datasets`, names that begin with a dot and folders that begin with two underscores match only
  /// where the pattern has as many of them.
  func matches(_ path: RepositoryPath) -> Bool {
    let names = path.components.map { Array($0.description.utf8) }
    guard hides(Self.hidden(in: names)) else { return false }
    return PathParts.match(names: names.count, parts: parts.count, isAnyFolders: { parts[$0] == .anyFolders }) {
      name, part in
      if case .name(let elements) = parts[part] { Self.matches(names[name], elements) } else { false }
    }
  }

  private static func hidden(in names: [[UInt8]]) -> (dots: Int, underscores: Int) {
    let dots = names.count { $0.first == UInt8(ascii: ".") }
    return (dots, names.dropLast().count { $0.starts(with: "__".utf8) })
  }

  private func hides(_ hidden: (dots: Int, underscores: Int)) -> Bool {
    let names = description.split(separator: "/").filter { $0 != "." }.map { Array($0.utf8) }
    return Self.hidden(in: names) == hidden
  }

  /// Whether a name matches: at each `*` the last one is tried again with one more byte, so time is bounded by the product
  /// of the lengths.
  private static func matches(_ name: [UInt8], _ elements: [Element]) -> Bool {
    var (index, element) = (0, 0)
    var retry: (index: Int, element: Int)?
    while index < name.count {
      if element < elements.count, case .anyBytes = elements[element] {
        retry = (index, element)
        element += 1
      } else if element < elements.count, matches(name[index], elements[element]) {
        index += 1
        element += 1
      } else if let last = retry {
        retry = (last.index + 1, last.element)
        (index, element) = (last.index + 1, last.element + 1)
      } else {
        return false
      }
    }
    return elements[element...].allSatisfy { $0 == .anyBytes }
  }

  private static func matches(_ byte: UInt8, _ element: Element) -> Bool {
    switch element {
    case .byte(let wanted): byte == wanted
    case .anyByte, .anyBytes: true
    case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
    }
  }
}
