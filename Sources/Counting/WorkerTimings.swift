/// Where the time of one thread that counts datasets went, in seconds.
public struct WorkerTimings: Sendable, Hashable {
  /// Reading and decoding data files.
  public var reading = 0.0
  /// Rendering chat templates; part of ``counting`` if it is not measured apart.
  public var rendering = 0.0
  /// Counting tokens and adding them up.
  public var counting = 0.0
  /// Computing the data files' SHA-256.
  public var hashing = 0.0
  /// Summing up datasets and writing their checkpoints.
  public var saving = 0.0
  /// From the thread's first dataset to the end of its last.
  public var elapsed = 0.0
  /// The time the thread was running on a processor; the rest of ``elapsed`` it waited for files or a core.
  public var processor = 0.0
  /// From the end of its last dataset until the last thread was done.
  public var waiting = 0.0

  /// Makes timings that are all 0.
  public init() {}

  /// The timings of threads that worked side by side, each with its time of waiting for the last.
  static func withWaiting(_ workers: [WorkerTimings]) -> [WorkerTimings] {
    let longest = workers.reduce(0) { max($0, $1.elapsed) }
    return workers.map { worker in
      var worker = worker
      worker.waiting = longest - worker.elapsed
      return worker
    }
  }

  /// Adds another thread's times.
  public static func += (left: inout WorkerTimings, right: WorkerTimings) {
    left.reading += right.reading
    left.rendering += right.rendering
    left.counting += right.counting
    left.hashing += right.hashing
    left.saving += right.saving
    left.elapsed += right.elapsed
    left.processor += right.processor
    left.waiting += right.waiting
  }
}
