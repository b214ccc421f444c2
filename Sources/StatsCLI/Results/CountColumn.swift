import Analysis
import Counting
import Datasets
import TokenStatistics

/// The counts of some texts with one model.
struct CountColumn: Sendable {
  /// Why a text was not counted.
  struct Failure: Sendable {
    /// Where the text is in its input.
    let place: RowPlace
    /// What is wrong with it.
    let reason: String
  }

  /// The tokens of each text; 0 for one that was not counted.
  private(set) var counts: [Int] = []
  /// The texts that were not counted, by position.
  private(set) var failures: [Int: Failure] = [:]
  /// The size of the texts in bytes.
  private(set) var bytes = 0

  /// The counts of a batch.
  ///
  /// - Parameters:
  ///   - places: where each text is in its input.
  ///   - media: images, sounds and films of texts that have some, by position.
  ///   - imageTokens: what each of them is worth in tokens.
  init(_ counts: [Int], of batch: TextBatch, at places: [RowPlace], media: [Int: Int] = [:], imageTokens: Int = 0) {
    self.counts = counts
    failures = [:]
    for (text, reason) in batch.failures { failures[text] = Failure(place: places[text], reason: reason) }
    for (text, count) in media where failures[text] == nil { self.counts[text] += count * imageTokens }
    bytes = batch.bytes.count
  }

  /// The counts of rows of a dataset.
  init(_ rows: RowCounts, imageTokens: Int) {
    counts = rows.tokens
    for (text, count) in rows.media { counts[text] += count * imageTokens }
    failures = rows.failures.mapValues { Failure(place: .row($0.row), reason: $0.message) }
    bytes = rows.bytes
  }
}
