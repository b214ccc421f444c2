import Foundation
import TestSupport
import Testing

/// What the system does not let the program have is said before any work is begun.
struct LimitTests {
  @Test(
    "Too few descriptors and too little memory end the program with a sentence and status 1",
    arguments: [
      ("ulimit -n 5", "error: no more than 5 file descriptors are allowed (ulimit -n); 16 are needed\n"),
      (
        "ulimit -v 100000",
        "error: no more than 97 MiB of address space are allowed (ulimit -v); the program itself and 128 MiB are needed\n"
      ),
    ].filter { !(Program.isSanitized && $0.0.contains("-v")) })
  func limits(limit: String, message: String) throws {
    let result = try Program.shell("\(limit); exec '\(Program.executable.path)' tokenizers list")
    #expect(result.status == 1 && result.errors == message, "\(result)")
  }

  @Test("A limit that the program may raise itself is no error")
  func softLimit() throws {
    let result = try Program.shell("ulimit -S -n 5; exec '\(Program.executable.path)' tokenizers list --json")
    #expect(result.status == 0 && !result.errors.contains("error"), "\(result)")
  }
}
