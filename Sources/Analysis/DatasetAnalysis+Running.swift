import Counting
import ColumnarFiles
import Support
import Datasets
import TokenStatistics

extension DatasetAnalysis {
  /// Counts every dataset that changed since it was last counted, and writes the document.
  ///
  /// A dataset that fails is recorded in the document and does not keep the others from being counted. Where the work
  /// is stopped, what is finished is written all the same.
  ///
  /// - Parameters:
  ///   - progress: Called after every batch of rows and every dataset, from any thread but never from two at once.
  ///   - shouldStop: Asked after every batch of rows whether to stop; cancelling the task stops as well.
  /// - Throws: ``AnalysisError/statistics(_:)`` where the document or the folder of checkpoints cannot be written,
  ///   ``AnalysisError/output(reason:)`` where the file of lengths cannot,
  ///   ``AnalysisError/nothingMatched(reason:)`` where all selections leave no row; the document is not written then.
  public func run(
    progress: @escaping @Sendable (AnalysisProgress) -> Void = { _ in },
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) async throws(AnalysisError) -> AnalysisResult {
    do { try plan.store.prepare() } catch { throw .statistics(.file(error)) }
    do { try plan.lengths?.prepare() } catch { throw .output(reason: error.description) }
    let start = WallClock.seconds
    let board = JobBoard(jobs, startedAt: start, progress: progress)
    let workers = await count(board, shouldStop: shouldStop)
    let writing = WallClock.seconds
    var result = AnalysisResult(document: document, failures: failures, notices: notices)
    result.recountNotices = board.notices
    board.withOutcomes { result.take($0) }
    if let reason = result.emptySelections {
      // What is left of the parts is hidden, and goes with the next run at the latest.
      try? plan.lengths?.discard()
      throw .nothingMatched(reason: reason)
    }
    result.document.stamp(timestamp: WallClock.timestamp, gitSHA: gitSHA())
    do { try result.document.write() } catch { throw .statistics(error) }
    result.lengthsRows = try finishLengths(result)
    result.timings = preparation
    result.timings.working = writing - start
    result.timings.workers = workers
    result.timings.writing = WallClock.seconds - writing
    return result
  }

  private func count(_ board: JobBoard, shouldStop: @escaping @Sendable () -> Bool) async -> [WorkerTimings] {
    let plan = plan
    var workers = await withTaskGroup(of: WorkerTimings.self, returning: [WorkerTimings].self) { group in
      for _ in 0..<max(1, min(options.jobs, jobs.count)) {
        group.addTask {
          let stops: @Sendable () -> Bool = { shouldStop() || Task.isCancelled }
          let clock = ThreadClock()
          var worker = DatasetWorker(plan, onBatch: board.add, onNotice: board.note, shouldStop: stops)
          var model: String?
          while !stops(), let job = board.next(after: model) {
            model = job.source.name.model
            do throws(DatasetFailure) {
              board.finish(job, .success(try worker.process(job)))
            } catch {
              board.finish(job, .failure(error))
            }
          }
          // The task never suspends, so it has stayed on its thread.
          var timings = worker.timings
          timings.elapsed = clock.elapsed
          timings.processor = clock.processor
          return timings
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let longest = workers.reduce(0) { max($0, $1.elapsed) }
    for index in workers.indices { workers[index].waiting = longest - workers[index].elapsed }
    return workers
  }

  /// Puts the file of lengths together from those of all datasets that were counted.
  ///
  /// - Returns: Its rows; nil where it is not wanted, or would lack what an interruption kept from being counted.
  private func finishLengths(_ result: AnalysisResult) throws(AnalysisError) -> Int? {
    guard let table = plan.lengths else { return nil }
    do {
      let rows = result.isInterrupted || result.counted.isEmpty ? nil : try table.finish(result.counted)
      try table.discard()
      return rows
    } catch {
      throw .output(reason: "\(error)")
    }
  }

  private func gitSHA() -> String {
    // The commit is a courtesy: an unreadable repository is no reason to lose the counts.
    (try? GitRepository.head()) ?? "unknown"
  }
}
