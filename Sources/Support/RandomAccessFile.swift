import Glibc

/// A regular file of which a few bytes are read, wherever they are.
public final class RandomAccessFile: Sendable {
  private let file: FileDescriptor
  /// The file's size in bytes when it was opened.
  public let count: Int

  /// Opens a regular file; a pipe or a device is an error, and none is waited for.
  public init(path: String) throws(FileError) {
    file = try FileDescriptor.regular(path)
    count = Int(try file.status().st_size)
  }

  /// The bytes of a range, fewer at the end of the file; none where they cannot be read.
  public func bytes(_ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)) ?? 0
    }
  }
}
