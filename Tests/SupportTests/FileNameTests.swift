import Testing

@testable import Support

/// What becomes a path is one component of it.
@Suite struct FileNameTests {
  @Test(arguments: ["x", "a b", "..x", "...", "-", "~", "ä", "m__\u{1B}[31m", String(repeating: "x", count: 250)])
  func ordinaryNamesStayInTheirFolder(text: String) throws {
    let name = try FileName(text, suffix: ".json")
    #expect(name.description == text + ".json")
    #expect(name.path(in: "out") == "out/\(text).json")
    #expect(name.path(in: "") == "./\(text).json")
    #expect(Files.parent(of: name.path(in: "/a/b/")) == "/a/b")
  }

  @Test(arguments: [
    "", ".", "..", "/", "/x", "../x", "a/b", "a/", "../../victim/x", "a\0b", String(repeating: "x", count: 251),
    String(repeating: "ä", count: 126),
  ])
  func whatLeadsElsewhereIsRefused(text: String) {
    let error = #expect(throws: FileError.self) { try FileName(text, suffix: ".json") }
    #expect(error?.description.hasPrefix("cannot use \"\(text)\" as a file name: it ") == true || text.utf8.count > 250)
  }

  @Test func suffixesAreCheckedToo() {
    #expect(throws: FileError.self) { try FileName("a", suffix: "/../b") }
    #expect(throws: FileError.self) { try FileName("..") }
  }
}
