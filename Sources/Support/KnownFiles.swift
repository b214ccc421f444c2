import Glibc

/// Remembers what was found out by reading whole files, for as long as the files stay as they are.
///
/// One small text file for each file known. All of them may be deleted at any time. What others could have written is
/// not believed.
public struct KnownFiles: Sendable {
  /// The folder of the text files.
  public let directory: String

  private var folder: PrivateFolder { PrivateFolder(directory) }

  /// Remembers in `directory`, which is made when it is needed.
  public init(directory: String) { self.directory = directory }

  /// What was found out about the file with this stamp; nil if nothing is remembered or the file has changed.
  public func fact(about stamp: FileStamp) -> String? {
    guard let name = try? name(of: stamp), let bytes = folder.open(name)?.read() else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return fields.count == 3 && fields[0] == Self.line(stamp) ? String(fields[1]) : nil
  }

  /// Remembers what was found out about the file under `path` since its stamp was taken.
  ///
  /// Does nothing if the file changed since then or shortly before, or if the folder cannot be written to: then
  /// it is found out anew the next time.
  public func remember(_ fact: String, about path: String, since stamp: FileStamp) {
    guard stamp.wasSettled, FileStamp(path) == stamp else { return }
    let text = Array("\(Self.line(stamp))\n\(fact)\n".utf8)
    try? folder.write(text.span.bytes, as: name(of: stamp), isDurable: false)
  }

  private func name(of stamp: FileStamp) throws(FileError) -> FileName {
    try FileName("\(stamp.device)-\(stamp.inode)")
  }

  private static func line(_ stamp: FileStamp) -> String { "\(stamp.size) \(stamp.modified) \(stamp.changed)" }
}

/// What changes whenever a file is written to or replaced, found without reading it.
///
/// The system sets the time of the last change itself, and a program can set it back only by setting the system's
/// clock. Two equal stamps mean the same bytes if the first one was settled.
public struct FileStamp: Sendable {
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
  /// Whether the last change was long enough ago when the stamp was taken for another change to show: the clocks of
  /// some file systems tick only once in two seconds.
  public let wasSettled: Bool

  /// How long a file must be unchanged, in nanoseconds.
  static let rest = 3_000_000_000

  /// The stamp of the file under `path`, links followed; nil if there is none. The corresponding C function is
  /// `stat`.
  public init?(_ path: String) {
    self.init(path, takenAt: WallClock.nanoseconds)
  }

  /// The stamp of the file under `path`, links followed; nil if there is none.
  ///
  /// - Parameter now: the time before which the last change must lie for the stamp to be settled, in nanoseconds since
  ///   1970.
  public init?(_ path: String, takenAt now: Int) {
    var status = stat()
    guard Files.withPath(path, { stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status, takenAt: now)
  }

  /// - Parameters:
  ///   - status: what the system said of the file.
  ///   - now: a time before it did, in nanoseconds since 1970.
  init(_ status: stat, takenAt now: Int) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int(status.st_size)
    modified = status.st_mtim.nanoseconds
    changed = status.st_ctim.nanoseconds
    let (settled, overflow) = max(changed, modified).addingReportingOverflow(Self.rest)
    wasSettled = !overflow && settled < now
  }
}

extension FileStamp: Hashable {
  /// Whether the files are the same in the same state; when the stamps were taken does not matter.
  public static func == (left: FileStamp, right: FileStamp) -> Bool {
    left.device == right.device && left.inode == right.inode && left.size == right.size
      && left.modified == right.modified && left.changed == right.changed
  }

  /// Adds what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(device)
    hasher.combine(inode)
    hasher.combine(size)
    hasher.combine(modified)
    hasher.combine(changed)
  }
}
