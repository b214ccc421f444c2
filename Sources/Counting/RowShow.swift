import Datasets
import Support
import TokenStatistics

/// Counts the rows of a part of a source for one job, and shows them to its visitor.
struct RowShow<Visitor: RowVisitor> {
  /// Why there is no result; nil as long as all goes well.
  var failure: InputError?

  private let job: ScanJob
  private let counter: ModelCounter?
  private var visitor: Visitor?
  private var totals = RowTotals()

  init(_ job: ScanJob, _ counter: ModelCounter, _ visitor: Visitor, _ options: Scan.Options) {
    self.job = job
    self.counter = counter
    self.visitor = visitor
    counter.counter.members = RowMembers()
    counter.counter.dropsSystem = options.dropsSystemOf.contains(job.source.name.kind)
  }

  /// A job whose rows cannot be shown to anybody.
  init(_ job: ScanJob, failure: InputError) {
    self.job = job
    self.failure = failure
    counter = nil
  }

  /// The seconds spent in chat templates so far, if they are measured.
  var renderingSeconds: Double { counter?.counter.renderingSeconds ?? 0 }

  /// Shows the selected rows of a batch; returns their number and their tokens.
  mutating func show(_ batch: DatasetBatch, _ options: Scan.Options) -> (rows: Int, tokens: Int) {
    let before = totals.selected
    var tokens = 0
    do throws(InputError) {
      tokens = try visit(batch, options)
      try visitor?.endBatch(batch)
    } catch { failure = error }
    return (totals.selected - before, tokens)
  }

  private mutating func visit(_ batch: DatasetBatch, _ options: Scan.Options) throws(InputError) -> Int {
    guard let counter else { return 0 }
    var tokens = 0
    counter.counter.begin(batch)
    let fields = options.fields
    for row in 0..<batch.count {
      totals.rows += 1
      guard let outcomes = counter.counter.outcomes(of: row, in: batch, for: job, options) else { continue }
      totals.selected += 1
      for outcome in outcomes {
        if case .failed(let failure, _, _) = outcome {
          if options.failsWithRow {
            throw InputError(.unreadable, dataset: job.name, "row \(failure.row): \(failure.message)")
          }
          totals.record(failure)
        } else {
          totals.record(outcome, fields: fields)
          tokens += outcome.length
        }
        visitor?.visit(outcome, in: batch)
      }
    }
    totals.members.merge(counter.counter.takeMembers())
    return tokens
  }

  /// What the visitor sums up, or why there is nothing; nothing can be shown after it.
  ///
  /// It is not `consuming`: the compiler would check all members of the job on each path, which takes it minutes.
  mutating func finish() -> Result<ScannedPart<Visitor.Summary>, InputError> {
    if let failure { return .failure(failure) }
    guard let visitor = visitor.take() else {
      return .failure(InputError(.unreadable, dataset: job.name, "its rows were shown to nobody"))
    }
    do throws(InputError) { return .success(ScannedPart(summary: try visitor.finish(), totals: totals)) } catch {
      return .failure(error)
    }
  }
}
