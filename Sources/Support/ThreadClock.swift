import Glibc

/// Measures a thread from its making on.
public struct ThreadClock: Sendable {
  private let start = WallClock.seconds
  private let startOfProcessor = Self.processorSeconds

  /// Starts to measure the calling thread.
  public init() {}

  /// Seconds since the clock was made.
  public var elapsed: Double { WallClock.seconds - start }

  /// Seconds that the calling thread, which must be the one that made the clock, was running on a processor since.
  public var processor: Double { Self.processorSeconds - startOfProcessor }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
