import Glibc

/// A folder that one writer works in, removed with everything in it at the end.
///
/// It is held by a lock on a file in it, which the system releases however the process ends. What is found in a
/// folder that nobody holds was therefore left by an interrupted run. No link is followed: neither one that has the
/// folder's name nor any in the folder.
public struct WorkFolder: ~Copyable {
  /// The folder.
  public let path: String
  private let parent: Folder
  private let held: Held
  private var isKept = false

  /// The folder and its lock. Not private: modules that destroy a work folder need its symbol when they are linked.
  struct Held: ~Copyable {
    let folder: Folder
    let lock: FileDescriptor
  }

  private static let lockName = "lock"
  /// How often the folder may be removed by others while it is being made.
  private static let attempts = 100

  /// Makes the folder, and the folders above it, and holds it; what an interrupted run left in it is removed.
  ///
  /// A file system without locks is trusted to have one writer.
  ///
  /// - Throws: `FileError` if another writer, of this process or another, holds the folder, if it cannot be made,
  ///   or if a link, a file or another user's folder has its name.
  public init(_ path: String) throws(FileError) {
    try Files.makeDirectories(Files.parent(of: path))
    let parent = try Folder(Files.parent(of: path), operation: "write to")
    let held = try Self.hold(path, in: parent)
    try held.folder.empty(except: Self.lockName)
    self.path = path
    self.parent = parent
    self.held = held
  }

  deinit {
    guard !isKept else { return }
    // If this fails, the next run removes what is left. The lock goes last: whoever makes it again owns the folder
    // then.
    try? held.folder.empty(except: Self.lockName)
    try? held.folder.unlink(Self.lockName)
    try? parent.removeFolder(Files.lastComponent(path))
  }

  /// Leaves the folder where it is, with everything in it.
  public mutating func keep() { isKept = true }

  private static func hold(_ path: String, in parent: borrowing Folder) throws(FileError) -> Held {
    for _ in 0..<attempts {
      guard let folder = try open(path, in: parent), let lock = try lock(folder) else { continue }
      // The lock may be in a folder that the previous writer has removed since it was opened.
      guard parent.names(Files.lastComponent(path), folder), folder.names(lockName, lock) else { continue }
      return Held(folder: folder, lock: lock)
    }
    throw FileError("write to", path, reason: "others keep removing the folder")
  }

  /// Makes or opens the folder; nil if the previous writer has just removed it.
  private static func open(_ path: String, in parent: borrowing Folder) throws(FileError) -> Folder? {
    let name = Files.lastComponent(path)
    let isNew = try parent.makeFolder(name)
    do throws(FileError) {
      let folder = try parent.folder(name, operation: "write to")
      let owner = try folder.status().st_uid
      guard isNew || owner == geteuid() else {
        throw FileError("write to", path, code: EPERM, reason: "it belongs to another user; name another folder")
      }
      return folder
    } catch {
      if error.code == ENOENT { return nil }
      guard error.code == ENOTDIR || error.code == ELOOP else { throw error }
      throw FileError(
        "write to", path, code: error.code,
        reason: "it is a link or a file and not the folder of an unfinished run; remove it")
    }
  }

  /// Locks the folder; nil if the previous writer has just removed it.
  private static func lock(_ folder: borrowing Folder) throws(FileError) -> FileDescriptor? {
    do throws(FileError) {
      let file = try folder.open(lockName, flags: O_RDWR | O_CREAT, operation: "write")
      guard try file.lock() != false else {
        throw FileError(
          "write to", folder.path, code: EWOULDBLOCK, reason: "another run is at work there; wait until it ends")
      }
      return file
    } catch {
      if error.code == ENOENT { return nil }
      guard error.code == ELOOP else { throw error }
      // A link with the lock's name is removed, but not what it leads to.
      try folder.unlink(lockName)
      return nil
    }
  }
}
