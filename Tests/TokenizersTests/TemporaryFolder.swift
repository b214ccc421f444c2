import Support
import Foundation
import Testing

@testable import Tokenizers

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
}
