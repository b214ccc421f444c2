import Glibc

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file in the same folder; `commit` forces them to the disk and renames. Without `commit` the
/// temporary file is removed and whatever had the name stays as it was; what a killed process leaves is removed
/// when the same file is written the next time. A symbolic link stays as well: what it leads to is replaced, in its own
/// folder. The new file has the permissions of the one it replaces.
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
  /// - Throws: `FileError` if a folder, a pipe or a device is there, or the folder cannot be written to.
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
  /// - Throws: `FileError` if something is there that no file may replace: a folder, a pipe, a device, a socket.
  @discardableResult
  public static func target(of path: String) throws(FileError) -> String {
    // The system also follows links that hold no path, such as /dev/stdout if that is a pipe.
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

/// A file under a temporary name that is to replace another one of the same folder.
///
/// The temporary name follows from the other one, and the file is locked while somebody works on it; the system lets go
/// of the lock however the process ends. So whoever replaces the same file next finds what a killed process has left,
/// sees by the free lock that nobody works on it, and removes it. A name that is held, or that is a link or a folder,
/// is left alone for the next free one.
struct TemporaryFile: ~Copyable {
  private let folder: Folder
  /// The name of the file that is replaced.
  private let name: String
  private let temporaryName: String
  private let file: FileDescriptor
  private var isMoved = false

  /// How many writers may work on files for the same name at once.
  private static let places = 64
  /// How often a name may appear and disappear between two checks.
  private static let attempts = 100
  /// Bytes of a name that its temporary name begins with, so that the latter is never too long.
  private static let keptBytes = 160

  /// Makes an empty file that is to replace the file under `path`, with the permissions of that file if it is there.
  ///
  /// - Parameter isPrivate: whether only its owner may read and write it instead.
  ///
  /// - Throws: `FileError` if the folder is missing or cannot be written to.
  init(for path: String, isPrivate: Bool = false) throws(FileError) {
    let name = Files.lastComponent(path)
    let folder = try Folder(Files.parent(of: path), operation: "write")
    let taken = try Self.take(for: name, in: folder)
    if isPrivate {
      guard fchmod(taken.file.raw, 0o600) == 0 else { throw .last("write", path) }
    } else if let replaced = folder.status(name), replaced.st_mode & S_IFMT == S_IFREG {
      // If that fails, the file has the usual permissions.
      _ = fchmod(taken.file.raw, replaced.st_mode & 0o777)
    }
    self.name = name
    self.folder = folder
    temporaryName = taken.name
    file = taken.file
  }

  deinit {
    // What cannot be removed now is removed the next time.
    if !isMoved { try? folder.unlink(temporaryName) }
  }

  /// Appends bytes.
  func write(_ bytes: RawSpan) throws(FileError) { try file.write(bytes) }

  /// Puts the file in its place.
  ///
  /// - Parameter isDurable: whether to wait until it is on the disk under its name.
  mutating func replace(isDurable: Bool) throws(FileError) {
    if isDurable { try file.synchronize() }
    try folder.rename(temporaryName, to: name)
    isMoved = true
    // The rename survives a power failure only once the folder is on the disk, which some file systems do not
    // guarantee.
    if isDurable { try? folder.synchronize() }
  }

  /// Puts a second name of the file under another path in its place, instead of this file.
  ///
  /// - Returns: Whether it could be done: it cannot on another disk.
  mutating func replace(byLinkTo existing: String) throws(FileError) -> Bool {
    // Whoever holds the temporary name owns this one too.
    let linkName = temporaryName + "-link"
    try folder.unlink(linkName)
    guard folder.link(existing, as: linkName) else { return false }
    do throws(FileError) { try folder.rename(linkName, to: name) } catch {
      try? folder.unlink(linkName)
      throw error
    }
    // If both are the same file already, renaming does nothing and leaves the name.
    try folder.unlink(linkName)
    return true
  }

  private struct Taken: ~Copyable {
    let name: String
    let file: FileDescriptor
  }

  /// Makes and locks the file of the first temporary name that is free.
  private static func take(for name: String, in folder: borrowing Folder) throws(FileError) -> Taken {
    for place in 0..<places {
      let temporaryName = temporaryName(for: name, place: place)
      if let file = try take(temporaryName, in: folder) { return Taken(name: temporaryName, file: file) }
    }
    throw FileError(
      "write", Files.join(folder.path, name), code: EEXIST,
      reason: "\(places) unfinished files are in the way, such as \(temporaryName(for: name, place: 0))")
  }

  /// Makes and locks the file of a temporary name; nil if somebody works on it or it is something else.
  private static func take(_ name: String, in folder: borrowing Folder) throws(FileError) -> FileDescriptor? {
    for _ in 0..<attempts {
      do throws(FileError) {
        let file = try folder.open(name, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "write")
        // Somebody may have looked at it before it was locked, taken it for left over and removed it.
        if try file.lock() != false, folder.names(name, file) { return file }
      } catch {
        guard error.code == EEXIST else { throw error }
        guard removeLeftover(name, in: folder) else { return nil }
      }
    }
    return nil
  }

  /// Removes a file that nobody works on; false if somebody may, or it is no file.
  private static func removeLeftover(_ name: String, in folder: borrowing Folder) -> Bool {
    do throws(FileError) {
      let file = try folder.open(name, flags: O_RDONLY, operation: "read")
      guard try file.status().st_mode & S_IFMT == S_IFREG, try file.lock() == true else { return false }
      // Its owner may have put it in its place before it was locked: then the name is free or another file's.
      if folder.names(name, file) { try folder.unlink(name) }
      return true
    } catch { return error.code == ENOENT }
  }

  private static func temporaryName(for name: String, place: Int) -> String {
    let end = ".tokenstats\(place == 0 ? "" : "-\(place)").tmp"
    return ".\(FileName.shortened(name, toBytes: keptBytes + 17))\(end)"
  }
}
