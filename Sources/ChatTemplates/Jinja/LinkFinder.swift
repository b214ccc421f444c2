/// jinja2's `urlize`: links for addresses in a text.
///
/// Source: jinja2 3.1.6, `utils.py`, whose regular expressions are followed by hand.
struct LinkFinder {
  /// A word's characters.
  private typealias Points = ArraySlice<UInt32>

  /// The most characters of an address that are shown; nil for all.
  let limit: Int?
  /// What stands behind the address in a link.
  let attributes: [UInt8]
  /// Further schemes that make an address, such as `tel:`.
  let schemes: [JinjaText]

  /// The text, which is escaped already, with links.
  func linked(_ text: JinjaText, in renderer: Renderer) throws(TemplateError) -> JinjaText {
    var output = TextOutput()
    var start = 0
    for word in try renderer.words(of: text) {
      let range = Int(word.start - text.start)..<Int(word.end - text.start)
      guard let changed = linked(word.array) else { continue }
      output.append(text.slice(start..<range.lowerBound))
      output.append(changed, origin: word.computedOrigin)
      start = range.upperBound
    }
    guard start > 0 else { return text }
    output.append(text.slice(start..<text.count))
    return JinjaText(output)
  }

  /// A word with a link; nil where it holds no address.
  private func linked(_ word: [UInt8]) -> [UInt8]? {
    let (less, greater) = (Array("&lt;".utf8), Array("&gt;".utf8))
    var (head, end) = (0, word.count)
    while head < end {
      if word[head] == UInt8(ascii: "(") || word[head] == UInt8(ascii: "<") {
        head += 1
      } else if word[head...].starts(with: less) {
        head += 4
      } else {
        break
      }
    }
    let whole = end
    while end > head {
      if [0x29, 0x3E, 0x2E, 0x2C].contains(word[end - 1]) {
        end -= 1
      } else if end - head >= 4, word[(end - 4)..<end].elementsEqual(greater) {
        end -= 4
      } else {
        break
      }
    }
    // What is opened in an address is closed in it.
    for (opening, closing) in [([0x28], [0x29]), ([0x3C], [0x3E]), (less, greater)] as [([UInt8], [UInt8])] {
      let missing = Self.count(opening, in: word[head..<end])
      guard missing > Self.count(closing, in: word[head..<end]) else { continue }
      for _ in 0..<min(missing, Self.count(closing, in: word[end..<whole])) {
        while !word[end...].starts(with: closing) { end += 1 }
        end += closing.count
      }
    }
    guard let link = link(Array(word[head..<end])) else { return nil }
    return word[..<head] + link + word[end...]
  }

  private static func count(_ part: [UInt8], in bytes: ArraySlice<UInt8>) -> Int {
    bytes.indices.count { bytes[$0...].starts(with: part) }
  }

  /// The link of an address; nil where it is none.
  private func link(_ address: [UInt8]) -> [UInt8]? {
    let points = address.withUnsafeBytes { PythonText.points($0) }[...]
    func begins(_ text: StaticString) -> Bool { address.starts(with: Array("\(text)".utf8)) }
    if Self.isWeb(points) {
      let scheme = begins("https://") || begins("http://") ? [] : Array("https://".utf8)
      return link(scheme + address, attributes, shown(points))
    }
    let mail = Array("mailto:".utf8)
    if address.starts(with: mail), Self.isMail(points.dropFirst(7)) { return link(address, [], Array(address[7...])) }
    if !begins("www."), !begins("@"), !address.contains(UInt8(ascii: ":")), Self.isMail(points) {
      return link(mail + address, [], address)
    }
    for scheme in schemes where scheme.array != address && address.starts(with: scheme.array) {
      return link(address, attributes, address)
    }
    return nil
  }

  private func link(_ address: [UInt8], _ attributes: [UInt8], _ shown: [UInt8]) -> [UInt8] {
    Array("<a href=\"".utf8) + address + [0x22] + attributes + [0x3E] + shown + Array("</a>".utf8)
  }

  private func shown(_ points: Points) -> [UInt8] {
    var bytes: [UInt8] = []
    let isCut = limit.map { points.count > $0 } ?? false
    let kept = isCut ? limit.map { $0 < 0 ? max(0, points.count + $0) : $0 } ?? 0 : points.count
    for point in points.prefix(kept) { PythonText.append(point, to: &bytes) }
    return isCut ? bytes + Array("...".utf8) : bytes
  }

  // MARK: - The regular expressions

  /// The letter in small that matches a character where case is ignored, as Python has it.
  private static func folded(_ point: UInt32) -> UInt32 {
    switch point {
    case 0x41...0x5A: point + 32
    case 0x130, 0x131: 0x69
    case 0x17F: 0x73
    case 0x212A: 0x6B
    default: point
    }
  }

  private static func isLetter(_ point: UInt32) -> Bool { (0x61...0x7A).contains(folded(point)) }
  private static func isWord(_ point: UInt32) -> Bool { point == 0x5F || PythonText.isAlphanumeric(point) }
  private static func isLabel(_ point: UInt32) -> Bool { isWord(point) || point == 0x25 || point == 0x2D }

  private static func isHex(_ point: UInt32) -> Bool {
    PythonText.isDecimal(point) || (0x61...0x66).contains(folded(point))
  }

  /// What follows a text where a word begins with it; nil where it does not.
  private static func rest(of points: Points, after text: StaticString) -> Points? {
    let bytes = Array("\(text)".utf8)
    guard points.count >= bytes.count, zip(points, bytes).allSatisfy({ folded($0) == UInt32($1) }) else { return nil }
    return points.dropFirst(bytes.count)
  }

  /// Whether a port, a path or nothing follows.
  private static func isEnd(_ points: Points) -> Bool {
    var rest = points
    if rest.first == 0x3A {
      let port = rest.dropFirst().prefix { PythonText.isDecimal($0) }
      if (1...5).contains(port.count) { rest = rest[port.endIndex...] }
    }
    return rest.first.map { [0x2F, 0x3F, 0x23].contains($0) } ?? true
  }

  private static func isWeb(_ points: Points) -> Bool {
    let server = rest(of: points, after: "https://") ?? rest(of: points, after: "http://")
    if let server, isNumbered(server) { return true }
    return (server ?? rest(of: points, after: "www.")).map { isNamed($0, isKnown: false) } ?? false
      || isNamed(points, isKnown: true)
  }

  /// Whether a name of a server begins the text.
  ///
  /// - Parameter isKnown: whether its last part must be one of those that everybody knows, and have another before it.
  private static func isNamed(_ points: Points, isKnown: Bool) -> Bool {
    var rest = points
    var isFirst = true
    while true {
      if !(isKnown && isFirst), isTop(rest, isKnown: isKnown) { return true }
      let label = rest.prefix { isLabel($0) }
      guard isKnown ? (2...63).contains(label.count) : !label.isEmpty, label.endIndex < rest.endIndex,
        rest[label.endIndex] == 0x2E
      else { return false }
      rest = rest[(label.endIndex + 1)...]
      isFirst = false
    }
  }

  private static let known: [StaticString] = ["com", "net", "int", "edu", "gov", "org", "info", "mil"]

  private static func isTop(_ points: Points, isKnown: Bool) -> Bool {
    if isKnown { return known.contains { rest(of: points, after: $0).map { isEnd($0) } ?? false } }
    let letters = points.prefix { isLetter($0) }
    if (2...63).contains(letters.count), isEnd(points[letters.endIndex...]) { return true }
    guard let name = rest(of: points, after: "xn--") else { return false }
    let international = name.prefix { isWord($0) || $0 == 0x25 }
    return (2...59).contains(international.count) && isEnd(name[international.endIndex...])
  }

  /// Whether an address of numbers, of version 4 or 6, begins the text.
  private static func isNumbered(_ points: Points) -> Bool {
    var rest = points
    for part in 0..<4 {
      let digits = rest.prefix { PythonText.isDecimal($0) }
      guard (1...3).contains(digits.count) else { break }
      rest = rest[digits.endIndex...]
      if part == 3 { return isEnd(rest) }
      guard rest.popFirst() == 0x2E else { break }
    }
    rest = points
    guard rest.popFirst() == 0x5B else { return false }
    for _ in 0..<2 {
      rest = rest.dropFirst(rest.prefix { isHex($0) }.prefix(4).count)
      guard rest.popFirst() == 0x3A else { return false }
    }
    var groups = 0
    while let next = rest.first, next != 0x5D {
      let digits = rest.prefix { isHex($0) }.prefix(4)
      rest = rest[digits.endIndex...]
      let hasColon = rest.first == 0x3A
      if hasColon { rest.removeFirst() }
      guard hasColon || !digits.isEmpty else { return false }
      groups += 1
    }
    return groups <= 6 && rest.popFirst() == 0x5D && isEnd(rest)
  }

  private static func isMail(_ points: Points) -> Bool {
    guard let at = points.lastIndex(of: 0x40), at > points.startIndex else { return false }
    let server = points[(at + 1)...]
    guard let first = server.first, isWord(first), let point = server.lastIndex(of: 0x2E), point + 1 < server.endIndex
    else { return false }
    return server[..<point].allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D }
      && server[(point + 1)...].allSatisfy(isWord)
  }
}

extension Filters {
  static let urlize: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_urlize",
      [
        .optional("trim_url_limit"), .optional("nofollow"), .optional("target"), .optional("rel"),
        .optional("extra_schemes"),
      ], offset: 2)
    var parts: [[UInt8]] = [Array("noopener".utf8)]
    if let rel = given[3], try rel.isTrue {
      guard let text = rel.textValue else { throw missing("split", of: rel) }
      parts += TextSearch.splitAtSpace(text, limit: -1).map(\.array)
    }
    if try given[1]?.isTrue ?? false { parts.append(Array("nofollow".utf8)) }
    var schemes: [JinjaText] = []
    if let further = given[4], !further.isNone {
      guard let iterator = try renderer.iterator(further) else {
        throw .type("'\(further.typeName)' object is not iterable")
      }
      while let scheme = try iterator.next() {
        guard let text = scheme.textValue else {
          throw .type("expected string or bytes-like object, got '\(scheme.typeName)'")
        }
        guard LinkFinder.isScheme(text) else {
          throw .filterArgument("\(scheme.shortRepr) is not a valid URI scheme prefix.")
        }
        schemes.append(text)
      }
    }
    let text = try renderer.escaped(value)
    try renderer.charge(characters: text.count)
    var attributes = Array(" rel=\"".utf8)
    for (index, part) in Set(parts).sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
      attributes += (index > 0 ? [0x20] : []) + Markup.escape(JinjaText(part)).array
    }
    attributes.append(0x22)
    if let target = given[2], try target.isTrue {
      attributes += Array(" target=\"".utf8) + (try renderer.escaped(target).array) + [0x22]
    }
    var limit: Int?
    if let given = given[0], !given.isNone { limit = try integer(given, default: 0) }
    let finder = LinkFinder(limit: limit, attributes: attributes, schemes: schemes)
    let linked = try finder.linked(text, in: renderer)
    try renderer.charge(bytes: linked.count)
    return renderer.autoescape ? .markup(linked) : .text(linked)
  }
}

extension LinkFinder {
  /// Whether a text is a scheme as `extra_schemes` may hold it.
  static func isScheme(_ text: JinjaText) -> Bool {
    let points = withExtendedLifetime(text.storage) { PythonText.points(text.bytes) }
    let name = points.prefix { isWord($0) || [0x2E, 0x2B, 0x2D].contains($0) }
    let rest = points[name.endIndex...]
    return name.count >= 2 && rest.first == 0x3A && rest.count <= 3 && rest.dropFirst().allSatisfy { $0 == 0x2F }
  }
}
