import Glibc

/// Measures time that passes, not time that is spent.
struct Stopwatch {
  private let start = Self.now()

  /// Seconds since the stopwatch was made.
  var seconds: Double { Double(Self.now() - start) / 1e9 }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
