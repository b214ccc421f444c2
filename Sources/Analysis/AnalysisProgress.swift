public import Counting

/// The progress of an analysis.
public struct AnalysisProgress: Sendable, Hashable {
  /// The datasets that are finished, failed ones included.
  public var finishedDatasets = 0
  /// The datasets that are to be counted.
  public var totalDatasets = 0
  /// The conversations counted so far.
  public var conversations = 0
  /// The tokens counted so far.
  public var tokens = 0
  /// The bytes of the data files of what was counted so far.
  public var finishedBytes = 0
  /// The bytes of all data files that are to be counted.
  public var totalBytes = 0
  /// The seconds since counting began.
  public var elapsedSeconds = 0.0

  /// Makes the progress of an analysis that has not begun.
  public init() {}

  /// The tokens counted in a second; 0 before anything was counted.
  public var tokensPerSecond: Double {
    elapsedSeconds > 0 ? Double(tokens) / elapsedSeconds : 0
  }

  /// The seconds that the rest will take at the present rate; nil before anything was counted.
  public var secondsLeft: Double? {
    guard finishedBytes > 0, elapsedSeconds > 0 else { return nil }
    return elapsedSeconds * Double(max(0, totalBytes - finishedBytes)) / Double(finishedBytes)
  }
}

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
