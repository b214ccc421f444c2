import Glibc
import Support

/// What the system lets this process have (`ulimit`). Too little is said before any work is begun.
///
/// Without it, files that are there would look missing for want of a descriptor, and a Swift program for which no memory is
/// left ends without a word.
enum ResourceLimits {
  /// Standard streams, a vocabulary and its tables for each model, a data file for each thread, the statistics.
  private static let descriptors: rlim_t = 16
  /// The tables and caches of all built-in models, and the stacks of a few threads, in bytes.
  private static let addressSpace = 128 << 20
  /// A thread's stack, counter and caches, in bytes.
  private static let threadSpace = 48 << 20

  /// Makes sure that a command can do its work.
  ///
  /// - Throws: `CommandFailure` if too few files may be open, or too little memory may be had.
  static func check() throws(CommandFailure) {
    try checkDescriptors()
    try checkAddressSpace()
  }

  /// What a thread reads and what it writes, with the folders of both.
  private static let threadDescriptors = 4

  /// The number of threads to use of those that are wanted: each takes descriptors, and address space where that is limited.
  static func threads(_ wanted: Int) -> Int {
    min(threadsForFiles(wanted), threadsForMemory(wanted))
  }

  private static func threadsForFiles(_ wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else {
      return wanted
    }
    let free = Int(limit.rlim_cur) - Int(descriptors)
    return max(1, min(wanted, 1 + free / threadDescriptors))
  }

  private static func threadsForMemory(_ wanted: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else {
      return wanted
    }
    let free = Int(limit.rlim_cur) - usedAddressSpace - addressSpace
    return max(1, min(wanted, 1 + free / threadSpace))
  }

  /// The first number of /proc/self/statm (proc(5)), in bytes; 0 where it cannot be read.
  private static var usedAddressSpace: Int {
    let pages = (try? Files.readText("/proc/self/statm"))?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  private static func checkDescriptors() throws(CommandFailure) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < descriptors else { return }
    // Up to the second limit, a process may raise the first one itself.
    let allowed = limit.rlim_cur
    limit.rlim_cur = min(descriptors, limit.rlim_max)
    guard limit.rlim_cur == descriptors, setrlimit(resource, &limit) == 0 else {
      throw CommandFailure(
        "no more than \(allowed) file descriptors are allowed (ulimit -n); \(descriptors) are needed")
    }
  }

  private static func checkAddressSpace() throws(CommandFailure) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max else { return }
    let memory = mmap(nil, addressSpace, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard memory != MAP_FAILED else {
      throw CommandFailure(
        "no more than \(limit.rlim_cur >> 20) MiB of address space are allowed (ulimit -v); the program itself and "
          + "\(addressSpace >> 20) MiB are needed")
    }
    munmap(memory, addressSpace)
  }
}
