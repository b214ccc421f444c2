import Glibc

/// An open folder, whose entries are reached by their names alone.
///
/// Whatever happens to the path it was opened under, the operations stay in this folder, and none of them follows a
/// link: what a link leads to is never written to and never removed.
struct Folder: ~Copyable {
  private let descriptor: FileDescriptor

  /// Opens a folder; links of its own path are followed.
  init(_ path: String, operation: String) throws(FileError) {
    descriptor = try FileDescriptor(path, flags: O_RDONLY | O_DIRECTORY, operation: operation)
  }

  private init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  /// The path it was opened under.
  var path: String { descriptor.path }

  /// Opens a folder in this one. A link is an error with the code `ENOTDIR` or `ELOOP`.
  func folder(_ name: String, operation: String) throws(FileError) -> Folder {
    Folder(try open(name, flags: O_RDONLY | O_DIRECTORY, operation: operation))
  }

  /// Opens a file in the folder; a link is an error, and no pipe is waited for. The corresponding C function is
  /// `openat`.
  func open(
    _ name: String, flags: Int32, mode: mode_t = 0o666, operation: String
  ) throws(FileError) -> FileDescriptor {
    let path = Files.join(path, name)
    let raw = Files.withPath(name) {
      openat(descriptor.raw, $0, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
    }
    guard raw >= 0 else { throw .last(operation, path) }
    return FileDescriptor(owning: raw, path: path)
  }

  /// Makes a folder. The corresponding C function is `mkdirat`.
  ///
  /// - Returns: Whether it was made; false if something of this name was there.
  func makeFolder(_ name: String) throws(FileError) -> Bool {
    if Files.withPath(name, { mkdirat(descriptor.raw, $0, 0o777) }) == 0 { return true }
    guard errno == EEXIST else { throw .last("make the folder", Files.join(path, name)) }
    return false
  }

  /// Whether a name belongs to an open file or folder, and not to a link to it.
  func names(_ name: String, _ file: borrowing FileDescriptor) -> Bool {
    guard let named = status(name), let opened = try? file.status() else { return false }
    return named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
  }

  /// Whether a name belongs to another open folder, and not to a link to it.
  func names(_ name: String, _ folder: borrowing Folder) -> Bool { names(name, folder.descriptor) }

  /// What the system knows about an entry, a link not followed; nil if there is none. The corresponding C function is
  /// `fstatat`.
  func status(_ name: String) -> stat? {
    var status = stat()
    let code = Files.withPath(name) { fstatat(descriptor.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }
    return code == 0 ? status : nil
  }

  /// What the system knows about the folder itself.
  func status() throws(FileError) -> stat { try descriptor.status() }

  /// Gives an entry another name in the folder, replacing a file or link of that name. The corresponding C function is
  /// `renameat`.
  func rename(_ old: String, to new: String) throws(FileError) {
    let code = Files.withPath(old) { old in
      Files.withPath(new) { renameat(descriptor.raw, old, descriptor.raw, $0) }
    }
    guard code == 0 else {
      throw .last("write", Files.join(path, new))
    }
  }

  /// Gives the file under a path, links followed, a second name in the folder. The corresponding C function is
  /// `linkat`.
  ///
  /// - Returns: Whether it could be done: it cannot on another disk.
  func link(_ existing: String, as name: String) -> Bool {
    Files.withPath(existing) { existing in
      Files.withPath(name) { linkat(AT_FDCWD, existing, descriptor.raw, $0, AT_SYMLINK_FOLLOW) }
    } == 0
  }

  /// Removes the name of a file or a link; it is no error if there is none.
  func unlink(_ name: String) throws(FileError) {
    guard Files.withPath(name, { unlinkat(descriptor.raw, $0, 0) }) == 0 || errno == ENOENT else {
      throw .last("remove", Files.join(path, name))
    }
  }

  /// Removes an empty folder. The corresponding C function is `unlinkat`.
  func removeFolder(_ name: String) throws(FileError) {
    guard Files.withPath(name, { unlinkat(descriptor.raw, $0, AT_REMOVEDIR) }) == 0 || errno == ENOENT else {
      throw .last("remove", Files.join(path, name))
    }
  }

  /// Removes a file, a link, or a folder with everything in it; it is no error if there is nothing.
  func remove(_ name: String) throws(FileError) {
    guard let status = status(name) else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else { return try unlink(name) }
    try folder(name, operation: "remove").empty()
    try removeFolder(name)
  }

  /// Removes everything in the folder.
  ///
  /// - Parameter kept: the name of an entry that stays.
  func empty(except kept: String? = nil) throws(FileError) {
    for name in try list() where name != kept { try remove(name) }
  }

  /// The names of all entries, without `.` and `..`.
  func list() throws(FileError) -> [String] {
    // A stream closes its descriptor and moves its position, so it gets one of its own.
    let raw = openat(descriptor.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard raw >= 0, let stream = fdopendir(raw) else { throw .last("read the folder", path) }
    return Files.names(stream)
  }

  /// Waits until the names in the folder are on the disk.
  func synchronize() throws(FileError) { try descriptor.synchronize() }
}
