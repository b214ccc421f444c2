import JSON

/// Names that repeat, each stored once and referred to by its index.
struct NameTable {
  private var names: [String] = []
  /// By the names' bytes: two spellings that Unicode calls equal are two names.
  private var indices: [[UInt8]: Int] = [:]

  /// The index of `name`, which is added where it is new.
  mutating func index(of name: String) -> Int {
    let key = Array(name.utf8)
    if let index = indices[key] { return index }
    names.append(name)
    indices[key] = names.count - 1
    return names.count - 1
  }

  var json: JSONValue { .array(names.map(JSONValue.string)) }
}
