/// What a web server says before it sends something: a status and named lines.
struct HTTPHeader: Sendable, Hashable {
  /// The status, such as 200.
  let status: Int
  private let fields: [Field]

  private struct Field: Sendable, Hashable {
    let name: String
    let value: String
  }

  /// The most bytes of a header.
  static let maximumBytes = 1 << 18

  /// Reads a header without the empty line at its end; nil where it is none.
  init?(_ bytes: some Collection<UInt8>) {
    var lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: true) { $0.isNewline }[...]
    guard let first = lines.popFirst(), first.hasPrefix("HTTP/"), first.utf8.count <= 1_024 else { return nil }
    let words = first.split(separator: " ")
    guard words.count >= 2, let status = Int(words[1]), (100...999).contains(status) else { return nil }
    self.status = status
    fields = lines.compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      let end = value.lastIndex { $0 != " " && $0 != "\t" }
      return Field(name: line[..<colon].lowercased(), value: end.map { String(value[...$0]) } ?? "")
    }
  }

  /// The value of a line by its name in lower case; nil where there is none.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// Whether it is followed by another header, because the server has not answered yet.
  var isPreliminary: Bool { (100...199).contains(status) }

  /// Whether the answer is elsewhere.
  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

  /// The size of what follows in bytes; nil where it is not said.
  var contentLength: Int? { self["content-length"].flatMap(Int.init).flatMap { $0 >= 0 ? $0 : nil } }

  /// The first byte and the whole size that an answer to a request for a part names; nil where it does not.
  var contentRange: (start: Int, total: Int)? {
    guard let value = self["content-range"], value.hasPrefix("bytes ") else { return nil }
    let parts = value.dropFirst(6).split { $0 == "-" || $0 == "/" }
    guard parts.count == 3, let start = Int(parts[0]), let total = Int(parts[2]), start >= 0, total >= start else {
      return nil
    }
    return (start, total)
  }

  /// The entity tag without quotes and mark of weakness; of a large file that is stored elsewhere, that file's.
  var entityTag: String? {
    guard let value = self["x-linked-etag"] ?? self["etag"] else { return nil }
    let strong = value.hasPrefix("W/") ? value.dropFirst(2) : value[...]
    return String(strong.drop { $0 == "\"" }.prefix { $0 != "\"" })
  }

  /// Seconds that the server asks to wait; nil where it does not, or names a date.
  var retryAfter: Double? { self["retry-after"].flatMap(Double.init).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil } }

  /// The address of the next page of a listing; nil on the last.
  var nextPage: String? {
    guard let links = self["link"] else { return nil }
    for link in links.split(separator: ",") {
      let parts = link.split(separator: ";").map { $0.filter { $0 != " " } }
      guard let address = parts.first, address.hasPrefix("<"), address.hasSuffix(">"),
        parts.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" })
      else { continue }
      return String(address.dropFirst().dropLast())
    }
    return nil
  }
}
