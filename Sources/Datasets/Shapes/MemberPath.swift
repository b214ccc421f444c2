import JSON

extension JSONObject {
  /// The member of a name, or the one that `NAME.MEMBER` leads to through objects; nil if there is none.
  ///
  /// Names may hold dots themselves; the whole name stands above a path.
  func value(at name: String) -> JSONValue? {
    if let value = self[name] { return value }
    guard name.utf8.contains(UInt8(ascii: ".")) else { return nil }
    for index in name.indices where name[index] == "." {
      guard case .object(let inner)? = self[String(name[..<index])] else { continue }
      if let value = inner.value(at: String(name[name.index(after: index)...])) { return value }
    }
    return nil
  }
}
