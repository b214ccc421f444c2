import Support
import Testing

/// Patterns with `**`, which may stand in many places.
@Suite struct PathPartsTests {
  private static func matches(_ path: String, _ pattern: String, calls: inout Int) -> Bool {
    let names = path.split(separator: "/")
    let parts = pattern.split(separator: "/")
    var made = 0
    defer { calls = made }
    return PathParts.match(names: names.count, parts: parts.count, isAnyFolders: { parts[$0] == "**" }) { name, part in
      made += 1
      return names[name] == parts[part]
    }
  }

  @Test(
    "** stands for any number of folders, and at the end for something within one",
    arguments: [
      ("a", "a", true), ("a", "b", false), ("a/b", "a", false), ("a", "a/b", false), ("", "a", false),
      ("a", "**/a", true), ("x/y/a", "**/a", true), ("x/a/y", "**/a", false), ("a", "a/**", false),
      ("a/b", "a/**", true), ("a/b/c", "a/**", true), ("a/c", "a/**/c", true), ("a/b/b/c", "a/**/c", true),
      ("a/b/c/d", "a/**/c", false), ("a/b/a/c", "**/a/c", true), ("a/b", "**/**", true), ("a", "**/**/a", true),
      ("a/a/b/a/b/c", "**/a/b/c", true), ("a/x/b/y/c", "a/**/b/**/c", true), ("a/x/b", "a/**/b/**/c", false),
      ("a", "a/**/**", false), ("a/b", "a/**/**", true),
    ])
  func meaning(path: String, pattern: String, isMatch: Bool) {
    var calls = 0
    #expect(Self.matches(path, pattern, calls: &calls) == isMatch)
  }

  @Test("a pattern of many ** is tried in time that the product of the lengths bounds")
  func bound() {
    let path = Array(repeating: "a", count: 400).joined(separator: "/")
    let pattern = String(repeating: "**/a/", count: 200) + "b"
    var calls = 0
    #expect(!Self.matches(path, pattern, calls: &calls))
    #expect(calls <= 400 * 401)
  }
}
