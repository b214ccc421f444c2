import Datasets
import TokenStatistics

/// A part of a source, and the jobs that want its rows: what a thread takes at a time.
struct ScanUnit: Sendable {
  /// The most models whose jobs share a read: each thread has a counter of tens of megabytes for each of them.
  private static let mostModels = 8

  /// The positions of the jobs.
  let jobs: [Int]
  /// The part's position in the source.
  let part: Int
  /// The part's size in bytes.
  let bytes: Int
  /// Where the part is; nil for the whole source.
  let place: SourcePart?
  /// The part's number among those of all runs; nil if this run has all of them.
  var shared: SharedPart?

  /// The same part for fewer jobs.
  func with(_ jobs: [Int]) -> ScanUnit {
    ScanUnit(jobs: jobs, part: part, bytes: bytes, place: place, shared: shared)
  }

  /// Jobs that take the same rows with different models, by their positions: these are read once.
  ///
  /// - Parameters:
  ///   - keepsOrder: whether only jobs that follow one another are put together.
  ///   - readsImages: whether a model needs the images of rows.
  static func together(
    _ jobs: [ScanJob], keepsOrder: Bool, readsImages: (String) -> Bool = { _ in false }
  ) -> [[Int]] {
    struct Key: Hashable {
      let rows: SourceRows
      let filters: ScoreFilters
      let readsImages: Bool
    }
    var groups: [(models: Set<String>, jobs: [Int])] = []
    var open: [Key: Int] = [:]
    for (position, job) in jobs.enumerated() {
      let key = Key(rows: job.source.rows, filters: job.filters, readsImages: readsImages(job.model))
      if let group = open[key], group == groups.count - 1 || !keepsOrder, groups[group].jobs.count < mostModels,
        groups[group].models.insert(job.model).inserted
      {
        groups[group].jobs.append(position)
      } else {
        open[key] = groups.count
        groups.append(([job.model], [position]))
      }
    }
    return groups.map(\.jobs)
  }
}
