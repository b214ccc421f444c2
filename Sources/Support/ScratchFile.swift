import Glibc

/// A file without a name that is read and written at any place, for what does not fit into memory.
///
/// The system gives its room back when the owner goes out of scope, and however the process ends. Places that were never
/// written to hold zeros and take no room.
public struct ScratchFile: ~Copyable {
  /// The folder on whose disk the file is.
  public let folder: String
  private let file: FileDescriptor

  private static let operation = "write a temporary file in"
  /// `O_TMPFILE` of Linux, a macro that Swift does not see.
  private static let nameless: Int32 = 0o20000000 | O_DIRECTORY

  /// Makes an empty file on the disk of a folder: in it or, where it is missing, in the nearest one above it.
  ///
  /// File systems without nameless files give it a name for the moment until that is removed.
  ///
  /// - Throws: `FileError` that names the folder in which no file can be made.
  public init(near path: String) throws(FileError) {
    var folder = path
    while !Files.isDirectory(folder), Files.parent(of: folder) != folder { folder = Files.parent(of: folder) }
    self.folder = folder
    do throws(FileError) {
      file = try FileDescriptor(folder, flags: O_RDWR | Self.nameless, mode: 0o600, operation: Self.operation)
    } catch {
      // A kernel or a file system that knows no such files takes the call for one that opens the folder.
      guard [EISDIR, EOPNOTSUPP, EINVAL, ENOENT].contains(error.code) else { throw error }
      file = try Self.removingName(in: folder)
    }
  }

  private static func removingName(in folder: String) throws(FileError) -> FileDescriptor {
    let name = Files.join(folder, ".tokenstats.\(getpid())-\(UInt64.random(in: .min ... .max)).tmp")
    let file: FileDescriptor
    do throws(FileError) {
      file = try FileDescriptor(name, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600, operation: operation)
    } catch { throw FileError(operation, folder, code: error.code) }
    guard unlink(name) == 0 else { throw .last(operation, folder) }
    return file
  }

  /// Fills a range of `bytes` with what stands at `offset`.
  ///
  /// - Precondition: the range lies within the bytes.
  /// - Throws: `FileError` where the system cannot read it.
  public func read(into bytes: inout MutableRawSpan, _ range: Range<Int>, at offset: Int) throws(FileError) {
    do throws(FileError) {
      try bytes.withUnsafeMutableBytes { (all) throws(FileError) in
        let bytes = UnsafeMutableRawBufferPointer(rebasing: all[range])
        let count = try file.read(into: bytes, at: offset)
        UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).initializeMemory(as: UInt8.self, repeating: 0)
      }
    } catch { throw FileError("read a temporary file in", folder, code: error.code) }
  }

  /// Puts bytes at `offset`.
  ///
  /// - Throws: `FileError` that names the folder where its disk is full or fails.
  public func write(_ bytes: RawSpan, at offset: Int) throws(FileError) {
    do throws(FileError) { try file.write(bytes, at: offset) } catch {
      throw FileError(Self.operation, folder, code: error.code)
    }
  }
}
