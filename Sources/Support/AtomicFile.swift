import Glibc

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file in the same folder; `commit` forces them to the disk and renames. Without `commit` the
/// temporary file is removed and whatever stood under the name stays as it was; what a killed process leaves is removed
/// when the same file is written the next time. A symbolic link stays as well: what it leads to is replaced, in its own
/// folder. A file that is replaced hands on its permissions.
public struct AtomicFile: ~Copyable {
  private let path: String
  private var temporary: TemporaryFile
  private let isDurable: Bool

  /// Opens a temporary file beside `path`; the folder must exist.
  ///
  /// - Parameter isDurable: whether `commit` waits until the bytes are on the disk, so that they outlast a power
  ///   failure. Without that they outlast the process, which is enough for what can be made again.
  /// - Parameter isPrivate: whether only its owner may read and write the file, whatever the file that is replaced and
  ///   the process's usual permissions are.
  /// - Throws: `FileError` where a folder, a pipe or a device stands there, or the folder cannot be written to.
  public init(path: String, isDurable: Bool = true, isPrivate: Bool = false) throws(FileError) {
    let target = try Self.target(of: path)
    do throws(FileError) { temporary = try TemporaryFile(for: target, isPrivate: isPrivate) } catch {
      throw FileError("write", path, code: error.code, reason: error.reason)
    }
    self.path = path
    self.isDurable = isDurable
  }

  /// Appends bytes.
  public mutating func write(_ bytes: RawSpan) throws(FileError) {
    do throws(FileError) { try temporary.write(bytes) } catch {
      throw FileError("write", path, code: error.code)
    }
  }

  /// Puts the complete file under its name.
  public consuming func commit() throws(FileError) {
    do throws(FileError) { try temporary.replace(isDurable: isDurable) } catch {
      throw FileError("write", path, code: error.code)
    }
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
  public static func write(
    _ bytes: RawSpan, to path: String, isDurable: Bool = true, isPrivate: Bool = false
  ) throws(FileError) {
    var file = try AtomicFile(path: path, isDurable: isDurable, isPrivate: isPrivate)
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
