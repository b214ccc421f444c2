import Glibc

/// The right to bring a file up to date, held against other runs until it goes out of scope.
///
/// Whoever reads a file, works for a while and replaces it would undo what another run has written meanwhile. The lock is
/// on a hidden file beside it, which the system releases however the process ends and which is removed at the end.
public struct UpdateLock: ~Copyable {
  private let folder: Folder
  private let name: String
  private let file: FileDescriptor

  /// How long the file is left alone before it is tried again, in microseconds.
  private static let pause: UInt32 = 100_000
  /// The most bytes that are read of what the other run says about itself.
  private static let longestNote = 100

  /// Takes the right to replace the file at `path`, whose folder must be there.
  ///
  /// A file system without locks is trusted to have one writer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - waits: Whether to wait until the other run has ended.
  ///   - onWait: Called once before it is waited for the other run, which is named.
  /// - Throws: `FileError` that names the other run where it is not waited for, or if the lock cannot be made.
  public init(for path: String, waits: Bool, onWait: (_ holder: String) -> Void) throws(FileError) {
    let target = try AtomicFile.target(of: path)
    let folder = try Folder(Files.parent(of: target), operation: "write to")
    let name = try FileName(shortening: "." + Files.lastComponent(target), suffix: ".lock").description
    var isWaiting = false
    while true {
      let file = try folder.open(name, flags: O_RDWR | O_CREAT, operation: "write")
      if try file.lock() == false {
        let holder = Self.note(in: file)
        guard waits else {
          throw FileError(
            "write", path, code: EWOULDBLOCK, reason: "\(holder) is at work on it; wait until it ends, or give --wait")
        }
        if !isWaiting { onWait(holder) }
        isWaiting = true
        usleep(Self.pause)
        continue
      }
      // The file may be one that the previous run has removed since it was opened.
      guard folder.names(name, file) else { continue }
      let note = Array("\(getpid())\n".utf8)
      do throws(FileError) {
        if ftruncate(file.raw, 0) == 0 { try file.write(note.span.bytes) }
      } catch {
        // As on a full disk. Whoever waits sees that the name has gone.
        try? folder.unlink(name)
        throw error
      }
      self.folder = folder
      self.name = name
      self.file = file
      return
    }
  }

  deinit {
    // If this fails, the file stays and nobody holds it.
    try? folder.unlink(name)
  }

  /// What the other run says about itself: its process, where that can be read.
  private static func note(in file: borrowing FileDescriptor) -> String {
    var bytes = [UInt8](repeating: 0, count: longestNote)
    let count = bytes.withUnsafeMutableBytes { buffer in (try? file.read(into: buffer, at: 0)) ?? 0 }
    let digits = bytes.prefix(count).prefix { (0x30...0x39).contains($0) }
    return digits.isEmpty ? "another run" : "process \(String(decoding: digits, as: UTF8.self))"
  }
}
