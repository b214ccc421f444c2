import Support
import Foundation

/// A fresh folder for one test.
struct Scratch: ~Copyable {
  let path: String

  init() throws {
    path = Files.join(NSTemporaryDirectory(), "tokenstats-\(UUID().uuidString)")
    try Files.makeDirectories(path)
  }

  deinit { try? Files.remove(path) }

  /// Writes a file below the folder and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let path = Files.join(self.path, name)
    try Files.makeDirectories(Files.parent(of: path))
    try AtomicFile.write(text, to: path)
    return path
  }
}
