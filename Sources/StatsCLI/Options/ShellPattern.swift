import Glibc

/// A pattern as shells have them: `*`, `?` and `[abc]`, against a whole name.
struct ShellPattern: Sendable {
  /// The pattern.
  let text: String

  /// Whether a text has a character that stands for others.
  static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }

  /// Whether `name` matches; `?` stands for one character, however many bytes it has.
  func matches(_ name: String) -> Bool {
    // fnmatch compares bytes unless the thread's locale says that text is UTF-8.
    guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return fnmatch(text, name, 0) == 0 }
    let previous = uselocale(locale)
    defer {
      uselocale(previous)
      freelocale(locale)
    }
    return fnmatch(text, name, 0) == 0
  }
}
