import Support
import Glibc

/// Threads of the system for work that keeps a core busy.
enum Threads {
  /// The number of processors this process may run on: its affinity mask, so that `taskset` and containers count.
  ///
  /// The mask is read from `Cpus_allowed` in /proc/self/status (proc(5)), because `sched_getaffinity` is not imported.
  static var availableProcessors: Int {
    let status = (try? Files.readText("/proc/self/status")) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    let digits = line?.split(separator: ":").last?.compactMap { $0.hexDigitValue?.nonzeroBitCount } ?? []
    return max(1, digits.reduce(0, +))
  }

  /// Calls `body` with 0 up to `count`, each on a thread of its own (the first on the calling thread), and returns when
  /// all calls have. Where the system has no thread left, the calling thread does that part too.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let started = (1..<max(1, count)).map { index in (index, start { body(index) }) }
    body(0)
    for (index, thread) in started {
      if let thread { pthread_join(thread, nil) } else { body(index) }
    }
  }

  private static func start(_ work: @escaping @Sendable () -> Void) -> pthread_t? {
    let box = Unmanaged.passRetained(Work(work))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      return nil
    }
    return thread
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
