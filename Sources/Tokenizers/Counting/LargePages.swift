import Glibc

/// Memory for tables that are read at random places.
///
/// A processor remembers where a few hundred pages are, so that most reads of a table in pages of 4 KiB walk the page
/// tables first. A table in pages of 2 MiB needs a few of them.
enum LargePages {
  private static let pageSize = 2 << 20

  /// Allocates memory, from 2 MiB on in large pages if the system has some; `deallocate()` frees it.
  static func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer {
    guard byteCount >= pageSize else { return .allocate(byteCount: byteCount, alignment: alignment) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: max(alignment, pageSize))
    // Advice: a system without large pages gives small ones.
    _ = madvise(memory, byteCount, MADV_HUGEPAGE)
    return memory
  }
}
