public import Counting
import Datasets
import Support

extension ScanJob {
  /// The jobs of one source as the sides of its pairs; nil if they are something else.
  public static func sides(of jobs: [ScanJob]) -> (chosen: ScanJob, rejected: ScanJob)? {
    guard jobs.count == 2, jobs[0].source.files == jobs[1].source.files, jobs[0].model == jobs[1].model,
      let first = PairSide(jobs[0].source.name), let second = PairSide(jobs[1].source.name), first.pair == second.pair,
      first.isChosen != second.isChosen
    else { return nil }
    return first.isChosen ? (jobs[0], jobs[1]) : (jobs[1], jobs[0])
  }
}
