import Glibc

/// Memory that maps a file, read-only.
enum MappedMemory {
  /// Maps the whole file at `path`; nil where there is none that can be mapped.
  ///
  /// The file must not be written to in place while it is mapped. The corresponding C function is `mmap`.
  static func map(_ path: String) -> UnsafeRawBufferPointer? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return nil }
    let size = Int(status.st_size)
    let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0)
    guard let memory, memory != MAP_FAILED else { return nil }
    return UnsafeRawBufferPointer(start: memory, count: size)
  }

  /// Gives the memory back. The corresponding C function is `munmap`.
  static func unmap(_ memory: UnsafeRawBufferPointer) {
    munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count)
  }
}
