import Counting
import Datasets
import Support
import TokenStatistics

/// Puts both sides of pairs side by side once their datasets are finished.
struct PairedDatasets {
  private typealias Side = (job: ScanJob, side: PairSide)
  private let pairs: [(name: String, chosen: Side, rejected: Side)]

  /// Finds the pairs among the sources of an analysis.
  init(_ jobs: [ScanJob]) {
    var sides: [TextKey: (chosen: Side?, rejected: Side?)] = [:]
    for job in jobs {
      guard let side = PairSide(job.source.name) else { continue }
      if side.isChosen {
        sides[side.pair, default: (nil, nil)].chosen = (job, side)
      } else {
        sides[side.pair, default: (nil, nil)].rejected = (job, side)
      }
    }
    pairs = sides.sorted { $0.key < $1.key }.compactMap { name, sides in
      guard let chosen = sides.chosen, let rejected = sides.rejected else { return nil }
      return (name.text, chosen, rejected)
    }
  }

  /// Brings the pairs of a document up to date.
  ///
  /// A side whose stored result was taken over is read again where it is of an earlier version, which stored no single
  /// rows.
  ///
  /// - Parameters:
  ///   - document: The statistics, with the entries of this run.
  ///   - finished: The datasets that succeeded.
  ///   - counted: Those of them that were counted in this run.
  ///   - limits: Length limits in tokens.
  ///   - stored: The rows of a dataset's result; nil where it holds none.
  ///   - read: Reads the rows of a source again; nil if that failed or was stopped.
  /// - Throws: `FileError` if the pairs of the document are damaged.
  func update(
    _ document: inout StatisticsDocument, finished: Set<TextKey>, counted: Set<TextKey>, limits: [Int],
    stored rows: (String) -> SideRows?, read: (ScanJob, PairSide) -> SideRows?
  ) throws(FileError) {
    let known = Dictionary(
      try document.pairs().map { (TextKey($0.name), $0.summary) }, uniquingKeysWith: { first, _ in first })
    var made: [(name: String, summary: PairSummary)] = []
    for (name, chosen, rejected) in pairs {
      let names = [TextKey(chosen.job.name), TextKey(rejected.job.name)]
      guard names.allSatisfy(finished.contains) else { continue }
      if names.allSatisfy({ !counted.contains($0) }), let stored = known[name], Set(stored.limits.keys) == Set(limits) {
        continue
      }
      guard let first = rows(chosen.job.name) ?? read(chosen.job, chosen.side),
        let second = rows(rejected.job.name) ?? read(rejected.job, rejected.side)
      else { continue }
      let summary = PairSummary(names: (chosen.job.name, rejected.job.name), first, second, limits: limits)
      made.append((name, summary))
    }
    document.setPairs(made)
  }
}
