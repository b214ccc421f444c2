import Support
import TestSupport
import Testing

@testable import ModelHub

extension Scratch {
  /// Writes an executable shell script.
  ///
  /// Another process does the writing: while this one has a file open for writing, a test that starts a program in
  /// another thread passes the open file on for a moment, and the system then refuses to run the script.
  func writeScript(_ name: String, _ body: String) throws {
    let file = path(name)
    try Files.makeDirectories(Files.parent(of: file))
    let writing = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$2\"; chmod 755 \"$2\""
    let ending = try ChildProcess.run("/bin/sh", ["-c", writing, "sh", body, file], output: "/dev/null")
    #expect(ending.isSuccess)
  }
}
