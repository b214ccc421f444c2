import Glibc

/// A folder that only this user can write to, for what is believed without being checked again.
///
/// Whatever another user could have put there, or could change, is treated as missing.
public struct PrivateFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Names a folder, which is made when something is written.
  public init(_ path: String) { self.path = path }

  /// Opens a file; nil if there is none, if it is a link, or if folder or file belong to another user or others may
  /// write to them.
  public func open(_ name: FileName) -> PrivateFile? {
    do throws(FileError) {
      let folder = try Folder(path, operation: "read")
      guard Self.isPrivate(try folder.status()) else { return nil }
      let file = try folder.open(name.description, flags: O_RDONLY, operation: "read")
      let now = WallClock.nanoseconds
      let status = try file.status()
      guard status.st_mode & S_IFMT == S_IFREG, Self.isPrivate(status) else { return nil }
      return PrivateFile(file, FileStamp(status, takenAt: now))
    } catch { return nil }
  }

  /// Writes a file in one step; nobody else may read it.
  ///
  /// The folder is made if it is missing, and closed to others if it is this user's.
  ///
  /// - Throws: `FileError` if the folder is another user's or cannot be written to.
  public func write(_ bytes: RawSpan, as name: FileName, isDurable: Bool = true) throws(FileError) {
    try Files.makeDirectories(path)
    let status = try Folder(path, operation: "write").status()
    if !Self.isPrivate(status) {
      guard status.st_uid == geteuid() else {
        throw FileError("write", name.path(in: path), code: EPERM, reason: "the folder belongs to another user")
      }
      guard Files.withPath(path, { chmod($0, status.st_mode & 0o755) }) == 0 else {
        throw .last("write", name.path(in: path))
      }
    }
    try AtomicFile.write(bytes, to: name.path(in: path), isDurable: isDurable, isPrivate: true)
  }

  private static func isPrivate(_ status: stat) -> Bool {
    status.st_uid == geteuid() && status.st_mode & (S_IWGRP | S_IWOTH) == 0
  }
}

/// An open file of a ``PrivateFolder``.
public struct PrivateFile: ~Copyable {
  private let file: FileDescriptor
  /// The state of the file when it was opened.
  public let stamp: FileStamp

  init(_ file: consuming FileDescriptor, _ stamp: FileStamp) {
    self.file = file
    self.stamp = stamp
  }

  /// The descriptor of the open file, which lives as long as this.
  public var descriptor: Int32 { file.raw }

  /// The file's path.
  public var path: String { file.path }

  /// Reads into memory from the start of the file.
  ///
  /// - Returns: Whether there were enough bytes and all could be read.
  public func read(into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    (try? file.read(into: bytes, at: 0)) == bytes.count
  }

  /// Everything that the file holds; nil if it cannot be read.
  public func read() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: stamp.size)
    return bytes.withUnsafeMutableBytes { read(into: $0) } ? bytes : nil
  }
}
