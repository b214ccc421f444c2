/// Where the time of an analysis went, in seconds.
///
/// The phases of counting are summed over the workers, so they may add up to more than the whole.
public struct AnalysisTimings: Sendable, Hashable {
  /// Finding the datasets and comparing fingerprints.
  public var planning = 0.0
  /// Loading the vocabularies.
  public var loading = 0.0
  /// Reading and decoding data files.
  public var reading = 0.0
  /// Rendering chat templates and counting tokens.
  public var counting = 0.0
  /// Computing the data files' SHA-256.
  public var hashing = 0.0
  /// Summing up datasets and writing their partial results.
  public var saving = 0.0
  /// Writing the statistics document.
  public var writing = 0.0
  /// The whole analysis.
  public var total = 0.0

  /// Makes timings that are all 0.
  public init() {}

  /// The phases in order, each with its name.
  public var phases: [(name: String, seconds: Double)] {
    [
      ("planning", planning), ("loading", loading), ("reading", reading), ("counting", counting), ("hashing", hashing),
      ("saving", saving), ("writing", writing), ("total", total),
    ]
  }

  /// Adds the phases of counting that a worker measured.
  static func += (left: inout AnalysisTimings, right: AnalysisTimings) {
    left.planning += right.planning
    left.loading += right.loading
    left.reading += right.reading
    left.counting += right.counting
    left.hashing += right.hashing
    left.saving += right.saving
    left.writing += right.writing
    left.total += right.total
  }
}
