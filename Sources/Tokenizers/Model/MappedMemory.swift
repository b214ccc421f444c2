internal import Glibc

/// Memory that maps a file, read-only.
enum MappedMemory {
  /// Gives the memory back. The corresponding C function is `munmap`.
  static func unmap(_ memory: UnsafeRawBufferPointer) {
    munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count)
  }
}
