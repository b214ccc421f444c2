import Counting
import Datasets
import Support
import TokenStatistics

/// Puts both sides of pairs side by side once their datasets are finished.
struct PairedDatasets {
  private let pairs: [(name: String, chosen: ScanJob, rejected: ScanJob)]

  /// Finds the pairs among the sources of an analysis.
  init(_ jobs: [ScanJob]) {
    var sides: [TextKey: (chosen: ScanJob?, rejected: ScanJob?)] = [:]
    for job in jobs {
      guard let side = PairSide(job.source.name) else { continue }
      if side.isChosen {
        sides[side.pair, default: (nil, nil)].chosen = job
      } else {
        sides[side.pair, default: (nil, nil)].rejected = job
      }
    }
    pairs = sides.sorted { $0.key < $1.key }.compactMap { name, sides in
      guard let chosen = sides.chosen, let rejected = sides.rejected else { return nil }
      return (name.text, chosen, rejected)
    }
  }

  /// Brings the pairs of a document up to date.
  ///
  /// A side whose stored result was taken over is read again where the other one was counted, because stored results hold
  /// no single rows.
  ///
  /// - Parameters:
  ///   - document: The statistics, with the entries of this run.
  ///   - finished: The datasets that succeeded.
  ///   - counted: Those of them that were counted in this run.
  ///   - limits: Length limits in tokens.
  ///   - board: The rows of the sides that were counted.
  ///   - read: Reads the rows of a source again; nil if that failed or was stopped.
  /// - Throws: `FileError` if the pairs of the document are damaged.
  func update(
    _ document: inout StatisticsDocument, finished: Set<TextKey>, counted: Set<TextKey>, limits: [Int],
    board: PairBoard, read: (ScanJob) -> RowSides.Summary?
  ) throws(FileError) {
    let known = Dictionary(
      try document.pairs().map { (TextKey($0.name), $0.summary) }, uniquingKeysWith: { first, _ in first })
    var made: [(name: String, summary: PairSummary)] = []
    for (name, chosen, rejected) in pairs {
      let names = [TextKey(chosen.name), TextKey(rejected.name)]
      guard names.allSatisfy(finished.contains) else { continue }
      if names.allSatisfy({ !counted.contains($0) }), let stored = known[name], Set(stored.limits.keys) == Set(limits) {
        continue
      }
      guard let first = board.side(chosen.name) ?? read(chosen),
        let second = board.side(rejected.name) ?? read(rejected)
      else { continue }
      let rows = 0..<max(first.count, second.count)
      let paired = rows.lazy.map { (chosen: first.length($0), rejected: second.length($0)) }
      // The prompt is in both conversations, and counts where both were counted.
      let prompts = rows.filter { first.length($0) != nil && second.length($0) != nil }.compactMap { first.prompt($0) }
      made.append(
        (
          name,
          PairSummary(names: (chosen.name, rejected.name), lengths: paired, prompts: prompts, limits: limits)
        ))
    }
    document.setPairs(made)
  }
}
