import Foundation
import TestSupport
import Testing

@testable import Support

/// What is no regular file: links are followed, pipes and devices neither replaced nor read without end.
@Suite struct FileKindTests {
  private func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  @Test func whatALinkLeadsToIsReplacedInItsOwnFolder() throws {
    let scratch = try Scratch()
    try Files.makeDirectories(scratch.path("there"))
    try Files.makeDirectories(scratch.path("here"))
    try AtomicFile.write("old", to: scratch.path("there/file"))
    try scratch.link("there/second", to: "file")
    try scratch.link("here/first", to: "../there/second")
    try AtomicFile.write("new", to: scratch.path("here/first"))
    #expect(try Files.readText(scratch.path("there/file")) == "new")
    #expect(
      isLink(scratch.path("here/first")) && isLink(scratch.path("there/second")) && !isLink(scratch.path("there/file")))
    #expect(
      try Files.list(scratch.path("here")) == ["first"] && Files.list(scratch.path("there")) == ["file", "second"])
  }

  @Test func whatADanglingLinkLeadsToIsMade() throws {
    let scratch = try Scratch()
    try scratch.link("relative", to: "made")
    try scratch.link("absolute", to: scratch.path("made as well"))
    try scratch.link("nowhere", to: "missing/file")
    try AtomicFile.write("1", to: scratch.path("relative"))
    try AtomicFile.write("2", to: scratch.path("absolute"))
    #expect(try Files.readText(scratch.path("made")) == "1" && Files.readText(scratch.path("made as well")) == "2")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("3", to: scratch.path("nowhere")) }
    #expect(error?.description == "cannot write \(scratch.path("nowhere")): No such file or directory")
    #expect(isLink(scratch.path("relative")) && isLink(scratch.path("nowhere")))
  }

  @Test func linksInACircleAreAnError() throws {
    let scratch = try Scratch()
    try scratch.link("a", to: "b")
    try scratch.link("b", to: "a")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("", to: scratch.path("a")) }
    #expect(error?.code == ELOOP && error?.operation == "write" && error?.path == scratch.path("a"))
  }

  @Test func pipesAndDevicesAndFoldersAreNotReplaced() throws {
    let scratch = try Scratch()
    let pipe = try scratch.pipe("pipe")
    try scratch.link("link", to: "pipe")
    for path in [pipe, scratch.path("link")] {
      let error = #expect(throws: FileError.self) { try AtomicFile.write("", to: path) }
      #expect(error?.description == "cannot write \(path): it is no regular file; name a file")
    }
    #expect(throws: FileError.self) { try AtomicFile.target(of: scratch.path) }
    // Only root may make a device; this one is as /dev/null.
    if mknod(scratch.path("null"), S_IFCHR | 0o600, 1 << 8 | 3) == 0 {
      #expect(throws: FileError.self) { try AtomicFile.write("", to: scratch.path("null")) }
      try Files.remove(scratch.path("null"))
    }
    #expect(try Files.list(scratch.path) == ["link", "pipe"])
    #expect(Files.status(pipe)?.isRegular == false && Files.status(scratch.path)?.isRegular == false)
  }

  @Test func pipesAndDevicesAreNotReadAsFilesNorWaitedFor() throws {
    let scratch = try Scratch()
    for path in [try scratch.pipe("pipe"), "/dev/zero"] {
      let reason = "cannot read \(path): it is no regular file; name a file"
      #expect(#expect(throws: FileError.self) { try Files.read(path) }?.description == reason)
      #expect(#expect(throws: FileError.self) { try Files.readText(path) }?.description == reason)
      #expect(#expect(throws: FileError.self) { _ = try FileReader(path: path) }?.description == reason)
      let error = #expect(throws: FileError.self) {
        var hash = SHA256()
        try hash.update(contentsOf: path)
      }
      #expect(error?.description == reason)
      #expect(!FileReader.ends(path, with: [0]))
    }
    #expect(#expect(throws: FileError.self) { try Files.read(scratch.path) }?.code == EISDIR)
  }

  @Test func inputsMayBePipesButNoEndlessDevices() async throws {
    let scratch = try Scratch()
    let pipe = try scratch.pipe("pipe")
    let writer = Thread {
      guard let file = FileHandle(forWritingAtPath: pipe) else { return }
      try? file.write(contentsOf: Data("text".utf8))
      try? file.close()
    }
    writer.start()
    #expect(try Files.readInput(pipe) == Array("text".utf8))
    #expect(try Files.readInput("/dev/null").isEmpty)
    let error = #expect(throws: FileError.self) { try Files.readInput("/dev/zero") }
    #expect(
      error?.description == "cannot read /dev/zero: it is a device, which may have no end; name a file or a pipe")
  }

  @Test func pathsOfOneFileAreTheSame() throws {
    let scratch = try Scratch()
    try Files.makeDirectories(scratch.path("folder"))
    try AtomicFile.write("", to: scratch.path("folder/file"))
    try AtomicFile.write("", to: scratch.path("folder/other"))
    try scratch.link("way", to: "folder")
    try scratch.link("direct", to: "folder/file")
    try scratch.link("dangling", to: "way/new")
    #expect(link(scratch.path("folder/file"), scratch.path("hard")) == 0)
    for path in ["way/file", "direct", "hard", "way/../folder//./file"] {
      #expect(Files.areSame(scratch.path("folder/file"), scratch.path(path)), "\(path)")
    }
    #expect(!Files.areSame(scratch.path("folder/file"), scratch.path("way/other")))
    #expect(Files.areSame(scratch.path("dangling"), scratch.path("folder/new")))
    #expect(Files.areSame(scratch.path("way/none/new"), scratch.path("folder/none/new")))
    #expect(!Files.areSame(scratch.path("way/new"), scratch.path("new")))
  }
}
