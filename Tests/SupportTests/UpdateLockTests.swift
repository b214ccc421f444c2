import Support
import TestSupport
import Testing

@Suite("Locks on files that are brought up to date")
struct UpdateLockTests {
  @Test("One run at a time holds a file, the other one is told which, and nothing is left behind")
  func exclusion() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/t.json"
      do {
        let lock = try UpdateLock(for: path, waits: false) { _ in }
        #expect(try Files.list(folder) == [".t.json.lock"])
        var reason = ""
        do {
          _ = try UpdateLock(for: path, waits: false) { _ in }
        } catch {
          reason = "\(error)"
        }
        #expect(reason.contains(path) && reason.contains("is at work on it") && reason.contains("--wait"))
        #expect(reason.contains("process "))
        withExtendedLifetime(lock) {}
      }
      #expect(try Files.list(folder).isEmpty)
      // What a dead run left is no lock.
      try AtomicFile.write("4194304\n", to: folder + "/.t.json.lock")
      let lock = try UpdateLock(for: path, waits: true) { _ in Issue.record("nobody holds it") }
      withExtendedLifetime(lock) {}
    }
  }
}
