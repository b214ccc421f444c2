import Datasets
import CTextKernels

/// What becomes of memory that was freed.
public enum FreedMemory {
  /// Keeps it for the next dataset, which needs as much again.
  ///
  /// Without this the C library hands large pieces back to the system, which clears them again, page by page, when they
  /// are next asked for. To be called once, before other threads are started. The corresponding C function is `mallopt`.
  public static func keep() { rk_keep_freed_memory() }
}
