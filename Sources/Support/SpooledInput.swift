import Glibc

/// Everything that an input held that can be read once only, in a file without a name that goes when nobody needs it any more.
///
/// What is read more than once, or from its end, cannot be read from a pipe.
public final class SpooledInput: Sendable, Hashable {
  /// A path by which this process opens the file.
  public let path: String
  /// The descriptor that keeps the file; a class cannot own a value that cannot be copied and stay `Sendable` here.
  private let descriptor: Int32

  /// Copies standard input into a file in the folder for temporary files.
  ///
  /// - Throws: `FileError` if standard input cannot be read, or the file cannot be written.
  public convenience init() throws(FileError) {
    var input = try InputBytes(path: "-")
    try self.init { (buffer) throws(FileError) in try input.read(into: buffer) }
  }

  /// Copies an input into a file in the folder for temporary files.
  ///
  /// - Parameter read: reads the next bytes into a buffer and returns their number, 0 at the end.
  /// - Throws: `FileError` if the input cannot be read, or the file cannot be written.
  public init(reading read: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int) throws(FileError) {
    let folder = Files.environment("TMPDIR") ?? "/tmp"
    var place = Array(Files.join(folder, "tokenstats-XXXXXX").utf8CString)
    let raw = mkstemp(&place)
    guard raw >= 0 else { throw .last("write a temporary file in", folder) }
    // The open file needs no name, and children do not need the file.
    _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
    unlink(place)
    descriptor = raw
    path = "\(Files.openDescriptors)\(raw)"
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      var failure: FileError?
      let count = block.withUnsafeMutableBytes { bytes in
        do throws(FileError) { return try read(bytes) } catch {
          failure = error
          return 0
        }
      }
      if let failure { throw failure }
      guard count > 0 else { return }
      try Self.write(block, count, to: raw, folder: folder)
    }
  }

  deinit { _ = close(descriptor) }

  private static func write(_ block: [UInt8], _ count: Int, to raw: Int32, folder: String) throws(FileError) {
    var done = 0
    while done < count {
      let written = block.withUnsafeBytes { Glibc.write(raw, $0.baseAddress.map { $0 + done }, count - done) }
      if written >= 0 {
        done += written
      } else if errno != EINTR {
        throw .last("write a temporary file in", folder)
      }
    }
  }

  /// The path of standard input if it is a regular file that can be opened again from its start; nil for a pipe.
  public static var fileOfStandardInput: String? {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      lseek(STDIN_FILENO, 0, SEEK_CUR) == 0
    else { return nil }
    return "\(Files.openDescriptors)\(STDIN_FILENO)"
  }

  /// Whether both are one file.
  public static func == (left: SpooledInput, right: SpooledInput) -> Bool { left === right }

  /// Hashes the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension Files {
  /// The folder in which this process finds the files that it holds open.
  fileprivate static let openDescriptors = "/proc/self/fd/"

  /// What messages call a path: standard input, or what keeps it, is read under a path that nobody gave.
  public static func shown(_ path: String) -> String {
    path == "-" || path.utf8.starts(with: openDescriptors.utf8) ? "standard input" : path
  }
}
