internal import Glibc

/// Operations on files and folders by path.
public enum Files {
  /// What stands under a path.
  public struct Status: Sendable, Hashable {
    /// Size in bytes.
    public let size: Int
    /// Last change of the contents, in nanoseconds since 1970; the nearest that can be told for times before 1678 and
    /// after 2261.
    public let modified: Int
    /// Whether it is a folder.
    public let isDirectory: Bool
  }

  /// What stands under `path`, links followed; nil where there is nothing. The corresponding C function is `stat`.
  public static func status(_ path: String) -> Status? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Status(
      size: Int(status.st_size), modified: status.st_mtim.nanoseconds, isDirectory: status.st_mode & S_IFMT == S_IFDIR)
  }

  /// Whether something stands under `path`.
  public static func exists(_ path: String) -> Bool { status(path) != nil }

  /// Whether a folder stands under `path`.
  public static func isDirectory(_ path: String) -> Bool { status(path)?.isDirectory ?? false }

  /// Names of the entries of a folder, without `.` and `..`, in byte order.
  public static func list(_ directory: String) throws(FileError) -> [String] {
    guard let handle = opendir(directory) else { throw .last("read the folder", directory) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder and the folders above it where they are missing.
  public static func makeDirectories(_ path: String) throws(FileError) {
    if path.isEmpty || isDirectory(path) { return }
    let above = parent(of: path)
    if above != path { try makeDirectories(above) }
    guard mkdir(path, 0o777) == 0 || (errno == EEXIST && isDirectory(path)) else {
      throw .last("make the folder", path)
    }
  }

  /// Renames a file or folder, replacing a file of the new name. The corresponding C function is `rename`.
  public static func rename(_ old: String, to new: String) throws(FileError) {
    guard Glibc.rename(old, new) == 0 else { throw .last("rename \(old) to", new) }
  }

  /// Gives the file `old` a second name in one step, replacing what has it; copies the file where a second name is not
  /// possible, as on another disk.
  ///
  /// Both names stand for one file from then on, so it must be one that is replaced and never changed in place. The
  /// name lasts through a power failure once ``synchronizeFolder(_:)`` was called for its folder.
  public static func replicate(_ old: String, as new: String) throws(FileError) {
    let temporary = "\(new).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
    guard linkat(AT_FDCWD, old, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 else {
      return try AtomicFile.write(try read(old), to: new)
    }
    // Where both are the same file already, renaming does nothing and leaves the temporary name.
    defer { _ = unlink(temporary) }
    guard Glibc.rename(temporary, new) == 0 else { throw .last("write", new) }
  }

  /// Waits until the names in a folder are on the disk.
  public static func synchronizeFolder(_ path: String) throws(FileError) {
    try FileDescriptor(path, flags: O_RDONLY | O_DIRECTORY, operation: "write").synchronize()
  }

  /// Removes a file, or a folder with everything in it; it is no error where there is nothing.
  public static func remove(_ path: String) throws(FileError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
      return
    }
    for name in try list(path) { try remove(join(path, name)) }
    guard rmdir(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
  }

  /// The contents of a file of any kind, pipes included.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    let file = try FileDescriptor(path, flags: O_RDONLY, operation: "read")
    return try readToEnd(file.raw, path: path, sizeHint: Int(file.status().st_size))
  }

  /// Everything that standard input still holds.
  public static func readStandardInput() throws(FileError) -> [UInt8] {
    try readToEnd(STDIN_FILENO, path: "standard input", sizeHint: 0)
  }

  /// The contents of a text file; ill-formed UTF-8 becomes U+FFFD.
  public static func readText(_ path: String) throws(FileError) -> String {
    String(decoding: try read(path), as: UTF8.self)
  }

  private static func readToEnd(_ raw: Int32, path: String, sizeHint: Int) throws(FileError) -> [UInt8] {
    // One more byte than expected, so that a file of that size is read at once and its end is seen.
    var bytes = try readChunk(raw, path: path, size: max(sizeHint, 0) + 1)
    while true {
      let chunk = try readChunk(raw, path: path, size: bytes.count > sizeHint ? 1 << 20 : 1 << 12)
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }

  /// What one call of `read` gives; empty at the end.
  private static func readChunk(_ raw: Int32, path: String, size: Int) throws(FileError) -> [UInt8] {
    var failure: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var result = Glibc.read(raw, buffer.baseAddress, size)
      while result < 0 && errno == EINTR { result = Glibc.read(raw, buffer.baseAddress, size) }
      if result < 0 { failure = errno }
      count = max(0, result)
    }
    guard failure == 0 else { throw FileError("read", path, code: failure) }
    return chunk
  }
}
