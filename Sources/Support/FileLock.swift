import Glibc

/// A lock that one program at a time holds, on a file that stays behind empty.
///
/// The system lets go of it however the process ends. The corresponding C function is `flock`, which the Python library
/// `filelock` uses as well.
public struct FileLock: ~Copyable {
  private let file: FileDescriptor

  /// How often the file may be removed by others while it is being locked.
  private static let attempts = 100

  private init(_ file: consuming FileDescriptor) { self.file = file }

  /// Takes the lock without waiting; the folders above the file are made.
  ///
  /// A file system without locks is trusted to have one writer.
  ///
  /// - Returns: the lock, or nil while somebody else holds it.
  /// - Throws: `FileError` where the file cannot be made.
  public static func take(_ path: String) throws(FileError) -> FileLock? {
    try Files.makeDirectories(Files.parent(of: path))
    for _ in 0..<attempts {
      let file = try FileDescriptor(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW, operation: "lock")
      guard try file.lock() != false else { return nil }
      var named = stat()
      let opened = try file.status()
      // Somebody may have removed the file since it was opened: then others lock another one.
      if Files.withPath(path, { lstat($0, &named) }) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev
      {
        return FileLock(file)
      }
    }
    throw FileError("lock", path, reason: "others keep removing the file")
  }
}
