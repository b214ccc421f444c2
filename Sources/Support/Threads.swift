import CSupport
import Synchronization

/// Runs work on several threads, which are started for it and end with it.
///
/// No thread and no lock outlives a call, so a process that forks between two calls is safe, and so is its child.
public enum Workers {
  /// Calls `body` with every number below `count`, each on a thread of its own, the first on the calling thread, and
  /// returns what the calls returned, in the order of the numbers.
  ///
  /// If the system has no thread left, the calling thread does that work too, after its own. Therefore no call may wait
  /// for another one.
  ///
  ///     let tickets = Tickets(files.count)
  ///     Workers.run(count: 4) { _ in
  ///       while let file = tickets.next() { read(files[file]) }
  ///     }
  ///
  /// - Parameter count: how many calls; none if it is 0 or negative.
  @discardableResult
  public static func run<Result: Sendable>(count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    guard count > 0 else { return [] }
    guard count > 1 else { return [body(0)] }
    return withoutActuallyEscaping(body) { body in
      let calls = (1..<count).map { index in Call { body(index) } }
      let threads = calls.map { start($0.run) }
      var results = [body(0)]
      for (call, thread) in zip(calls, threads) {
        if let thread { csupport_thread_join(thread) }
        results.append(call.finish())
      }
      return results
    }
  }

  /// The number of processors this process may run on: its affinity mask, so that `taskset` and containers count.
  ///
  /// The mask is read from `Cpus_allowed` in /proc/self/status (proc(5)), because `sched_getaffinity` is not imported.
  public static var availableProcessors: Int {
    let status = (try? Files.readText("/proc/self/status")) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    let digits = line?.split(separator: ":").last?.compactMap { $0.hexDigitValue?.nonzeroBitCount } ?? []
    return max(1, digits.reduce(0, +))
  }

  /// Starts a thread; nil if the system has none left.
  private static func start(_ work: @escaping @Sendable () -> Void) -> OpaquePointer? {
    let box = Unmanaged.passRetained(Work(body: work))
    let thread = csupport_thread_start(
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
      }, box.toOpaque())
    if thread == nil { box.release() }
    return thread
  }

  /// The work of a thread, passed through C.
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// A call whose result is fetched when its thread has ended.
  private final class Call<Result: Sendable>: Sendable {
    private let body: @Sendable () -> Result
    /// Written by the thread, if there is one, and read when it has ended.
    nonisolated(unsafe) private var result: Result?

    init(_ body: @escaping @Sendable () -> Result) { self.body = body }

    func run() { result = body() }

    /// The result; the call is made now if no thread has made it.
    func finish() -> Result {
      if let result { return result }
      return body()
    }
  }
}

/// Hands out the numbers from 0 up to a count, each of them once, to any number of threads.
public final class Tickets: Sendable {
  /// How many numbers there are.
  public let count: Int
  private let taken = Atomic<Int>(0)

  /// Hands out the numbers below `count`.
  public init(_ count: Int) { self.count = count }

  /// The next number; nil once all are handed out.
  public func next() -> Int? {
    let number = taken.add(1, ordering: .relaxed).oldValue
    return number < count ? number : nil
  }

  /// The numbers that nobody has taken.
  public var left: Range<Int> { min(taken.load(ordering: .relaxed), count)..<count }
}

/// A value that several threads change, one at a time.
///
/// Unlike Swift's `Mutex`, its lock also works in a forked child.
public final class Guarded<Value: ~Copyable>: Sendable {
  nonisolated(unsafe) private var value: Value
  nonisolated(unsafe) private let lock: OpaquePointer

  /// Guards a value.
  ///
  /// Where no memory is left for a lock, which takes 40 bytes, the process ends with a message, as it does where none
  /// is left for an array.
  public init(_ value: consuming sending Value) {
    lock = csupport_lock_create()
    self.value = value
  }

  deinit { csupport_lock_destroy(lock) }

  /// Calls `body` with the value while no other thread has it; `body` must not call this again.
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    csupport_lock_acquire(lock)
    defer { csupport_lock_release(lock) }
    return try body(&value)
  }
}

/// A request to stop, passed down to whoever does the work.
///
/// Copies share one request. Work asks at least every 4,096 rows, and keeps what is finished.
public struct StopFlag: Sendable {
  private final class Wish: Sendable {
    let isExpressed = Atomic<Bool>(false)
    let isGranted = Atomic<Bool>(false)
  }

  private let wish = Wish()

  /// Makes a flag that is not set.
  public init() {}

  /// Whether to stop.
  public var isRequested: Bool { wish.isExpressed.load(ordering: .relaxed) }

  /// Whether the work has ended after it was asked to.
  public var isGranted: Bool { wish.isGranted.load(ordering: .relaxed) }

  /// Says that the work has ended, and that what remains to be done takes little time.
  public func grant() { wish.isGranted.store(true, ordering: .relaxed) }

  /// Requests to stop; may be called by a signal handler.
  ///
  /// - Returns: Whether this was the first time.
  @discardableResult
  public func request() -> Bool { !wish.isExpressed.exchange(true, ordering: .relaxed) }
}
