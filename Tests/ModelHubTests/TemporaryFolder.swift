import Support
import Foundation
import Testing

@testable import ModelHub

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
  ///
  /// Another process does the writing: while this one has a file open for writing, a test that starts a program in
  /// another thread passes the open file on for a moment, and the system then refuses to run the script.
  func writeScript(_ name: String, _ body: String) throws {
    let file = Files.join(path, name)
    try Files.makeDirectories(Files.parent(of: file))
    let writing = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$2\"; chmod 755 \"$2\""
    let ending = try ChildProcess.run("/bin/sh", ["-c", writing, "sh", body, file], output: "/dev/null")
    #expect(ending.isSuccess)
  }
}
