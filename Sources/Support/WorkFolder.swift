import Glibc

/// A folder that one writer works in, and that is removed with everything in it in the end.
///
/// It is held by a lock on a file in it, which the system lets go of however the process ends. What is found in a folder
/// that nobody holds was therefore left by an interrupted run. The corresponding C function is `flock`.
public struct WorkFolder: ~Copyable {
  /// The folder.
  public let path: String
  private let lock: FileDescriptor
  private var isKept = false

  private static let lockName = "lock"
  /// How often the folder may be removed by others while it is being made.
  private static let attempts = 100

  /// Makes the folder, and the folders above it, and holds it; what an interrupted run left in it is removed.
  ///
  /// A file system without locks is trusted to have one writer.
  ///
  /// - Throws: `FileError` where another writer, of this process or another, holds the folder, or it cannot be made.
  public init(_ path: String) throws(FileError) {
    lock = try Self.hold(path)
    self.path = path
  }

  deinit {
    guard !isKept else { return }
    // Where this fails, the next run removes what is left. The lock goes last: who makes it anew owns what comes then.
    try? Self.empty(path)
    _ = unlink(Files.join(path, Self.lockName))
    _ = rmdir(path)
  }

  /// Leaves the folder where it is, with everything in it.
  public mutating func keep() { isKept = true }

  private static func hold(_ path: String) throws(FileError) -> FileDescriptor {
    let name = Files.join(path, lockName)
    for _ in 0..<attempts {
      try Files.makeDirectories(path)
      let file: FileDescriptor
      do throws(FileError) {
        file = try FileDescriptor(name, flags: O_RDWR | O_CREAT, operation: "write")
      } catch {
        // The writer before removed the folder just now.
        guard error.isMissing else { throw error }
        continue
      }
      if flock(file.raw, LOCK_EX | LOCK_NB) != 0, ![ENOLCK, ENOSYS, EOPNOTSUPP].contains(errno) {
        guard errno == EWOULDBLOCK else { throw .last("lock", name) }
        throw FileError("write to", path, code: EWOULDBLOCK, reason: "another run is at work there; wait until it ends")
      }
      // What is locked may be a file that the writer before has removed since it was opened.
      var named = stat()
      let opened = try file.status()
      guard stat(name, &named) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev else { continue }
      try empty(path)
      return file
    }
    throw FileError("write to", path, reason: "others keep removing the folder")
  }

  /// Removes everything but the lock.
  private static func empty(_ path: String) throws(FileError) {
    for name in try Files.list(path) where name != lockName { try Files.remove(Files.join(path, name)) }
  }
}
