import Glibc

/// Sole owner of an open file; closes it when it goes out of scope.
struct FileDescriptor: ~Copyable {
  let raw: Int32
  let path: String

  /// Opens a file. The corresponding C function is `open`.
  init(_ path: String, flags: Int32, mode: mode_t = 0o666, operation: String) throws(FileError) {
    let raw = Files.withPath(path) { open($0, flags | O_CLOEXEC, mode) }
    guard raw >= 0 else { throw .last(operation, path) }
    self.raw = raw
    self.path = path
  }

  /// Takes over an open file.
  init(owning raw: Int32, path: String) {
    self.raw = raw
    self.path = path
  }

  deinit { _ = close(raw) }

  /// Opens a regular file to read it; a pipe or a device is an error, and none is waited for.
  static func regular(_ path: String) throws(FileError) -> FileDescriptor {
    let file = try FileDescriptor(path, flags: O_RDONLY | O_NONBLOCK, operation: "read")
    let mode = try file.status().st_mode & S_IFMT
    if mode == S_IFDIR { throw FileError("read", path, code: EISDIR) }
    guard mode == S_IFREG else { throw .noRegularFile("read", path) }
    return file
  }

  /// What the system knows of the open file. The corresponding C function is `fstat`.
  func status() throws(FileError) -> stat {
    var status = stat()
    guard fstat(raw, &status) == 0 else { throw .last("read", path) }
    return status
  }

  /// Reads up to `buffer.count` bytes at `offset`, less only at the end of the file. Returns how many were read.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let count = pread(raw, base + done, buffer.count - done, off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw .last("read", path)
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Writes all bytes at the current position.
  func write(_ bytes: RawSpan) throws(FileError) {
    try bytes.withUnsafeBytes { (buffer) throws(FileError) in
      var done = 0
      while done < buffer.count, let base = buffer.baseAddress {
        let count = Glibc.write(raw, base + done, buffer.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          throw .last("write", path)
        }
        done += count
      }
    }
  }

  /// Locks the file, without waiting, until it is closed. The corresponding C function is `flock`.
  ///
  /// - Returns: whether nobody else holds it; nil if the file system has no locks.
  func lock() throws(FileError) -> Bool? {
    if flock(raw, LOCK_EX | LOCK_NB) == 0 { return true }
    switch errno {
    case EWOULDBLOCK: return false
    case ENOLCK, ENOSYS, EOPNOTSUPP: return nil
    default: throw .last("lock", path)
    }
  }

  /// Forces the written bytes to the disk. The corresponding C function is `fsync`.
  func synchronize() throws(FileError) {
    guard fsync(raw) == 0 else { throw .last("write", path) }
  }
}
