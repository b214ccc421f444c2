internal import Glibc

/// Memory that holds one whole file and is used again for the next.
///
/// Files are read, not mapped: a mapped file that someone truncates kills the process with SIGBUS, while a short read is an
/// error that names the file. The cost is one copy at memory speed.
public struct FileBuffer: ~Copyable, @unchecked Sendable {
  // Sendable: the buffer is the only owner of its memory, so moving it to another thread moves the memory with it, and a
  // shared borrow can only read.
  private var memory: UnsafeMutableRawBufferPointer
  /// Number of bytes that the last `load` read.
  public private(set) var count = 0

  /// Bytes that may be read beyond `count`, so that block kernels can load whole vectors at the end.
  public static let padding = 64

  /// Makes an empty buffer.
  public init() {
    memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  deinit { memory.deallocate() }

  /// The bytes of the file that was loaded last.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      _overrideLifetime(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[..<count])), borrowing: self)
    }
  }

  /// Replaces the contents by those of the file at `path`.
  ///
  /// - Throws: `FileError` where the file cannot be read, is a folder, or shrinks while it is read.
  /// - Complexity: O(size of the file); memory is allocated only where the file is larger than all before.
  public mutating func load(_ path: String) throws(FileError) {
    count = 0
    let file = try FileDescriptor(path, flags: O_RDONLY, operation: "read")
    let status = try file.status()
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError("read", path, code: EISDIR) }
    let size = Int(status.st_size)
    reserve(size + Self.padding)
    let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<size]), at: 0)
    guard read == size else {
      throw FileError("read", path, reason: "it shrank from \(size) to \(read) bytes while it was read")
    }
    memset(memory.baseAddress.unsafelyUnwrapped + size, 0, Self.padding)
    count = size
  }

  private mutating func reserve(_ capacity: Int) {
    guard memory.count < capacity else { return }
    memory.deallocate()
    let rounded = (capacity + capacity / 8 + 4095) & ~4095
    memory = .allocate(byteCount: rounded, alignment: 4096)
  }
}
