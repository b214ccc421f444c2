internal import Glibc

/// What changes whenever a file is written to or replaced, found without reading it.
///
/// The system sets the time of the last change itself, and no program can set it back, so that two equal stamps stand
/// for the same bytes if the first one was settled.
public struct FileStamp: Sendable, Hashable {
  /// The file system that holds the file.
  public let device: UInt64
  /// The file's number there.
  public let inode: UInt64
  /// Size in bytes.
  public let size: Int
  /// Last change of the contents, in nanoseconds since 1970.
  public let modified: Int
  /// Last change of the contents, the name or the rights, in nanoseconds since 1970.
  public let changed: Int

  /// The stamp of the file under `path`, links followed; nil where there is none. The corresponding C function is `stat`.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
  }

  /// Whether the last change lies so far back that one more change would show: clocks of file systems tick, some only
  /// once in two seconds.
  public var isSettled: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Self.nanoseconds(now) - max(changed, modified) > 3_000_000_000
  }

  private static func nanoseconds(_ time: timespec) -> Int { Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec) }
}
