import Foundation
import Testing

@testable import Support

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
    #expect(!old.wasSettled)
    #expect(FileStamp(folder) == nil)
    #expect(FileStamp(path + "x") == nil)
  }

  @Test("A stamp that was taken shortly after a change is not believed, however long ago that was")
  func hastyStamps() throws {
    let folder = Self.scratch()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let known = KnownFiles(directory: folder)
    let settled = try #require(FileStamp(Self.settledFile))
    let last = max(settled.changed, settled.modified)
    let hasty = try #require(FileStamp(Self.settledFile, takenAt: last + FileStamp.rest))
    #expect(settled.wasSettled && !hasty.wasSettled)
    #expect(hasty == settled && Set([hasty, settled]).count == 1)
    known.remember("fact", about: Self.settledFile, since: hasty)
    #expect(known.fact(about: hasty) == nil)
    let patient = try #require(FileStamp(Self.settledFile, takenAt: last + FileStamp.rest + 1))
    known.remember("fact", about: Self.settledFile, since: patient)
    #expect(known.fact(about: hasty) == "fact")
  }

  @Test("Times that 64 bits of nanoseconds cannot hold become the nearest that they can")
  func distantTimes() throws {
    func nanoseconds(_ seconds: Int, _ rest: Int) -> Int { timespec(tv_sec: seconds, tv_nsec: rest).nanoseconds }
    #expect(nanoseconds(1, 5) == 1_000_000_005 && nanoseconds(-1, 5) == -999_999_995)
    #expect(nanoseconds(9_223_372_036, 854_775_807) == .max && nanoseconds(9_223_372_036, 854_775_808) == .max)
    #expect(nanoseconds(.max, 0) == .max && nanoseconds(.min, 999_999_999) == .min)

    let path = Self.scratch()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write("x", to: path)
    for seconds in [10_000_000_000, -10_000_000_000] {
      var times = [timespec](repeating: timespec(tv_sec: seconds, tv_nsec: 1), count: 2)
      // Some file systems refuse such times, others take the nearest that they can keep.
      guard utimensat(AT_FDCWD, path, &times, 0) == 0 else { continue }
      #expect(Files.status(path)?.size == 1)
      #expect(FileStamp(path)?.modified == Files.status(path)?.modified)
      #expect(FileStamp(path)?.wasSettled == false)
    }
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
