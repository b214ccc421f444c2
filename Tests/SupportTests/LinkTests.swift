import Foundation
import Testing

@testable import Support

/// Whoever puts a link where this program works gets the link removed or refused, and what it leads to stays.
@Suite struct LinkTests {
  /// A folder `out` to work in, and a folder `victim` with one file.
  private final class Scene {
    let root = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)"

    init() throws {
      try Files.makeDirectories(root + "/out")
      try Files.makeDirectories(root + "/victim/deep")
      try AtomicFile.write("keep", to: root + "/victim/deep/a")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var isVictimWhole: Bool {
      (try? Files.readText(root + "/victim/deep/a")) == "keep" && (try? Files.list(root + "/victim")) == ["deep"]
        && (try? Files.list(root + "/victim/deep")) == ["a"]
    }

    func link(_ name: String, to target: String) { #expect(symlink(target, root + "/" + name) == 0) }

    func entries() throws -> [String] { try Files.list(root + "/out") }
  }

  @Test(arguments: ["../victim", "../victim/deep/a", "nowhere"])
  func aWorkFolderThatIsALinkIsRefused(target: String) throws {
    let scene = try Scene()
    scene.link("out/work", to: target)
    let error = #expect(throws: FileError.self) { _ = try WorkFolder(scene.root + "/out/work") }
    #expect(error?.reason == "it is a link or a file and not the folder of an unfinished run; remove it")
    #expect(try scene.isVictimWhole && scene.entries() == ["work"])
  }

  @Test func linksInAWorkFolderGoAndWhatTheyLeadToStays() throws {
    let scene = try Scene()
    try Files.makeDirectories(scene.root + "/out/work/sub")
    scene.link("out/work/folder", to: "../../victim")
    scene.link("out/work/file", to: "../../victim/deep/a")
    scene.link("out/work/sub/folder", to: scene.root + "/victim")
    scene.link("out/work/lock", to: "../../victim/deep/a")
    do {
      let work = try WorkFolder(scene.root + "/out/work")
      #expect(try Files.list(work.path) == ["lock"])
      // Links that others make while the work goes on.
      scene.link("out/work/later", to: "../../victim")
    }
    #expect(try scene.isVictimWhole && scene.entries().isEmpty)
  }

  @Test func aLinkThatIsMadeTakesAwayWhatAKilledRunLeftOfIt() throws {
    let scene = try Scene()
    scene.link("out/.a.tokenstats-link.tmp", to: "../victim")
    try Files.replaceLink(scene.root + "/out/a", to: "first")
    try Files.replaceLink(scene.root + "/out/a", to: "../victim")
    #expect(try scene.isVictimWhole && scene.entries() == ["a"] && Files.isLink(scene.root + "/out/a"))
    #expect(throws: FileError.self) { try Files.replaceLink(scene.root + "/nowhere/a", to: "b") }
  }

  @Test func aWorkFolderThatIsReplacedByALinkIsLeftAlone() throws {
    let scene = try Scene()
    do {
      let work = try WorkFolder(scene.root + "/out/work")
      try Files.rename(work.path, to: scene.root + "/out/moved")
      scene.link("out/work", to: "../victim")
    }
    #expect(try scene.isVictimWhole && scene.entries() == ["moved", "work"])
    #expect(try Files.list(scene.root + "/out/moved").isEmpty)
  }

  @Test func removingCrossesNoLink() throws {
    let scene = try Scene()
    try Files.makeDirectories(scene.root + "/out/a/b/c")
    scene.link("out/a/b/c/folder", to: "../../../../victim")
    scene.link("out/link", to: "../victim")
    try Files.remove(scene.root + "/out/a")
    try Files.remove(scene.root + "/out/link")
    #expect(try scene.isVictimWhole && scene.entries().isEmpty)
  }

  @Test(arguments: ["../victim", "../victim/deep/a", "nowhere", ".a.tokenstats.tmp"])
  func aTemporaryNameThatIsALinkIsNotFollowed(target: String) throws {
    let scene = try Scene()
    scene.link("out/.a.tokenstats.tmp", to: target)
    try AtomicFile.write("new", to: scene.root + "/out/a")
    #expect(try Files.readText(scene.root + "/out/a") == "new")
    try Files.replicate(scene.root + "/out/a", as: scene.root + "/out/b")
    #expect(try scene.isVictimWhole && scene.entries() == [".a.tokenstats.tmp", "a", "b"])
  }

  @Test func aTemporaryNameThatIsAHardLinkIsNotWrittenThrough() throws {
    let scene = try Scene()
    #expect(link(scene.root + "/victim/deep/a", scene.root + "/out/.a.tokenstats.tmp") == 0)
    #expect(link(scene.root + "/victim/deep/a", scene.root + "/out/.b.tokenstats.tmp-link") == 0)
    try AtomicFile.write("new", to: scene.root + "/out/a")
    try Files.replicate(scene.root + "/out/a", as: scene.root + "/out/b")
    #expect(try scene.isVictimWhole && scene.entries() == ["a", "b"])
  }

  @Test func aTemporaryNameThatIsAFolderOrAPipeIsLeftAlone() throws {
    let scene = try Scene()
    try Files.makeDirectories(scene.root + "/out/.a.tokenstats.tmp/x")
    #expect(mkfifo(scene.root + "/out/.a.tokenstats-1.tmp", 0o600) == 0)
    try AtomicFile.write("new", to: scene.root + "/out/a")
    #expect(try scene.entries() == [".a.tokenstats-1.tmp", ".a.tokenstats.tmp", "a"])
  }

  @Test func aFolderThatIsReplacedKeepsItsFiles() throws {
    let scene = try Scene()
    var file = try AtomicFile(path: scene.root + "/out/deep")
    try file.write(Array("new".utf8).span.bytes)
    try Files.rename(scene.root + "/out", to: scene.root + "/moved")
    scene.link("out", to: "victim")
    try file.commit()
    #expect(scene.isVictimWhole)
    #expect(try Files.readText(scene.root + "/moved/deep") == "new" && Files.list(scene.root + "/moved") == ["deep"])
  }
}

/// Temporary files end with their makers, however these end.
@Suite struct LeftoverTests {
  private static func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)"
    try Files.makeDirectories(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
  }

  @Test func whatAKilledProcessLeavesIsRemovedByTheNext() async throws {
    try await Self.withFolder { folder in
      await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
        let kept = try AtomicFile(path: folder + "/a")
        let work = try WorkFolder(folder + "/work")
        try AtomicFile.write("half", to: work.path + "/part")
        kill(getpid(), SIGKILL)
        try kept.commit()
      }
      #expect(try Files.list(folder) == [".a.tokenstats.tmp", "work"])
      try AtomicFile.write("whole", to: folder + "/a")
      do {
        let work = try WorkFolder(folder + "/work")
        #expect(try Files.list(work.path) == ["lock"])
      }
      #expect(try Files.list(folder) == ["a"] && Files.readText(folder + "/a") == "whole")
    }
  }

  @Test func whatIsBeingWrittenStays() async throws {
    try await Self.withFolder { folder in
      var first = try AtomicFile(path: folder + "/a")
      try first.write(Array("first".utf8).span.bytes)
      do {
        var second = try AtomicFile(path: folder + "/a")
        #expect(try Files.list(folder) == [".a.tokenstats-1.tmp", ".a.tokenstats.tmp"])
        try second.write(Array("second".utf8).span.bytes)
        try second.commit()
      }
      #expect(try Files.readText(folder + "/a") == "second")
      try first.commit()
      #expect(try Files.readText(folder + "/a") == "first" && Files.list(folder) == ["a"])
    }
  }

  @Test func manyWritersOfOneFileLeaveOneWholeFile() async throws {
    try await Self.withFolder { folder in
      let failures = Workers.run(count: 8) { index in
        let text = String(repeating: "\(index)", count: 5_000)
        return (0..<50).count { _ in (try? AtomicFile.write(text, to: folder + "/a", isDurable: false)) == nil }
      }
      #expect(failures.allSatisfy { $0 == 0 })
      let text = try Files.readText(folder + "/a")
      #expect(text.count == 5_000 && Set(text).count == 1)
      #expect(try Files.list(folder) == ["a"])
    }
  }

  @Test func theLongestNamesCanBeWritten() async throws {
    try await Self.withFolder { folder in
      for name in [String(repeating: "x", count: 255), String(repeating: "ä", count: 127)] {
        try AtomicFile.write("1", to: folder + "/" + name)
        try Files.replicate(folder + "/" + name, as: folder + "/" + name.dropLast() + "y")
      }
      #expect(try Files.list(folder).count == 4)
    }
  }

  @Test func whatIsReplacedHandsOnItsPermissions() async throws {
    try await Self.withFolder { folder in
      try AtomicFile.write("1", to: folder + "/a")
      #expect(chmod(folder + "/a", 0o600) == 0)
      try AtomicFile.write("2", to: folder + "/a")
      var status = stat()
      #expect(stat(folder + "/a", &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }
}
