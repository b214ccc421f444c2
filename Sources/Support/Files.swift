import Glibc

/// Operations on files and folders by path.
public enum Files {
  /// What is found at a path.
  public struct Status: Sendable, Hashable {
    /// Size in bytes.
    public let size: Int
    /// Last change of the contents, in nanoseconds since 1970; the nearest representable time before 1678 and after
    /// 2261.
    public let modified: Int
    /// Whether it is a folder.
    public let isDirectory: Bool
    /// Whether it is a regular file: no folder, pipe, device or socket.
    public let isRegular: Bool
  }

  /// What is found at `path`, links followed; nil if there is nothing. The corresponding C function is `stat`.
  public static func status(_ path: String) -> Status? {
    var status = stat()
    guard withPath(path, { stat($0, &status) }) == 0 else { return nil }
    return Status(
      size: Int(status.st_size), modified: status.st_mtim.nanoseconds, isDirectory: status.st_mode & S_IFMT == S_IFDIR,
      isRegular: status.st_mode & S_IFMT == S_IFREG)
  }

  /// Whether something is at `path`.
  public static func exists(_ path: String) -> Bool { status(path) != nil }

  /// Whether a folder is at `path`.
  public static func isDirectory(_ path: String) -> Bool { status(path)?.isDirectory ?? false }

  /// Why no file can be made in a folder, which may still have to be made itself; nil if nothing speaks against it.
  public static func obstacle(toWritingIn folder: String) -> String? {
    var place = absolute(folder)
    while !exists(place), place != parent(of: place) { place = parent(of: place) }
    guard isDirectory(place) else { return "cannot write into \(folder): \(place) is a file" }
    return withPath(place, { access($0, W_OK | X_OK) }) == 0 ? nil : FileError.last("write into", place).description
  }

  /// Names of the entries of a folder, without `.` and `..`, in byte order.
  public static func list(_ directory: String) throws(FileError) -> [String] {
    guard let stream = withPath(directory, { opendir($0) }) else { throw .last("read the folder", directory) }
    return names(stream)
  }

  /// The names that an open folder holds, without `.` and `..`, in byte order; closes it.
  static func names(_ stream: OpaquePointer) -> [String] {
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { text($0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder and the folders above it if they are missing.
  public static func makeDirectories(_ path: String) throws(FileError) {
    if path.isEmpty || isDirectory(path) { return }
    let above = parent(of: path)
    if above != path { try makeDirectories(above) }
    guard withPath(path, { mkdir($0, 0o777) }) == 0 || (errno == EEXIST && isDirectory(path)) else {
      throw .last("make the folder", path)
    }
  }

  /// Renames a file or folder, replacing a file of the new name. The corresponding C function is `rename`.
  public static func rename(_ old: String, to new: String) throws(FileError) {
    guard withPath(old, { old in withPath(new) { Glibc.rename(old, $0) } }) == 0 else {
      throw .last("rename \(old) to", new)
    }
  }

  /// Gives the file `old` a second name in one step, replacing what has it; copies the file where a second name is not
  /// possible, as on another disk.
  ///
  /// Both names belong to one file from then on, so it must be one that is replaced and never changed in place. The
  /// name lasts through a power failure once ``synchronizeFolder(_:)`` was called for its folder.
  public static func replicate(_ old: String, as new: String) throws(FileError) {
    var place = try TemporaryFile(for: new)
    guard try place.replace(byLinkTo: old) else {
      return try AtomicFile.write(try read(old), to: new)
    }
  }

  /// Waits until the names in a folder are on the disk.
  public static func synchronizeFolder(_ path: String) throws(FileError) {
    try FileDescriptor(path, flags: O_RDONLY | O_DIRECTORY, operation: "write").synchronize()
  }

  /// Removes a file, a link, or a folder with everything in it; what links lead to stays. It is no error if there is
  /// nothing.
  public static func remove(_ path: String) throws(FileError) {
    var status = stat()
    guard withPath(path, { lstat($0, &status) }) == 0 else { return }
    try Folder(parent(of: path), operation: "remove").remove(lastComponent(path))
  }

  /// The contents of a regular file; a pipe or a device is an error, and none is waited for.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    let file = try FileDescriptor.regular(path)
    return try readToEnd(file.raw, path: path, sizeHint: Int(file.status().st_size))
  }

  /// The contents of a file or of what a program writes into a pipe; waits for the pipe's other end.
  ///
  /// - Throws: `FileError` for devices, which may have no end, but for terminals and `/dev/null`.
  public static func readInput(_ path: String) throws(FileError) -> [UInt8] {
    let file = try FileDescriptor(path, flags: O_RDONLY, operation: "read")
    try checkInput(file.raw, path: path)
    return try readToEnd(file.raw, path: path, sizeHint: Int(file.status().st_size))
  }

  /// Everything that standard input still holds.
  public static func readStandardInput() throws(FileError) -> [UInt8] {
    try checkInput(STDIN_FILENO, path: "standard input")
    return try readToEnd(STDIN_FILENO, path: "standard input", sizeHint: 0)
  }

  /// The device number of `/dev/null`: 1, 3, combined as by `makedev`, a macro that Swift does not import.
  private static let nullDevice: dev_t = 1 << 8 | 3

  /// Throws if an open file is a device, which may have no end, but for terminals and `/dev/null`.
  public static func checkInput(_ descriptor: Int32, path: String) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last("read", path) }
    let mode = status.st_mode & S_IFMT
    guard mode == S_IFCHR || mode == S_IFBLK else { return }
    // Reading a terminal ends when its user says so.
    let isNull = mode == S_IFCHR && status.st_rdev == nullDevice
    guard isNull || isatty(descriptor) == 1 else {
      throw FileError(
        "read", path, code: EINVAL, reason: "it is a device, which may have no end; name a file or a pipe")
    }
  }

  /// The contents of a text file; ill-formed UTF-8 becomes U+FFFD.
  public static func readText(_ path: String) throws(FileError) -> String {
    String(decoding: try read(path), as: UTF8.self)
  }

  private static func readToEnd(_ raw: Int32, path: String, sizeHint: Int) throws(FileError) -> [UInt8] {
    let limit = Limits().wholeBytes
    guard sizeHint <= limit else { throw tooLarge(path, limit) }
    // One more byte than expected, so that a file of that size is read at once and its end is seen.
    var bytes = try readChunk(raw, path: path, size: max(sizeHint, 0) + 1)
    while true {
      let chunk = try readChunk(raw, path: path, size: bytes.count > sizeHint ? 1 << 20 : 1 << 12)
      if chunk.isEmpty { return bytes }
      guard chunk.count <= limit - bytes.count else { throw tooLarge(path, limit) }
      bytes += chunk
    }
  }

  private static func tooLarge(_ path: String, _ limit: Int) -> FileError {
    FileError(
      "read", path,
      reason:
        "it has more than \(NumberFormat.grouped(limit)) bytes, which is more than is read whole on this machine: "
        + "name the right file, or one that is shorter")
  }

  /// The bytes of one call of `read`; empty at the end.
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
