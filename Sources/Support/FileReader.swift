import Glibc

/// Reads a regular file from its start to its end, a block at a time.
public struct FileReader: ~Copyable {
  private let file: FileDescriptor

  /// Opens a regular file.
  public init(path: String) throws(FileError) {
    file = try FileDescriptor.regular(path)
  }

  /// Reads the next bytes into a buffer, after its first `start` bytes.
  ///
  /// - Parameter limit: the most bytes that are read.
  /// - Returns: how many bytes were read; 0 at the end of the file, and if there is no room.
  public mutating func read(
    into buffer: inout [UInt8], from start: Int, limit: Int = .max
  ) throws(FileError) -> Int {
    let raw = file.raw
    var failure: Int32 = 0
    let count = buffer.withUnsafeMutableBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress else { return 0 }
      let room = min(bytes.count - start, limit)
      var count = Glibc.read(raw, base + start, room)
      while count < 0 && errno == EINTR { count = Glibc.read(raw, base + start, room) }
      failure = errno
      return count
    }
    guard count >= 0 else { throw FileError("read", file.path, code: failure) }
    return count
  }

  /// Whether a file ends with these bytes; false if it cannot be read.
  public static func ends(_ path: String, with bytes: [UInt8]) -> Bool {
    guard let file = try? FileDescriptor.regular(path), let status = try? file.status(),
      status.st_size >= bytes.count
    else { return false }
    var tail = [UInt8](repeating: 0, count: bytes.count)
    let count = tail.withUnsafeMutableBytes { try? file.read(into: $0, at: Int(status.st_size) - bytes.count) }
    return count == bytes.count && tail == bytes
  }
}
