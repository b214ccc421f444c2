import Foundation
import Testing

@testable import Support

/// What others could have written is as if it were not there.
@Suite struct PrivateFolderTests {
  private final class Scene {
    let root = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)"
    let name: FileName
    let folder: PrivateFolder
    var file: String { name.path(in: folder.path) }

    init() throws {
      name = try FileName("facts")
      folder = PrivateFolder(root + "/cache")
      try write()
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write() throws { try folder.write(Array("true".utf8).span.bytes, as: name) }

    var contents: String? { folder.open(name)?.read().map { String(decoding: $0, as: UTF8.self) } }

    func permissions(_ path: String) -> mode_t {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }
  }

  @Test func whatIsWrittenIsReadAndNobodyElseWritesIt() throws {
    let scene = try Scene()
    #expect(scene.contents == "true")
    #expect(scene.permissions(scene.file) == 0o600 && scene.permissions(scene.folder.path) & 0o022 == 0)
    let isMissing = scene.folder.open(try FileName("other")) == nil
    #expect(isMissing)
    let stamp = scene.folder.open(scene.name)?.stamp
    #expect(FileStamp(scene.file) == stamp)
  }

  @Test(arguments: [0o620, 0o602, 0o666])
  func filesThatOthersMayWriteAreNotRead(mode: mode_t) throws {
    let scene = try Scene()
    #expect(chmod(scene.file, mode) == 0)
    #expect(scene.contents == nil)
    try scene.write()
    #expect(scene.contents == "true" && scene.permissions(scene.file) == 0o600)
  }

  @Test(arguments: [0o775, 0o777, 0o1777])
  func foldersThatOthersMayWriteAreNotReadAndAreClosedWhenWritten(mode: mode_t) throws {
    let scene = try Scene()
    #expect(chmod(scene.folder.path, mode) == 0)
    #expect(scene.contents == nil)
    try scene.write()
    #expect(scene.contents == "true" && scene.permissions(scene.folder.path) == 0o755)
  }

  @Test func linksAndFoldersAreNotRead() throws {
    let scene = try Scene()
    try Files.rename(scene.file, to: scene.root + "/elsewhere")
    #expect(symlink("../elsewhere", scene.file) == 0)
    #expect(scene.contents == nil)
    try Files.remove(scene.file)
    try Files.makeDirectories(scene.file)
    #expect(scene.contents == nil)
  }

  @Test(.enabled(if: geteuid() == 0, "only root gives files away"))
  func whatBelongsToOthersIsNotRead() throws {
    let scene = try Scene()
    #expect(chown(scene.file, 65_534, 65_534) == 0)
    #expect(scene.contents == nil)
    try scene.write()
    #expect(chown(scene.folder.path, 65_534, 65_534) == 0)
    #expect(scene.contents == nil)
    let error = #expect(throws: FileError.self) { try scene.write() }
    #expect(error?.reason == "the folder belongs to another user")
  }

  @Test func aFileThatWasCutIsNotReadInPart() throws {
    let scene = try Scene()
    guard let file = scene.folder.open(scene.name) else { throw FileError("read", scene.file, reason: "nothing there") }
    #expect(truncate(scene.file, 2) == 0)
    let bytes = file.read()
    #expect(bytes == nil)
    #expect(scene.contents == "tr")
  }
}
