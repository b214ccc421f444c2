import Foundation
import Testing

@testable import FileStore

/// What is known of a file is forgotten as soon as the file may be another.
@Suite struct KnownFilesTests {
  /// A file that nobody has written to for a while.
  private static let settledFile = #filePath

  private static func scratch() -> String { NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)" }

  @Test("A fact about a file that rests is remembered; one about another file is not")
  func facts() throws {
    let folder = Self.scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let known = KnownFiles(directory: folder)
    let stamp = try #require(FileStamp(Self.settledFile))
    #expect(known.fact(about: stamp) == nil)
    known.remember("a1b2", about: Self.settledFile, since: stamp)
    #expect(known.fact(about: stamp) == "a1b2")
    known.remember("c3", about: Self.settledFile, since: stamp)
    #expect(known.fact(about: stamp) == "c3")
    let other = try #require(FileStamp("/proc/self/exe"))
    #expect(known.fact(about: other) == nil)
  }

  @Test("A file that was just written, written to, or replaced by one of the same size has no known facts")
  func changes() throws {
    let folder = Self.scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Files.makeDirectories(folder)
    let known = KnownFiles(directory: folder + "/known")
    let path = folder + "/file"
    try AtomicFile.write("one", to: path)
    let stamp = try #require(FileStamp(path))
    known.remember("fact", about: path, since: stamp)
    #expect(known.fact(about: stamp) == nil)

    try AtomicFile.write("two", to: path)
    #expect(FileStamp(path) != stamp)
    // Even where the time of the last change of the contents is set back.
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: path)
    let old = try #require(FileStamp(path))
    #expect(!old.isSettled)
    #expect(FileStamp(folder) == nil)
    #expect(FileStamp(path + "x") == nil)
  }

  @Test("What is remembered is not believed where its file is damaged")
  func damage() throws {
    let folder = Self.scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let known = KnownFiles(directory: folder)
    let stamp = try #require(FileStamp(Self.settledFile))
    known.remember("fact", about: Self.settledFile, since: stamp)
    let file = try #require(try Files.list(folder).first)
    for text in ["", "fact", "1 2 3\nfact\n", "\(stamp.size) \(stamp.modified) \(stamp.changed)\nfa"] {
      try AtomicFile.write(text, to: Files.join(folder, file))
      #expect(known.fact(about: stamp) == nil, "\(text)")
    }
  }
}
