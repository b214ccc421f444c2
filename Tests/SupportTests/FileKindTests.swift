import Foundation
import Testing

@testable import Support

/// What is no regular file: links are followed, pipes and devices neither replaced nor read without end.
@Suite struct FileKindTests {
  /// A fresh folder for one test.
  private final class Scratch {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)"

    init() throws { try Files.makeDirectories(path) }

    deinit { try? Files.remove(path) }

    func callAsFunction(_ name: String) -> String { Files.join(path, name) }

    func link(_ name: String, to target: String) { #expect(symlink(target, self(name)) == 0) }

    func pipe(_ name: String) -> String {
      #expect(mkfifo(self(name), 0o600) == 0)
      return self(name)
    }
  }

  private func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  @Test func whatALinkLeadsToIsReplacedInItsOwnFolder() throws {
    let scratch = try Scratch()
    try Files.makeDirectories(scratch("there"))
    try Files.makeDirectories(scratch("here"))
    try AtomicFile.write("old", to: scratch("there/file"))
    scratch.link("there/second", to: "file")
    scratch.link("here/first", to: "../there/second")
    try AtomicFile.write("new", to: scratch("here/first"))
    #expect(try Files.readText(scratch("there/file")) == "new")
    #expect(isLink(scratch("here/first")) && isLink(scratch("there/second")) && !isLink(scratch("there/file")))
    #expect(try Files.list(scratch("here")) == ["first"] && Files.list(scratch("there")) == ["file", "second"])
  }

  @Test func whatADanglingLinkLeadsToIsMade() throws {
    let scratch = try Scratch()
    scratch.link("relative", to: "made")
    scratch.link("absolute", to: scratch("made as well"))
    scratch.link("nowhere", to: "missing/file")
    try AtomicFile.write("1", to: scratch("relative"))
    try AtomicFile.write("2", to: scratch("absolute"))
    #expect(try Files.readText(scratch("made")) == "1" && Files.readText(scratch("made as well")) == "2")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("3", to: scratch("nowhere")) }
    #expect(error?.description == "cannot write \(scratch("nowhere")): No such file or directory")
    #expect(isLink(scratch("relative")) && isLink(scratch("nowhere")))
  }

  @Test func linksInACircleAreAnError() throws {
    let scratch = try Scratch()
    scratch.link("a", to: "b")
    scratch.link("b", to: "a")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("", to: scratch("a")) }
    #expect(error?.code == ELOOP && error?.operation == "write" && error?.path == scratch("a"))
  }

  @Test func pipesAndDevicesAndFoldersAreNotReplaced() throws {
    let scratch = try Scratch()
    let pipe = scratch.pipe("pipe")
    scratch.link("link", to: "pipe")
    for path in [pipe, scratch("link")] {
      let error = #expect(throws: FileError.self) { try AtomicFile.write("", to: path) }
      #expect(error?.description == "cannot write \(path): it is no regular file; name a file")
    }
    #expect(throws: FileError.self) { try AtomicFile.target(of: scratch.path) }
    // Only root may make a device; this one is as /dev/null.
    if mknod(scratch("null"), S_IFCHR | 0o600, 1 << 8 | 3) == 0 {
      #expect(throws: FileError.self) { try AtomicFile.write("", to: scratch("null")) }
      try Files.remove(scratch("null"))
    }
    #expect(try Files.list(scratch.path) == ["link", "pipe"])
    #expect(Files.status(pipe)?.isRegular == false && Files.status(scratch.path)?.isRegular == false)
  }

  @Test func pipesAndDevicesAreNotReadAsFilesNorWaitedFor() throws {
    let scratch = try Scratch()
    for path in [scratch.pipe("pipe"), "/dev/zero"] {
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
    let pipe = scratch.pipe("pipe")
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
    try Files.makeDirectories(scratch("folder"))
    try AtomicFile.write("", to: scratch("folder/file"))
    try AtomicFile.write("", to: scratch("folder/other"))
    scratch.link("way", to: "folder")
    scratch.link("direct", to: "folder/file")
    scratch.link("dangling", to: "way/new")
    #expect(link(scratch("folder/file"), scratch("hard")) == 0)
    for path in ["way/file", "direct", "hard", "way/../folder//./file"] {
      #expect(Files.areSame(scratch("folder/file"), scratch(path)), "\(path)")
    }
    #expect(!Files.areSame(scratch("folder/file"), scratch("way/other")))
    #expect(Files.areSame(scratch("dangling"), scratch("folder/new")))
    #expect(Files.areSame(scratch("way/none/new"), scratch("folder/none/new")))
    #expect(!Files.areSame(scratch("way/new"), scratch("new")))
  }
}
