import Counting
import Datasets
import Support

/// Adds up the progress of an analysis.
final class ProgressMeter: Sendable {
  private struct State {
    var progress = AnalysisProgress()
    /// The bytes that are done of sources that are not finished, by the name of the result.
    var begun: [TextKey: Int] = [:]
  }

  private let report: @Sendable (AnalysisProgress) -> Void
  private let state: Guarded<State>
  private let watch = Stopwatch()

  init(_ jobs: [ScanJob], report: @escaping @Sendable (AnalysisProgress) -> Void) {
    self.report = report
    var state = State()
    state.progress.totalDatasets = jobs.count
    state.progress.totalBytes = jobs.reduce(0) { $0 + $1.source.bytes }
    self.state = Guarded(state)
  }

  /// Takes a step; may be called from any thread.
  func note(_ step: ScanStep) {
    state.withLock { state in
      switch step {
      case .counted(let job, let rows, let tokens, let bytes):
        state.progress.conversations += rows
        state.progress.tokens += tokens
        // About how much was read is not exact, and a source is never more than done.
        let before = state.begun[TextKey(job.name)] ?? 0
        let after = min(job.source.bytes, before + bytes)
        state.begun[TextKey(job.name)] = after
        state.progress.finishedBytes += after - before
      case .finished(let job, let isKnown):
        state.progress.finishedDatasets += 1
        let before = state.begun.removeValue(forKey: TextKey(job.name)) ?? 0
        // What need not be read says nothing about how long the rest takes.
        if isKnown {
          state.progress.totalBytes -= job.source.bytes
          state.progress.finishedBytes -= before
        } else {
          state.progress.finishedBytes += job.source.bytes - before
        }
      }
      state.progress.elapsedSeconds = watch.seconds
      report(state.progress)
    }
  }
}
