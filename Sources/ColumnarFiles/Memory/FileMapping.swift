import CFileMappings

/// How the files of this process are read.
public enum FileMappings {
  /// Lets texts of Arrow files stay in the mapped file instead of being copied, from now on.
  ///
  /// A mapped file that another program cuts short ends a process with SIGBUS. This function installs a handler, which
  /// turns that into an error of the reader, and passes on all signals that have nothing to do with mapped files.
  /// Handlers belong to the whole process: call this from a program, not from a library. Until it is called, files are
  /// read with `pread`.
  ///
  /// - Returns: whether the handler could be installed.
  @discardableResult
  public static func enable() -> Bool { fm_guard() }
}

/// Sole owner of a part of a file in memory.
///
/// The bytes are the file's own: they change when another program writes into the file, and become zeros if it is cut
/// short. Copy what must stay as it was checked; `InputFile.checkUnchanged` says whether the file changed.
struct FileMapping: ~Copyable, @unchecked Sendable {
  // Holds only pointers to memory that nobody in this process writes.
  private let mapping: fm_mapping
  /// The first byte; `MemoryBlock.padding` more than were asked for may be read.
  let base: UnsafeRawPointer

  /// Maps `count` bytes of an open file at `offset`, all of which it has; nil if the system cannot or there is
  /// nothing to map.
  init?(descriptor: Int32, offset: Int, count: Int) {
    guard count > 0 else { return nil }
    let mapping = fm_map(descriptor, Int64(offset), count, MemoryBlock.padding)
    guard let base = mapping.bytes else { return nil }
    self.mapping = mapping
    self.base = base
  }

  deinit { withUnsafePointer(to: mapping) { fm_unmap($0) } }

  /// Whether no page was missing when it was read. The page in which the file now ends is not missing; it ends with
  /// zeros.
  var isIntact: Bool { withUnsafePointer(to: mapping) { fm_is_intact($0) } }
}
