import FileStore
import Foundation

/// A folder that is gone when the test ends.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "tokenstats-\(UUID().uuidString)").path
    try Files.makeDirectories(path)
  }

  deinit {
    try? Files.remove(path)
  }

  /// Writes a file and the folders above it.
  @discardableResult
  func write(_ name: String, _ contents: [UInt8]) throws -> String {
    let file = Files.join(path, name)
    try Files.makeDirectories(Files.parent(of: file))
    try AtomicFile.write(contents, to: file)
    return file
  }

  /// Writes an executable shell script.
  func writeScript(_ name: String, _ body: String) throws {
    let file = try write(name, Array("#!/bin/sh\n\(body)\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
  }
}
