import Glibc

/// A file that is written piece by piece under a temporary name, by several runs if need be.
///
/// What is there when it is opened stays, so that the next run goes on behind it. It gets its own name only when it is
/// complete. Whoever writes it holds a ``FileLock``.
public struct PartialFile: ~Copyable {
  private let file: FileDescriptor
  /// The number of bytes in the file.
  public private(set) var size: Int

  /// Opens or makes a file; a link is an error.
  ///
  /// - Throws: `FileError` where it cannot be written, or is no regular file.
  public init(_ path: String) throws(FileError) {
    let opened = try FileDescriptor(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, operation: "write")
    let status = try opened.status()
    guard status.st_mode & S_IFMT == S_IFREG else { throw .noRegularFile("write", path) }
    guard lseek(opened.raw, 0, SEEK_END) >= 0 else { throw .last("write", path) }
    size = Int(status.st_size)
    file = opened
  }

  /// Appends bytes.
  public mutating func append(_ bytes: RawSpan) throws(FileError) {
    try file.write(bytes)
    size += bytes.byteCount
  }

  /// Removes everything from the file.
  public mutating func clear() throws(FileError) {
    guard ftruncate(file.raw, 0) == 0, lseek(file.raw, 0, SEEK_SET) == 0 else { throw .last("write", file.path) }
    size = 0
  }

  /// Hands all bytes of the file to `body`, in pieces.
  public func forEachPiece(_ body: (RawSpan) -> Void) throws(FileError) {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4_096)
    defer { piece.deallocate() }
    var offset = 0
    while true {
      let count = try file.read(into: piece, at: offset)
      body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: piece[..<count])))
      offset += count
      if count < piece.count { return }
    }
  }

  /// Waits until the bytes are on the disk and gives the file its name in the same folder.
  public consuming func commit(as path: String) throws(FileError) {
    try file.synchronize()
    let code = Files.withPath(file.path) { old in Files.withPath(path) { Glibc.rename(old, $0) } }
    guard code == 0 else { throw .last("write", path) }
    // The name survives a power failure only once the folder is on the disk, which some file systems do not guarantee.
    try? Files.synchronizeFolder(Files.parent(of: path))
  }
}

extension Files {
  /// Makes a symbolic link, or replaces a file or link by it, in one step.
  ///
  /// Its temporary name follows from its own, so what a killed run left goes with the next one. One run at a time makes it.
  ///
  /// - Parameters:
  ///   - path: the link; its folder must exist.
  ///   - target: what the link holds, such as `../blobs/NAME`.
  /// - Throws: `FileError` where the file system has no links or the folder cannot be written to.
  public static func replaceLink(_ path: String, to target: String) throws(FileError) {
    let temporary = hidden(beside: path, ending: "tokenstats-link.tmp")
    _ = withPath(temporary) { Glibc.unlink($0) }
    let linked = withPath(target) { target in withPath(temporary) { symlink(target, $0) } }
    guard linked == 0 else { throw .last("make the link", path) }
    let renamed = withPath(temporary) { old in withPath(path) { Glibc.rename(old, $0) } }
    guard renamed == 0 else {
      let error = FileError.last("make the link", path)
      _ = withPath(temporary) { Glibc.unlink($0) }
      throw error
    }
  }
}
