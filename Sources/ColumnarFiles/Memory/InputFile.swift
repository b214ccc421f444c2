import Glibc
import Support

/// Sole owner of an open file for reading at any offset.
struct InputFile: ~Copyable {
  /// What shows whether a file is still what it was.
  struct Version: Sendable, Hashable {
    let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(_ status: stat) {
      size = Int(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  private let descriptor: Int32
  let path: String
  /// What the file was like when it was opened.
  let version: Version
  private let maps: Bool

  /// Opens a regular file. The corresponding C function is `open`.
  ///
  /// - Parameter maps: whether parts of it may be mapped.
  init(_ path: String, maps: Bool = true) throws(FileError) {
    // Do not wait for a pipe; regular files are read as usual.
    let descriptor = Files.withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw FileError("read", path, code: errno) }
    var status = stat()
    let result = fstat(descriptor, &status)
    let failure = errno
    let mode = status.st_mode & S_IFMT
    guard result == 0, mode == S_IFREG else {
      _ = close(descriptor)
      if result == 0, mode != S_IFDIR { throw FileError.noRegularFile("read", path) }
      throw FileError("read", path, code: result == 0 ? EISDIR : failure)
    }
    self.descriptor = descriptor
    self.path = path
    self.maps = maps
    version = Version(status)
  }

  deinit { _ = close(descriptor) }

  /// Size in bytes when the file was opened.
  var size: Int { version.size }

  /// Fills `buffer` with the bytes at `offset`. The corresponding C function is `pread`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("read", path, code: errno)
      }
      if count == 0 {
        throw .damaged("the file ends where \(buffer.count - done) more bytes were expected", at: offset + done)
      }
      done += count
    }
  }

  /// The `count` bytes at `offset` in place; nil if they cannot be mapped and must be read.
  ///
  /// - Throws: `FileError` if the range leads beyond the file.
  func map(count: Int, at offset: Int) throws(FileError) -> FileMapping? {
    try check(count: count, at: offset)
    return !maps ? nil : FileMapping(descriptor: descriptor, offset: offset, count: count)
  }

  /// The `count` bytes at `offset`; both may come from the file.
  func read(count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    try check(count: count, at: offset)
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: FileError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(FileError) { try read(into: buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Throws if the file was written to or cut since it was opened.
  func checkUnchanged() throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("read", path, code: errno) }
    guard Version(status) == version else { throw Self.changed }
  }

  static var changed: FileError {
    .damaged("the file changed while it was read; run again when it is finished")
  }

  /// Throws if the range leads beyond the file.
  func check(count: Int, at offset: Int) throws(FileError) {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw .damaged("\(count) bytes are expected here, but the file has \(size) in all", at: offset)
    }
  }
}
