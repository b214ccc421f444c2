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
  /// The trained tokens of each text, by each of the rules that were asked for.
  private(set) var trained: [[Int]] = []
  /// The texts that were not counted, by position.
  private(set) var failures: [Int: Failure] = [:]
  /// The size of the texts in bytes.
  private(set) var bytes = 0

  /// The counts of a batch.
  ///
  /// - Parameters:
  ///   - places: where each text is in its input.
  ///   - added: tokens that are no part of the texts, by position.
  init(_ counts: [Int], of batch: TextBatch, at places: [RowPlace], adding added: [Int: Int] = [:]) {
    self.counts = counts
    failures = [:]
    for (text, reason) in batch.failures { failures[text] = Failure(place: places[text], reason: reason) }
    for (text, tokens) in added where failures[text] == nil { self.counts[text] += tokens }
    bytes = batch.bytes.count
  }

  /// The counts of rows of a dataset.
  init(_ rows: RowCounts) {
    counts = rows.tokens
    trained = rows.trained
    failures = rows.failures.mapValues { Failure(place: .row($0.row), reason: $0.message) }
    bytes = rows.bytes
  }
}
