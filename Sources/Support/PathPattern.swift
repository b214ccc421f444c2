import Glibc

/// A pattern of paths, as shells know them: `data/*.jsonl`.
public struct PathPattern: Sendable {
  /// The pattern.
  public let text: String

  /// Makes a pattern; nil if the text holds nothing that makes it one.
  public init?(_ text: String) {
    guard text.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return nil }
    self.text = text
  }

  /// The paths that match and are there, in byte order. The corresponding C function is `glob`.
  ///
  /// - Throws: `FileError` if a folder cannot be read or there is no memory.
  public func matches() throws(FileError) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    switch Files.withPath(text, { Glibc.glob($0, GLOB_NOSORT, nil, &found) }) {
    case 0: break
    case GLOB_NOMATCH: return []
    default: throw FileError("look for", text, reason: "a folder cannot be read, or there is no memory")
    }
    var paths: [String] = []
    for index in 0..<Int(found.gl_pathc) {
      if let path = found.gl_pathv?[index] { paths.append(Files.text(path)) }
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether a name matches. The corresponding C function is `fnmatch`.
  public func matches(_ name: String) -> Bool { fnmatch(text, name, 0) == 0 }
}
