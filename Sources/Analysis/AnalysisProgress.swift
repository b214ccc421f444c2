/// How far an analysis has come.
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
