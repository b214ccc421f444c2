import Support
import TestSupport
import Testing

/// What `.gitignore` says of names is what git makes of it.
@Suite struct GitIgnoreTests {
  @Test(
    "rules match names, paths and folders as git does",
    arguments: [
      ("*.log", "a.log", false, true), ("*.log", "a.txt", false, false), ("build/", "build", true, true),
      ("build/", "build", false, false), ("/top", "top", false, true), ("# x\n\nx", "x", false, true),
      ("\\#x", "#x", false, true), ("*.md\n!keep.md", "keep.md", false, false), ("x \r\n", "x", false, true),
      ("**/deep", "deep", false, true), ("a/b", "b", false, false),
    ])
  func rules(text: String, name: String, isFolder: Bool, isIgnored: Bool) throws {
    try Scratch.with { folder in
      try folder.file(".gitignore", text)
      #expect(try GitIgnore(around: folder.path).ignores(name, isFolder: isFolder) == isIgnored, "\(text)")
    }
  }

  @Test("rules of folders above count up to the repository's, and inner ones come first")
  func nesting() throws {
    try Scratch.with { folder in
      try folder.file("outside/.gitignore", "*.txt\n")
      try folder.file("outside/repo/.git/HEAD", "ref: refs/heads/main\n")
      try folder.file("outside/repo/.gitignore", "/docs/private/\ndocs/**/*.tmp\n*.md\n")
      try folder.file("outside/repo/docs/.gitignore", "!a.md\n")
      let docs = try GitIgnore(around: folder.path("outside/repo/docs"))
      #expect(!docs.ignores("x.txt", isFolder: false))
      #expect(docs.ignores("private", isFolder: true))
      #expect(docs.ignores("b.md", isFolder: false) && !docs.ignores("a.md", isFolder: false))
      let inner = try docs.entering("x", at: folder.path("outside/repo/docs/x"))
      #expect(inner.ignores("y.tmp", isFolder: false) && !inner.ignores("private", isFolder: true))
    }
  }
}
