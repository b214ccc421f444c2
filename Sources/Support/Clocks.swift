import Glibc

/// Measures elapsed time.
public struct Stopwatch: Sendable {
  private let start = WallClock.seconds

  /// Starts to measure.
  public init() {}

  /// Seconds since the stopwatch was made.
  public var seconds: Double { WallClock.seconds - start }
}

/// Measures the elapsed time and the processor time of a thread.
public struct ThreadClock: Sendable {
  private let watch = Stopwatch()
  private let startOfProcessor = Self.processorSeconds

  /// Starts to measure the calling thread.
  public init() {}

  /// Seconds since the clock was made.
  public var elapsed: Double { watch.seconds }

  /// Seconds of processor time since the clock was made; to be asked by the thread that made it.
  public var processor: Double { Self.processorSeconds - startOfProcessor }

  private static var processorSeconds: Double { Double(now(CLOCK_THREAD_CPUTIME_ID).nanoseconds) / 1e9 }
}

/// The system's clocks.
public enum WallClock {
  /// Seconds since an arbitrary moment, never going back.
  public static var seconds: Double { Double(now(CLOCK_MONOTONIC).nanoseconds) / 1e9 }

  /// The present time in nanoseconds since 1970, as the system's clock is set.
  public static var nanoseconds: Int { now(CLOCK_REALTIME).nanoseconds }

  /// The present time as ISO 8601 in UTC, to the second, such as `2026-01-31T12:00:00Z`.
  public static var timestamp: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func padded(_ number: Int32, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = [padded(parts.tm_year + 1900, 4), padded(parts.tm_mon + 1, 2), padded(parts.tm_mday, 2)]
    let clock = [padded(parts.tm_hour, 2), padded(parts.tm_min, 2), padded(parts.tm_sec, 2)]
    return date.joined(separator: "-") + "T" + clock.joined(separator: ":") + "Z"
  }
}

/// What a clock of the system shows. The corresponding C function is `clock_gettime`.
private func now(_ clock: clockid_t) -> timespec {
  var time = timespec()
  clock_gettime(clock, &time)
  return time
}

extension timespec {
  /// The time in nanoseconds, or the nearest representable one: file systems store times that 64 bits cannot hold.
  var nanoseconds: Int {
    let (whole, isBeyond) = Int(tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isSumBeyond) = whole.addingReportingOverflow(Int(tv_nsec))
    guard isBeyond || isSumBeyond else { return sum }
    return tv_sec < 0 ? .min : .max
  }
}
