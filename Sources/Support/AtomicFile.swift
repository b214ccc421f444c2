import Glibc

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file in the same folder; `commit` forces them to the disk and renames. Without `commit` the
/// temporary file is removed and whatever stood under the name stays as it was. A symbolic link stays as well: what it
/// leads to is replaced, in its own folder.
public struct AtomicFile: ~Copyable {
  private let path: String
  /// Where the links of `path` lead.
  private let target: String
  private let temporaryPath: String
  private let file: FileDescriptor
  private let isDurable: Bool

  /// Opens a temporary file beside `path`; the folder must exist.
  ///
  /// - Parameter isDurable: whether `commit` waits until the bytes are on the disk, so that they outlast a power failure.
  ///   Without that they outlast the process, which is enough for what can be made again.
  /// - Throws: `FileError` where a folder, a pipe or a device stands there, or the folder cannot be written to.
  public init(path: String, isDurable: Bool = true) throws(FileError) {
    let target = try Self.target(of: path)
    var opened: FileDescriptor?
    var name = ""
    var attempt = 0
    while opened == nil {
      name = "\(target).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
      do {
        opened = try FileDescriptor(name, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "write")
      } catch {
        attempt += 1
        guard error.code == EEXIST, attempt < 16 else { throw FileError("write", path, code: error.code) }
      }
    }
    guard let file = opened.take() else { throw FileError("write", path, reason: "no temporary file could be made") }
    self.file = file
    self.path = path
    self.target = target
    self.isDurable = isDurable
    temporaryPath = name
  }

  deinit { _ = unlink(temporaryPath) }

  /// Appends bytes.
  public mutating func write(_ bytes: RawSpan) throws(FileError) {
    do {
      try file.write(bytes)
    } catch {
      throw FileError("write", path, code: error.code)
    }
  }

  /// Puts the complete file under its name.
  public consuming func commit() throws(FileError) {
    if isDurable { try file.synchronize() }
    guard rename(temporaryPath, target) == 0 else { throw .last("write", path) }
    guard isDurable else { return }
    // The rename itself lasts through a power failure only once the folder is on the disk.
    let folder = try FileDescriptor(Files.parent(of: target), flags: O_RDONLY | O_DIRECTORY, operation: "write")
    _ = fsync(folder.raw)
  }

  /// The file that is made or replaced under `path`: where its links lead, if it is a link.
  ///
  /// - Throws: `FileError` where something stands there that no file may replace: a folder, a pipe, a device, a socket.
  @discardableResult
  public static func target(of path: String) throws(FileError) -> String {
    // The system follows links that hold no path as well, such as /dev/stdout where that is a pipe.
    if let status = Files.status(path), !status.isRegular {
      throw status.isDirectory ? FileError("write", path, code: EISDIR) : .noRegularFile("write", path)
    }
    do throws(FileError) { return try Files.followingLinks(path) } catch {
      throw FileError("write", path, code: error.code)
    }
  }

  /// Writes a whole file atomically.
  public static func write(_ bytes: RawSpan, to path: String, isDurable: Bool = true) throws(FileError) {
    var file = try AtomicFile(path: path, isDurable: isDurable)
    try file.write(bytes)
    try file.commit()
  }

  /// Writes a whole file atomically.
  public static func write(_ bytes: [UInt8], to path: String, isDurable: Bool = true) throws(FileError) {
    try write(bytes.span.bytes, to: path, isDurable: isDurable)
  }

  /// Writes a whole text file atomically, as UTF-8.
  public static func write(_ text: String, to path: String, isDurable: Bool = true) throws(FileError) {
    try write(Array(text.utf8), to: path, isDurable: isDurable)
  }
}
