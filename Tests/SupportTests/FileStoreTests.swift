import Foundation
import TestSupport
import Testing

@testable import Support

@Suite struct SupportTests {
  @Test func aFileIsReadAsItWasWritten() throws {
    let scratch = try Scratch()
    var buffer = [UInt8](repeating: 0, count: 80_000)
    for size in [0, 1, 70_000, 3] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let path = Files.join(scratch.path, "f\(size)")
      try AtomicFile.write(bytes, to: path)
      var reader = try FileReader(path: path)
      let count = try reader.read(into: &buffer, from: 0)
      #expect(count == size)
      #expect(Array(buffer[..<count]) == bytes)
      #expect(try Files.read(path) == bytes)
    }
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: FileError.self) { try Files.read("/nonexistent/file") }
    #expect(error?.description == "cannot read /nonexistent/file: No such file or directory")
  }

  @Test("a file of more bytes than memory may hold is refused before any of it is read")
  func tooLargeForMemory() throws {
    let scratch = try Scratch()
    let path = try scratch.file("sparse", "")
    try #require(truncate(path, off_t(Limits.largestPiece) + 1) == 0)
    let error = #expect(throws: FileError.self) { try Files.read(path) }
    #expect(error?.description.contains("more than is read whole on this machine") == true)
  }

  @Test func withoutCommitTheOldFileStaysAndNothingIsLeft() throws {
    let scratch = try Scratch()
    let path = Files.join(scratch.path, "a")
    try AtomicFile.write("old", to: path)
    do {
      var file = try AtomicFile(path: path)
      try file.write(Array("new".utf8).span.bytes)
    }
    #expect(try Files.readText(path) == "old")
    #expect(try Files.list(scratch.path) == ["a"])
    try AtomicFile.write("new", to: path)
    #expect(try Files.readText(path) == "new")
  }

  @Test func foldersAreMadeListedAndRemoved() throws {
    let scratch = try Scratch()
    let deep = Files.join(scratch.path, "a/b/c")
    try Files.makeDirectories(deep)
    try AtomicFile.write("x", to: Files.join(deep, "f"))
    #expect(Files.isDirectory(deep))
    #expect(try Files.list(deep) == ["f"])
    try Files.remove(Files.join(scratch.path, "a"))
    #expect(!Files.exists(deep))
    try Files.remove(deep)
  }

  @Test func aFileIsNoFolder() throws {
    let scratch = try Scratch()
    let path = Files.join(scratch.path, "f")
    try AtomicFile.write("x", to: path)
    #expect(throws: FileError.self) { try Files.list(path) }
    #expect(throws: FileError.self) { try Files.makeDirectories(Files.join(path, "g")) }
  }

  @Test(arguments: [
    ("a/b", "a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("/", "/", ""), ("a/b/", "a", "b"), ("a//b", "a", "b"),
  ])
  func pathsComeApart(path: String, parent: String, last: String) {
    #expect(Files.parent(of: path) == parent)
    #expect(Files.lastComponent(path) == last)
  }

  @Test func relativePathsLeadFromFolderToFile() {
    #expect(Files.relative("/a/b/c.png", to: "/a/x") == "../b/c.png")
    #expect(Files.relative("/a/b", to: "/a/b") == ".")
    #expect(Files.absolute("/a/./b/../c//d") == "/a/c/d")
  }

  @Test func aReplicaOutlivesTheOriginalAndItsSuccessors() throws {
    let scratch = try Scratch()
    let (old, new) = (Files.join(scratch.path, "old"), Files.join(scratch.path, "new"))
    try AtomicFile.write("first", to: old)
    try AtomicFile.write("in the way", to: new)
    try Files.replicate(old, as: new)
    // Both names are one file already: nothing changes, nothing is left over.
    try Files.replicate(old, as: new)
    #expect(try Files.readText(new) == "first" && Files.list(scratch.path) == ["new", "old"])
    try AtomicFile.write("second", to: old)
    #expect(try Files.readText(new) == "first")
    try Files.remove(old)
    #expect(try Files.readText(new) == "first")
    #expect(throws: FileError.self) { try Files.replicate(old, as: new) }
    #expect(try Files.readText(new) == "first" && Files.list(scratch.path) == ["new"])
    // Another file system has no second names for it.
    guard Files.isDirectory("/dev/shm") else { return }
    let other = "/dev/shm/tokenstats-\(UUID().uuidString)"
    defer { try? Files.remove(other) }
    try Files.replicate(new, as: other)
    #expect(try Files.readText(other) == "first")
    try Files.synchronizeFolder(scratch.path)
  }

  @Test func digestOfKnownBytes() {
    let digest = SHA256Digest.of(Array("abc".utf8).span.bytes)
    #expect(digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(SHA256Digest(hex: digest.hex.uppercased()) == digest)
    #expect(SHA256Digest(hex: "ba") == nil)
  }

  @Test func digestOfFilesIsThatOfTheirBytesOneAfterAnother() throws {
    let scratch = try Scratch()
    let sizes = [0, 5, 1 << 18, (1 << 18) + 1]
    var all: [UInt8] = []
    var hash = SHA256()
    for size in sizes {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let path = Files.join(scratch.path, "f\(size)")
      try AtomicFile.write(bytes, to: path)
      #expect(try hash.update(contentsOf: path) == size)
      all += bytes
    }
    #expect(hash.finalize() == SHA256Digest.of(all.span.bytes))
    var other = SHA256()
    #expect(throws: FileError.self) { try other.update(contentsOf: scratch.path + "/none") }
  }
}
