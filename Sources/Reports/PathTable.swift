import JSON

/// Paths that differ only in the dataset's name, each pattern stored once and referred to by its index.
struct PathTable {
  /// A path's bytes around the dataset's name.
  private struct Pattern: Hashable {
    let before: [UInt8]
    /// What follows the name; nil where the path does not hold it and `before` is all of it.
    let after: [UInt8]?
  }

  private var patterns: [Pattern] = []
  private var indices: [Pattern: Int] = [:]

  /// The index of the pattern that makes `path` out of the dataset's `name`.
  mutating func index(of path: String, naming name: String) -> Int {
    let pattern = Self.split(Array(path.utf8), at: Array(name.utf8))
    if let index = indices[pattern] { return index }
    patterns.append(pattern)
    indices[pattern] = patterns.count - 1
    return patterns.count - 1
  }

  /// Splits at the last place where the name stands.
  private static func split(_ path: [UInt8], at name: [UInt8]) -> Pattern {
    guard !name.isEmpty, path.count >= name.count else { return Pattern(before: path, after: nil) }
    for start in stride(from: path.count - name.count, through: 0, by: -1) {
      let end = start + name.count
      guard path[start..<end].elementsEqual(name) else { continue }
      return Pattern(before: Array(path[..<start]), after: Array(path[end...]))
    }
    return Pattern(before: path, after: nil)
  }

  /// The patterns as pairs of texts, the second null where the first is the whole path.
  var json: JSONValue {
    .array(
      patterns.map { pattern in
        .array([Self.text(pattern.before), pattern.after.map(Self.text) ?? .null])
      })
  }

  private static func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
}
