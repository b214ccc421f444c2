/// Where the time of an analysis went, in seconds.
public struct AnalysisTimings: Sendable, Hashable {
  /// Finding the datasets and reading the statistics document.
  public var scanning = 0.0
  /// Loading the vocabularies.
  public var loading = 0.0
  /// Working through the datasets, from the first thread's start to the last one's end.
  public var working = 0.0
  /// The threads that worked through the datasets.
  public var workers: [WorkerTimings] = []
  /// Writing the statistics document.
  public var writing = 0.0

  /// Makes timings that are all 0.
  public init() {}

  /// All threads together.
  public var allWorkers: WorkerTimings { workers.reduce(into: WorkerTimings()) { $0 += $1 } }
}
