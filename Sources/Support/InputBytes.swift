import Glibc

/// Sole owner of a file, a pipe or standard input that is read once, in order.
public struct InputBytes: ~Copyable {
  /// What messages call the input: its path, or "standard input".
  public let name: String
  private let descriptor: Int32
  /// Keeps the descriptor open; nil for standard input, which stays open.
  private let file: FileDescriptor?
  /// Bytes that may still be read.
  private var rest: Int
  /// How many bytes there are to read, where that is known: a file may grow.
  public let size: Int?

  /// Opens a file or a pipe.
  ///
  /// - Parameters:
  ///   - path: the file; `-` for standard input.
  ///   - range: the bytes of a regular file that are read; nil for all.
  /// - Throws: `FileError` if it cannot be opened, is a folder, or is a device that may have no end.
  public init(path: String, range: Range<Int>? = nil) throws(FileError) {
    let offset = range?.lowerBound ?? 0
    let opened = try Self.open(path, at: offset)
    name = path == "-" ? "standard input" : path
    descriptor = Self.raw(opened)
    let most = range?.count ?? .max
    rest = most
    size = Self.size(opened).map { min(most, max(0, $0 - offset)) }
    file = opened
  }

  /// The file or pipe under a path, at an offset; nil for standard input.
  private static func open(_ path: String, at offset: Int) throws(FileError) -> FileDescriptor? {
    guard path != "-" else {
      try Files.checkInput(STDIN_FILENO, path: "standard input")
      return nil
    }
    let file = try FileDescriptor(path, flags: O_RDONLY, operation: "read")
    try Files.checkInput(file.raw, path: path)
    if try file.status().st_mode & S_IFMT == S_IFDIR { throw FileError("read", path, code: EISDIR) }
    if offset > 0, lseek(file.raw, off_t(offset), SEEK_SET) < 0 { throw .last("read", path) }
    return file
  }

  /// The size of a regular file; nil for anything else.
  private static func size(_ file: borrowing FileDescriptor?) -> Int? {
    switch file {
    case .some(let file):
      guard let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Int(status.st_size)
    case nil: return nil
    }
  }

  private static func raw(_ file: borrowing FileDescriptor?) -> Int32 {
    switch file {
    case .some(let file): file.raw
    case nil: STDIN_FILENO
    }
  }

  /// Reads the next bytes, as many as there are now, at least one; 0 at the end.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let room = min(buffer.count, rest)
    guard room > 0 else { return 0 }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, room)
      if count >= 0 {
        rest -= count
        return count
      }
      guard errno == EINTR else { throw .last("read", name) }
    }
  }
}
