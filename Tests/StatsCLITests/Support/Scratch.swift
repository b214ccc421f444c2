import Foundation

/// A folder of its own for one test; it goes when the test ends.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tokenstats-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// The path of an entry of the folder.
  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Makes a file and returns where it stands.
  @discardableResult
  func file(_ name: String, _ contents: Data) throws -> URL {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try contents.write(to: url)
    return url
  }

  /// Makes a text file and returns its path.
  @discardableResult
  func file(_ name: String, _ text: String) throws -> String { try file(name, Data(text.utf8)).path }
}
